import Foundation
import QueueLoad
import Transport
import Wire

extension ChaosCase {
    /// Bytes that mean nothing, or something wrong, change nothing.
    static let malformed = ChaosCase(
        8, "malformed messages",
        "Random bytes on the TCP port, bytes of an old ZeroMQ, messages with wrong frames, types and flags, mutilated protobuf, "
            + "right messages before a greeting or out of their order, a greeting of another version, names with path parts and control "
            + "characters. The broker goes on serving, no job changes, its log does not grow by a line a message, and no "
            + "connection stays behind."
    ) { run in
        let stand = try QueueStand()
        try stand.makeTree()
        let healthy = try stand.client()
        let job = try healthy.call(
            Method.jobsSubmit, QueueStand.sample("kept"), returning: Grove_V1_SubmitResponse.self)
        run.record.note(.acknowledged(key: "kept", job: job.jobID))
        let before = try stand.broker.openFiles()
        try rawBytes(stand, run)
        try wrongOrder(stand)
        let stranger = try stand.client("stranger")
        let count = run.size(4000, full: 200_000)
        for number in 0..<count {
            let frames = mutated(run)
            while try stranger.send(frames: frames) != .sent { Thread.sleep(forTimeInterval: 0.001) }
            if number % 200 == 0 { while try stranger.receive() != nil {} }
        }
        stranger.close()
        try wrongNames(stand, run)
        // Dozens, if they stayed; the store may have a file more open than before.
        try run.wait("the strangers' connections are gone") { try stand.broker.openFiles() <= before + 4 }
        run.expect(stand.broker.isRunning, "the broker ended")
        let counts = try healthy.call(
            Method.healthCheck, Grove_V1_HealthCheckRequest(), returning: Grove_V1_HealthCheckResponse.self)
        run.expect(
            counts.waitingJobs == 1 && counts.runningJobs == 0, "strangers made jobs: \(counts.waitingJobs) wait")
        run.figure("messages", count)
        let log = try String(contentsOf: stand.folder.appending(path: "broker.log"), encoding: .utf8)
        let lines = log.split(separator: "\n").count
        run.figure("lines of the broker's log", lines)
        run.expect(lines < count / 4 + 200, "the broker logged \(lines) lines")
        try Checker(run: run, peer: healthy).check(areAllDone: false)
    }

    private static func rawBytes(_ stand: QueueStand, _ run: ChaosRun) throws {
        guard let port = stand.broker.endpoint.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw ChaosError("\(stand.broker.endpoint) has no port")
        }
        // The greeting of ZMTP 1.0, an HTTP request, and noise.
        var openings: [[UInt8]] = [[1, 0], [255, 0, 0, 0, 0, 0, 0, 0, 1, 127], Array("GET / HTTP/1.1\r\n\r\n".utf8)]
        for _ in 0..<run.size(60, full: 1000) {
            openings.append((0..<run.random(in: 1...300)).map { _ in UInt8(run.random(in: 0...255)) })
        }
        for bytes in openings {
            guard let descriptor = TCPProxy.connect(port) else { throw ChaosError("the broker's port is closed") }
            _ = TCPProxy.send(descriptor, bytes + bytes)
            TCPProxy.close(descriptor)
        }
    }

    /// Right messages of which none may come first, and a greeting that nobody here understands.
    private static func wrongOrder(_ stand: QueueStand) throws {
        var head = Grove_V1_RequestHead()
        head.method = Method.jobsSubmit
        var hello = Grove_V1_Hello.client("from the future")
        (hello.oldestVersion, hello.newestVersion) = (90, 99)
        let submit = encode(QueueStand.sample("before a greeting", tree: "missing"))
        let openings = [
            WireMessage(.request, callID: .random(), envelope: encode(head), payload: submit),
            WireMessage(.credit, callID: .random()), WireMessage(.cancel, callID: .random()),
            WireMessage(.data, callID: .random(), payload: submit), WireMessage(.end, callID: .random()),
            WireMessage(.welcome), WireMessage(.goAway), WireMessage(.hello, envelope: encode(hello)),
        ]
        for opening in openings {
            let dealer = try Dealer(stand.context)
            defer { dealer.close() }
            try dealer.connect(stand.broker.endpoint)
            let poller = Poller()
            poller.watch(dealer, for: .writable)
            while try dealer.send(opening.frames) != .sent { _ = try poller.wait(atMost: .milliseconds(20)) }
            // Whoever greeted may say the rest as well: it is in its place nowhere.
            let greeted = try stand.client("out of order")
            defer { greeted.close() }
            try greeted.send(opening)
            _ = try greeted.call(
                Method.healthCheck, Grove_V1_HealthCheckRequest(), returning: Grove_V1_HealthCheckResponse.self)
        }
    }

    /// A right message with something wrong.
    private static func mutated(_ run: ChaosRun) -> [[UInt8]] {
        var head = Grove_V1_RequestHead()
        head.method = Method.all[run.random(in: 0...Method.all.count - 1)]
        var work = Grove_V1_CompleteRequest()
        (work.attempt.jobID, work.attempt.attempt) = ("00000000000000", 1)
        // Of a tree that there is not: some stay submits.
        let sample = QueueStand.sample("mutated", tree: "missing")
        let payload = run.random(in: 0...1) == 0 ? encode(work) : encode(sample)
        var frames = WireMessage(.request, callID: .random(), envelope: encode(head), payload: payload).frames
        switch run.random(in: 0...6) {
        case 0: frames.removeLast()
        case 1: frames += [[1], [2]]
        case 2: frames[1][run.random(in: 0...3)] = UInt8(run.random(in: 0...255))
        case 3: frames[2] = (0..<run.random(in: 0...40)).map { _ in UInt8(run.random(in: 0...255)) }
        case 4:
            for _ in 0..<run.random(in: 1...8) where !frames[3].isEmpty {
                frames[3][run.random(in: 0...frames[3].count - 1)] = UInt8(run.random(in: 0...255))
            }
        case 5: frames[3].removeLast(run.random(in: 0...frames[3].count))
        // A field that holds itself, again and again.
        default:
            frames[3] = (0..<400).reduce([UInt8]()) { inner, _ in
                inner.count < 120 ? [10, UInt8(inner.count)] + inner : inner
            }
        }
        return frames
    }

    private static func wrongNames(_ stand: QueueStand, _ run: ChaosRun) throws {
        let peer = try stand.client("names")
        defer { peer.close() }
        for name in ["../../etc/passwd", "a\u{0}b", "", "\u{1B}[2J", "a/b", String(repeating: "n", count: 300)] {
            let request = QueueStand.sample("name", tree: name)
            do {
                _ = try peer.call(Method.jobsSubmit, request, returning: Grove_V1_SubmitResponse.self)
                run.expect(false, "a tree called '\(name)' was taken")
            } catch let error as RPCError {
                run.expect(error.code == .invalidArgument, "a tree called '\(name)': \(error)")
            }
            var get = Grove_V1_GetJobRequest()
            get.jobID = name
            do {
                _ = try peer.call(Method.jobsGet, get, returning: Grove_V1_Job.self)
                run.expect(false, "there is a job called '\(name)'")
            } catch let error as RPCError {
                run.expect(error.code == .invalidArgument, "a job called '\(name)': \(error)")
            }
        }
    }
}
