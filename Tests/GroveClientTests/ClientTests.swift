import Calls
import Synchronization
import Testing

@testable import GroveClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The client and a broker, over real sockets")
struct ClientTests {
    static let id = "01m85fcgb57p4j"

    static func job(_ state: JobState, step: UInt64 = 0) -> Job {
        var job = Job()
        (job.id, job.kind, job.state) = (id, "sample", state)
        if step > 0 { job.progress.step = step }
        return job
    }

    static func event(_ job: Job) -> [UInt8] {
        var event = Grove_V1_JobEvent()
        event.job = job
        return encode(event)
    }

    static func sample(count: UInt32 = 4) -> JobSpec {
        var spec = JobSpec()
        spec.sample.tree.name = "t"
        spec.sample.count = count
        return spec
    }

    @Test("a job is submitted with its key, priority and user")
    func submit() async throws {
        let seen = Mutex<Grove_V1_SubmitRequest?>(nil)
        let broker = try FakeBroker { _, message in
            let request = try decode(Grove_V1_SubmitRequest.self, from: message.payload, what: "Submit")
            seen.withLock { $0 = request }
            var response = Grove_V1_SubmitResponse()
            response.jobID = Self.id
            return [message.answer(encode(response))]
        }
        let client = try Client(broker.endpoint, options: .init(patience: .seconds(60)))
        #expect(try await client.submit(Self.sample(), key: "k", priority: 0, user: "u") == Self.id)
        let request = try #require(seen.withLock { $0 })
        #expect(request.idempotencyKey == "k" && request.user == "u")
        #expect(request.hasPriority && request.priority == 0)
        #expect(Client.randomKey() != Client.randomKey())
    }

    @Test("a job that can never run is refused before it is sent")
    func refused() async throws {
        let broker = try FakeBroker { _, _ in [] }
        let client = try Client(broker.endpoint)
        let error = await #expect(throws: RPCError.self) { _ = try await client.submit(Self.sample(count: 0)) }
        #expect(error?.code == .invalidArgument)
        #expect(broker.called.isEmpty)
    }

    @Test("an id that is none and one that is unknown are told alike", arguments: ["x", "01m85fcgb57p4j"])
    func unknown(_ id: String) async throws {
        let broker = try FakeBroker { _, _ in throw RPCError(.notFound, "no such row") }
        let client = try Client(broker.endpoint, options: .init(patience: .seconds(60)))
        let expected = RPCError(.notFound, "no job '\(id)'; see 'grove jobs'")
        await #expect(throws: expected) { _ = try await client.job(id) }
        await #expect(throws: expected) { _ = try await client.cancel(id) }
        await #expect(throws: expected) { _ = try await client.wait(id) }
        await #expect(throws: expected) { for try await _ in client.watch(id) {} }
        await #expect(throws: expected) { for try await _ in client.logs(id) {} }
    }

    @Test("a job is followed through a broker that forgets us, up to its end")
    func watching() async throws {
        let round = Mutex(0)
        let broker = try FakeBroker { _, message in
            let number = round.withLock { count in
                count += 1
                return count
            }
            // The first stream stays open after one message; the second brings the end.
            return number == 1
                ? [message.data(0, Self.event(Self.job(.running, step: 1)))]
                : [
                    message.data(0, Self.event(Self.job(.running, step: 7))),
                    message.data(1, Self.event(Self.job(.succeeded))), message.end(),
                ]
        }
        let notices = Mutex<[String]>([])
        let client = try Client(
            broker.endpoint,
            options: .init(patience: .seconds(60), onNotice: { notice in notices.withLock { $0.append(notice) } }))
        var states: [JobState] = []
        for try await job in client.watch(Self.id) {
            states.append(job.state)
            if states.count == 1 { broker.forgetEveryone() }
        }
        #expect(states == [.running, .running, .succeeded])
        #expect(notices.withLock { $0.count } == 2)
        #expect(notices.withLock { $0.last } == "the broker at \(broker.endpoint) is back")
    }

    @Test("a stream that ends before the job does is begun anew")
    func endedEarly() async throws {
        let round = Mutex(0)
        let broker = try FakeBroker { _, message in
            let number = round.withLock { count in
                count += 1
                return count
            }
            return number < 3
                ? [message.data(0, Self.event(Self.job(.waiting))), message.end()]
                : [message.data(0, Self.event(Self.job(.failed))), message.end()]
        }
        let client = try Client(broker.endpoint, options: .init(patience: .seconds(60)))
        var states: [JobState] = []
        for try await job in client.watch(Self.id) { states.append(job.state) }
        #expect(states == [.waiting, .waiting, .failed])
    }

    @Test("each line of a log comes once, although the stream was begun anew")
    func logs() async throws {
        let round = Mutex(0)
        let broker = try FakeBroker { _, message in
            let isFirst = round.withLock { count in
                count += 1
                return count == 1
            }
            let lines = (isFirst ? 5..<8 : 5..<11).enumerated().map { index, number in
                var line = LogLine()
                line.number = UInt64(number)
                return message.data(index, encode(line))
            }
            return isFirst ? lines : lines + [message.end()]
        }
        let client = try Client(broker.endpoint, options: .init(patience: .seconds(60)))
        var numbers: [UInt64] = []
        for try await line in client.logs(Self.id, from: 5, follow: true) {
            numbers.append(line.number)
            if numbers.count == 3 { broker.forgetEveryone() }
        }
        #expect(numbers == Array(5..<11))
    }

    @Test("results are written under their names, kept when they are the same, and never over another file")
    func results() async throws {
        let contents: [UInt8] = Array("an image".utf8)
        let broker = try FakeBroker { _, message in
            var response = Grove_V1_ReadBlobResponse()
            response.size = UInt64(contents.count)
            return [message.answer(encode(response), bulk: contents)]
        }
        let client = try Client(broker.endpoint, options: .init(patience: .seconds(60)))
        var job = Self.job(.succeeded)
        var result = FileRef()
        (result.name, result.size) = ("images/0.png", UInt64(contents.count))
        result.sha256 = SHA256.hexDigest(of: contents)
        job.results = [result]
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "grove-results-\(UInt64.random(in: .min ... .max))"
        ).path
        for _ in 0..<2 {
            let paths = try await client.download(resultsOf: job, to: folder) { _, _, _ in }
            #expect(paths == [folder + "/images/0.png"])
        }
        let path = folder + "/images/0.png"
        let written = try Data(contentsOf: URL(filePath: path))
        #expect(Array(written) == contents)
        try Data("mine".utf8).write(to: URL(filePath: path))
        let error = await #expect(throws: FileError.self) {
            _ = try await client.download(resultsOf: job, to: folder) { _, _, _ in }
        }
        #expect(error.map { CommandStatus($0) } == .cannotWrite)
        let kept = try Data(contentsOf: URL(filePath: path))
        #expect(Array(kept) == Array("mine".utf8))
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test(
        "a result cannot write outside its directory",
        arguments: ["../x", "/etc/x", "a/../../x", "", ".", "a//b", "a\nb"])
    func escape(_ name: String) async throws {
        let broker = try FakeBroker { _, _ in [] }
        let client = try Client(broker.endpoint)
        var job = Self.job(.succeeded)
        var result = FileRef()
        (result.name, result.sha256) = (name, String(repeating: "0", count: 64))
        job.results = [result]
        let error = await #expect(throws: RPCError.self) {
            _ = try await client.download(resultsOf: job, to: "/nowhere/at/all") { _, _, _ in }
        }
        #expect(error?.code == .invalidArgument)
        #expect(broker.called.isEmpty)
    }

    @Test("the only diffusion model of a tree is found, of several none is guessed")
    func refiner() async throws {
        func artifact(_ name: String, _ version: UInt32, _ kind: ArtifactKind, tree: String = "") -> Artifact {
            var artifact = Artifact()
            (artifact.ref.name, artifact.ref.version, artifact.kind) = (name, version, kind)
            artifact.ref.sha256 = "\(name)\(version)"
            artifact.facts.treeSha256 = tree
            return artifact
        }
        var response = Grove_V1_ListArtifactsResponse()
        response.artifacts = [
            artifact("t", 1, .tree), artifact("t", 2, .tree), artifact("bare", 1, .tree), artifact("busy", 1, .tree),
            artifact("old", 1, .diffusion, tree: "t1"), artifact("d", 1, .diffusion, tree: "t2"),
            artifact("d", 2, .diffusion, tree: "t2"), artifact("x", 1, .diffusion, tree: "busy1"),
            artifact("y", 1, .diffusion, tree: "busy1"),
        ]
        let payload = encode(response)
        let broker = try FakeBroker { _, message in [message.answer(payload)] }
        let client = try Client(broker.endpoint, options: .init(patience: .seconds(60)))
        #expect(try await client.refiner(of: .parse("t"))?.text == "d@2")
        #expect(try await client.refiner(of: .parse("t@1"))?.text == "old@1")
        #expect(try await client.refiner(of: .parse("bare")) == nil)
        let several = await #expect(throws: RPCError.self) { _ = try await client.refiner(of: .parse("busy")) }
        #expect(several?.message.contains("x, y") == true)
        let none = await #expect(throws: RPCError.self) { _ = try await client.refiner(of: .parse("none")) }
        #expect(none?.code == .notFound)
    }
}
