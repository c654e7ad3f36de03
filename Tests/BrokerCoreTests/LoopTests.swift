import Calls
import Foundation
import JobStore
import Logging
import SwiftProtobuf
import Testing
import Transport
import Wire

@testable import BrokerCore

/// The broker as it runs: its thread, real sockets, and the caller's side of the protocol.
///
/// Nothing here depends on how fast the machine is: what is waited for must come, and time-outs only end a test that has
/// failed already.
@Suite struct LoopTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "grove-\(UUID().uuidString)").path

    private func start(_ endpoint: String = "tcp://127.0.0.1:*", lease: Duration = .seconds(15)) throws -> BrokerServer
    {
        var settings = BrokerSettings()
        settings.lease = lease
        return try BrokerServer(
            directory: directory, endpoint: endpoint, settings: settings,
            log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func stop(_ server: BrokerServer) throws {
        server.stop()
        try server.wait()
    }

    private func remove() throws {
        try FileManager.default.removeItem(atPath: directory)
    }

    private func client(_ server: BrokerServer) throws -> Connection {
        var hello = Grove_V1_Hello()
        (hello.role, hello.name) = (.client, "test")
        return try Connection(endpoint: server.endpoint, hello: hello, options: .init(patience: .seconds(60)))
    }

    private func worker(_ server: BrokerServer) throws -> Connection {
        try Connection(
            endpoint: server.endpoint, hello: Bench.workerHello(incarnation: (0..<8).map { _ in .random(in: 0...255) }))
    }

    private func call<Request: Message, Response: Message>(
        _ connection: Connection, _ method: String, _ request: Request, returning: Response.Type = Response.self
    ) throws -> Response {
        try connection.call(method, request, returning: returning, timeout: .seconds(60), patience: .seconds(60)).0
    }

    private func importJob(_ client: Connection) throws -> String {
        let name = try BlobTransfer(client).upload([1, 2, 3])
        var request = Grove_V1_SubmitRequest()
        request.spec.importDataset.name = "digits"
        var file = Grove_V1_FileRef()
        (file.name, file.sha256, file.size) = ("raw", name.sha256, name.size)
        request.spec.importDataset.files = [file]
        return try call(client, Method.jobsSubmit, request, returning: Grove_V1_SubmitResponse.self).jobID
    }

    private func take(_ worker: Connection) throws -> Grove_V1_Assignment {
        var request = Grove_V1_TakeRequest()
        request.free = [.interactive]
        let response: Grove_V1_TakeResponse = try call(worker, Method.workTake, request)
        try #require(response.hasAssignment)
        return response.assignment
    }

    private func finish(_ worker: Connection, _ attempt: Grove_V1_AttemptId) throws {
        let request = Bench.completion(attempt) { $0.success = .init() }
        let _: Grove_V1_CompleteResponse = try call(worker, Method.workComplete, request)
    }

    @Test func aJobGoesThroughOverRealSockets() throws {
        let server = try start()
        let (client, worker) = (try client(server), try worker(server))
        let id = try importJob(client)
        var watch = Grove_V1_WatchJobRequest()
        watch.jobID = id
        let events: MessageStream<Grove_V1_JobEvent> = client.stream(Method.jobsWatch, watch)
        #expect(try events.next()?.job.state == .waiting)
        let assignment = try take(worker)
        #expect(assignment.attempt.jobID == id)
        var log = Grove_V1_LogRequest()
        (log.attempt, log.lines) = (assignment.attempt, (0..<100).map { "line \($0)" })
        let _: Grove_V1_LogResponse = try call(worker, Method.workLog, log)
        let _: Grove_V1_LogResponse = try call(worker, Method.workLog, log)
        try finish(worker, assignment.attempt)
        var states: [Grove_V1_JobState] = []
        while let event = try events.next() { states.append(event.job.state) }
        #expect(states.last == .succeeded)
        // More lines than the credit of a stream: the caller gives more by itself.
        var logs = Grove_V1_LogsRequest()
        (logs.jobID, logs.follow) = (id, true)
        let lines: MessageStream<Grove_V1_LogLine> = client.stream(Method.jobsLogs, logs)
        var numbers: [UInt64] = []
        while let line = try lines.next() { numbers.append(line.number) }
        #expect(numbers == Array(0..<200))
        try stop(server)
        try remove()
    }

    @Test func blobsTravelBothWays() throws {
        let server = try start()
        let client = try client(server)
        let content = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let transfer = BlobTransfer(client)
        let name = try transfer.upload(content)
        #expect(try transfer.download(name) == content)
        try stop(server)
        try remove()
    }

    /// Both sides go on by themselves, on the same port, with the calls that were open.
    @Test func aRestartIsSurvived() throws {
        let first = try start()
        let (client, worker) = (try client(first), try worker(first))
        let running = try importJob(client)
        let assignment = try take(worker)
        let waiting = try importJob(client)
        var watch = Grove_V1_WatchJobRequest()
        watch.jobID = running
        let events: MessageStream<Grove_V1_JobEvent> = client.stream(Method.jobsWatch, watch)
        #expect(try events.next()?.job.state == .running)
        try stop(first)
        let second = try start(first.endpoint)
        var get = Grove_V1_GetJobRequest()
        get.jobID = waiting
        #expect(try call(client, Method.jobsGet, get, returning: Grove_V1_Job.self).state == .waiting)
        try finish(worker, assignment.attempt)
        var last: Grove_V1_JobState?
        while let event = try events.next() { last = event.job.state }
        #expect(last == .succeeded)
        #expect(try take(worker).attempt.jobID == waiting)
        try stop(second)
        try remove()
    }

    @Test func aDeadWorkersJobGoesToAnother() throws {
        let server = try start(lease: .milliseconds(300))
        let client = try client(server)
        let id = try importJob(client)
        let first = try worker(server)
        #expect(try take(first).attempt.attempt == 1)
        let second = try worker(server)
        let again = try take(second)
        #expect(again.attempt.jobID == id && again.attempt.attempt >= 2)
        try stop(server)
        try remove()
    }

    @Test func aStrangersBytesDoNotStopIt() throws {
        let server = try start()
        let context = try ZeroMQContext()
        let dealer = try Dealer(context)
        try dealer.connect(server.endpoint)
        let poller = Poller()
        poller.watch(dealer, for: [.readable, .writable])
        func exchange(_ frames: [[UInt8]]) throws -> WireMessage {
            while try dealer.send(frames) == .full { _ = try poller.wait(atMost: .milliseconds(50)) }
            while true {
                if case .message(let frames) = try dealer.receive() { return try WireMessage(frames: frames) }
                _ = try poller.wait(atMost: .milliseconds(50))
            }
        }
        #expect(try exchange(WireMessage(.ping).frames).type == .error)
        while try dealer.send([[1, 2, 3]]) == .full {}
        while try dealer.send(Array(repeating: [UInt8](repeating: 0, count: 100_000), count: 20)) == .full {}
        while try dealer.send([[0x47, 0x52, 0x56, 1], [], [], []]) == .full {}
        var hello = Grove_V1_Hello()
        (hello.oldestVersion, hello.newestVersion, hello.role, hello.name) = (1, 1, .client, "raw")
        var answer = try exchange(WireMessage(.hello, envelope: encode(hello)).frames)
        while answer.type == .error { answer = try exchange(WireMessage(.ping).frames) }
        #expect(answer.type == .welcome)
        poller.forget(dealer)
        dealer.close()
        try stop(server)
        try remove()
    }

    @Test(arguments: [Limits.frameBytes + 1, (1 << 20) + (64 << 10) + 1, 3 << 20])
    func aMessageBeyondTheLimitsIsAnsweredWithAnError(bytes: Int) throws {
        let server = try start()
        let dealer = try Dealer(try ZeroMQContext())
        try dealer.connect(server.endpoint)
        let poller = Poller()
        poller.watch(dealer, for: [.readable, .writable])
        var frames = WireMessage(.hello).frames
        frames[2] = [UInt8](repeating: 0, count: bytes)
        while try dealer.send(frames) == .full { _ = try poller.wait(atMost: .milliseconds(50)) }
        var answer: WireMessage?
        while answer == nil {
            _ = try poller.wait(atMost: .milliseconds(50))
            if case .message(let frames) = try dealer.receive() { answer = try WireMessage(frames: frames) }
        }
        let status = try decode(Grove_V1_Status.self, from: try #require(answer).envelope, what: "the status")
        #expect(answer?.type == .error && RPCError(status)?.code == .invalidArgument)
        poller.forget(dealer)
        dealer.close()
        try stop(server)
        try remove()
    }

    @Test func twoBrokersShareNeitherDirectoryNorPort() throws {
        let server = try start()
        #expect(throws: StoreError.self) { try start() }
        let other = FileManager.default.temporaryDirectory.appending(path: "grove-\(UUID().uuidString)").path
        let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        #expect(throws: TransportError.self) {
            try BrokerServer(directory: other, endpoint: server.endpoint, log: log)
        }
        try FileManager.default.removeItem(atPath: other)
        try stop(server)
        // And then the directory is free again.
        try stop(start())
        try remove()
    }

    @Test func theNetworkMustBeAllowed() throws {
        let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let error = #expect(throws: RPCError.self) {
            try BrokerServer(directory: directory, endpoint: "tcp://0.0.0.0:*", log: log)
        }
        #expect(error?.message.contains("--allow-unauthenticated-network") == true)
        #expect(!FileManager.default.fileExists(atPath: directory))
    }

    @Test(arguments: ["inproc://x", "udp://127.0.0.1:7741", "somewhere", ""])
    func whereNobodyCanConnectIsRefused(_ endpoint: String) throws {
        let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let error = #expect(throws: RPCError.self) {
            try BrokerServer(directory: directory, endpoint: endpoint, log: log)
        }
        #expect(error?.message.contains("tcp://") == true)
        #expect(!FileManager.default.fileExists(atPath: directory))
    }

    @Test func localhostIsAnAddress() throws {
        let server = try start("tcp://localhost:*")
        let client = try client(server)
        _ = try importJob(client)
        client.close()
        try stop(server)
        try remove()
    }

    /// Many clients at once: every answered job is there, and none twice.
    @Test func manyClientsShareTheirCommits() throws {
        let server = try start()
        let clients = try (0..<8).map { _ in try client(server) }
        _ = try importJob(clients[0])
        var request = Grove_V1_SubmitRequest()
        request.spec.importDataset.name = "digits"
        var file = Grove_V1_FileRef()
        (file.name, file.sha256, file.size) = ("raw", SHA256.hexDigest(of: [1, 2, 3]), 3)
        request.spec.importDataset.files = [file]
        let calls = clients.flatMap { client in
            (0..<25).map { _ in
                client.begin(
                    Method.jobsSubmit, request, returning: Grove_V1_SubmitResponse.self, timeout: .seconds(60))
            }
        }
        let ids = Set(try calls.map { try $0.wait().0.jobID })
        #expect(ids.count == 200)
        let health: Grove_V1_HealthCheckResponse = try call(
            clients[0], Method.healthCheck, Grove_V1_HealthCheckRequest())
        #expect(health.waitingJobs == 201)
        try stop(server)
        try remove()
    }
}
