import Synchronization
import Testing
import Wire

@testable import Calls

@Suite("A connection and a broker, over real sockets")
struct ConnectionTests {
    /// Answers Jobs/Get with a job of the id asked for.
    static let jobs: FakeBroker.Respond = { message in
        guard message.type == .request else { return [] }
        do {
            let request = try decode(Grove_V1_GetJobRequest.self, from: message.payload, what: "a request")
            return [.end(message.callID, payload: encode(job(request.jobID)))]
        } catch {
            return [.end(message.callID, RPCError(.invalidArgument, "\(error)"))]
        }
    }

    static func job(_ id: String) -> Grove_V1_Job {
        var job = Grove_V1_Job()
        job.id = id
        return job
    }

    static func get(_ id: String) -> Grove_V1_GetJobRequest {
        var request = Grove_V1_GetJobRequest()
        request.jobID = id
        return request
    }

    static func connect(
        _ endpoint: String, options: Connection.Options = .init(patience: nil),
        onEvent: @escaping @Sendable (ConnectionEvent) -> Void = { _ in }
    ) throws -> Connection {
        var hello = Grove_V1_Hello()
        hello.role = .client
        hello.name = "test"
        return try Connection(endpoint: endpoint, hello: hello, options: options, onEvent: onEvent)
    }

    @Test("a task's call and a thread's call get their answers")
    func bothFaces() async throws {
        let broker = try FakeBroker(respond: Self.jobs)
        let connection = try Self.connect(broker.endpoint)
        let first: Grove_V1_Job = try await connection.call(Method.jobsGet, Self.get("a"), timeout: .seconds(60)).0
        #expect(first.id == "a")
        let second = try await onThread {
            try connection.call(Method.jobsGet, Self.get("b"), returning: Grove_V1_Job.self, timeout: .seconds(60)).0
        }
        #expect(second.id == "b")
        let hello = try #require(broker.received.first)
        #expect(hello.type == .hello)
        let said = try decode(Grove_V1_Hello.self, from: hello.envelope, what: "HELLO")
        #expect(said.name == "test")
        #expect(said.oldestVersion == 1 && said.newestVersion == 1)
    }

    @Test("many calls at once each get their own answer")
    func many() async throws {
        let broker = try FakeBroker(respond: Self.jobs)
        let connection = try Self.connect(broker.endpoint)
        let ids = try await withThrowingTaskGroup(of: (String, String).self) { group in
            for number in 0..<200 {
                group.addTask {
                    let job: Grove_V1_Job = try await connection.call(
                        Method.jobsGet, Self.get("\(number)"), timeout: .seconds(60)
                    ).0
                    return ("\(number)", job.id)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(ids.count == 200)
        #expect(ids.allSatisfy { $0.0 == $0.1 })
    }

    @Test("an error comes as it was sent; an answer that cannot be read is INTERNAL")
    func errors() async throws {
        let broker = try FakeBroker { message in
            guard message.type == .request else { return [] }
            return message.payload.isEmpty
                ? [.end(message.callID, payload: [0xff, 0xff])]
                : [.end(message.callID, RPCError(.notFound, "no job x"))]
        }
        let connection = try Self.connect(broker.endpoint)
        await #expect(throws: RPCError(.notFound, "no job x")) {
            let _: Grove_V1_Job = try await connection.call(Method.jobsGet, Self.get("x"), timeout: .seconds(60)).0
        }
        let unreadable = await #expect(throws: RPCError.self) {
            let _: Grove_V1_Job = try await connection.call(Method.jobsGet, Self.get(""), timeout: .seconds(60)).0
        }
        #expect(unreadable?.code == .internal)
    }

    @Test("without a broker: UNAVAILABLE and what to do, on both faces")
    func noBroker() async throws {
        let endpoint: String
        do {
            let broker = try FakeBroker(respond: Self.jobs)
            endpoint = broker.endpoint
            try await onThread { broker.stop() }
        }
        let connection = try Self.connect(endpoint, options: .init(patience: .milliseconds(200)))
        let inTask = await #expect(throws: RPCError.self) {
            let _: Grove_V1_Job = try await connection.call(Method.jobsGet, Self.get("x"), timeout: .seconds(60)).0
        }
        #expect(inTask?.code == .unavailable)
        #expect(inTask?.message.contains("no broker answers at \(endpoint); start one with 'grove up'") == true)
        let onThread = await #expect(throws: RPCError.self) {
            try await CallsTests.onThread { try connection.waitUntilConnected(timeout: .milliseconds(200)) }
        }
        #expect(onThread?.code == .unavailable)
    }

    @Test(
        "an endpoint that is none is refused at once", arguments: ["", "localhost:7741", "tcp://127.0.0.1", "tcp://:"])
    func badEndpoint(_ endpoint: String) async throws {
        let error = await #expect(throws: RPCError.self) {
            let connection = try Self.connect(endpoint, options: .init(patience: .milliseconds(100)))
            try await connection.waitUntilConnected(timeout: .milliseconds(500))
        }
        #expect(error?.code == .invalidArgument || error?.code == .unavailable)
    }

    @Test("a broker that forgot us is greeted again, and the open call repeated under its id")
    func forgotten() async throws {
        let isMute = Mutex(true)
        let broker = try FakeBroker { message in isMute.withLock { $0 } ? [] : Self.jobs(message) }
        let sessions = Mutex(0)
        let connection = try Self.connect(broker.endpoint) { event in
            if case .sessionBegan = event { sessions.withLock { $0 += 1 } }
        }
        let call = connection.begin(
            Method.jobsGet, Self.get("a"), returning: Grove_V1_Job.self, timeout: .seconds(60))
        try await eventually("the request arrives") { !broker.received(.request).isEmpty }
        isMute.withLock { $0 = false }
        broker.forgetEveryone()
        #expect(try await call.value().0.id == "a")
        #expect(broker.received(.hello).count == 2)
        #expect(sessions.withLock { $0 } == 2)
        #expect(Set(broker.received(.request).map(\.callID)).count == 1)
        #expect(broker.received(.request).count == 2)
    }

    @Test("a broker that was restarted answers the call that was open")
    func restarted() async throws {
        let first = try FakeBroker(epoch: 1) { _ in [] }
        let epochs = Mutex<[Session]>([])
        let connection = try Self.connect(first.endpoint) { event in
            if case .sessionBegan(let session) = event { epochs.withLock { $0.append(session) } }
        }
        let call = connection.begin(
            Method.jobsGet, Self.get("a"), returning: Grove_V1_Job.self, timeout: .seconds(60))
        try await eventually("the request arrives") { !first.received(.request).isEmpty }
        try await onThread { first.stop() }
        let second = try FakeBroker(at: first.endpoint, epoch: 2, respond: Self.jobs)
        #expect(try await call.value().0.id == "a")
        #expect(second.received(.request).map(\.callID) == first.received(.request).map(\.callID))
        #expect(epochs.withLock { $0.map(\.isNewEpoch) } == [true, true])
    }

    @Test("a broker that hangs is left for a new connection, and the call repeated there")
    func hanging() async throws {
        let broker = try FakeBroker(interval: 50, timeout: 100, respond: Self.jobs)
        broker.hang()
        let connection = try Self.connect(broker.endpoint)
        let call = connection.begin(
            Method.jobsGet, Self.get("a"), returning: Grove_V1_Job.self, timeout: .seconds(60))
        try await eventually("it connects again and again") { broker.received(.hello).count >= 3 }
        broker.recover()
        #expect(try await call.value().0.id == "a")
        #expect(Set(broker.received(.request).map(\.callID)).count == 1)
    }

    @Test("a call that nobody answers ends at its deadline, on both faces")
    func deadline() async throws {
        let broker = try FakeBroker { _ in [] }
        let connection = try Self.connect(broker.endpoint)
        let inTask = await #expect(throws: RPCError.self) {
            let _: Grove_V1_Job = try await connection.call(Method.jobsGet, Self.get("x"), timeout: .milliseconds(100))
                .0
        }
        #expect(inTask?.code == .deadlineExceeded)
        let onThread = await #expect(throws: RPCError.self) {
            try await CallsTests.onThread {
                _ = try connection.call(
                    Method.jobsGet, Self.get("x"), returning: Grove_V1_Job.self, timeout: .milliseconds(100))
            }
        }
        #expect(onThread?.code == .deadlineExceeded)
        try await eventually("the broker is told") { broker.received(.cancel).count == 2 }
    }

    @Test("cancelling a task ends its call at once and tells the broker")
    func cancelledTask() async throws {
        let broker = try FakeBroker { _ in [] }
        let connection = try Self.connect(broker.endpoint)
        let task = Task {
            let _: Grove_V1_Job = try await connection.call(Method.jobsGet, Self.get("x"), timeout: .seconds(600)).0
        }
        try await eventually("the request arrives") { !broker.received(.request).isEmpty }
        task.cancel()
        let error = await #expect(throws: RPCError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        try await eventually("the broker is told") { broker.received(.cancel).count == 1 }
    }

    @Test("a task that was cancelled before it called gets CANCELLED too")
    func cancelledBefore() async throws {
        let broker = try FakeBroker { _ in [] }
        let connection = try Self.connect(broker.endpoint)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            let _: Grove_V1_Job = try await connection.call(Method.jobsGet, Self.get("x"), timeout: .seconds(600)).0
        }
        task.cancel()
        let error = await #expect(throws: RPCError.self) { try await task.value }
        #expect(error?.code == .cancelled)
    }

    @Test("garbage from the broker is reported and survived")
    func garbage() async throws {
        let broker = try FakeBroker(respond: Self.jobs)
        let ignored = Mutex(0)
        let connection = try Self.connect(broker.endpoint) { event in
            if case .ignored = event { ignored.withLock { $0 += 1 } }
        }
        try await connection.waitUntilConnected(timeout: .seconds(60))
        let junk: [[[UInt8]]] = [
            [[]], [[0]], [[1, 2], [3]], WireMessage(.hello).frames,
            [[UInt8](repeating: 71, count: 100_000)], [[UInt8]](repeating: [1], count: 40),
        ]
        for frames in junk { broker.send(frames: frames) }
        try await eventually("all are reported") { ignored.withLock { $0 } == junk.count }
        let job: Grove_V1_Job = try await connection.call(Method.jobsGet, Self.get("a"), timeout: .seconds(60)).0
        #expect(job.id == "a")
    }

    @Test("closing ends open calls and refuses later ones")
    func closing() async throws {
        let broker = try FakeBroker { _ in [] }
        let connection = try Self.connect(broker.endpoint)
        let call = connection.begin(Method.jobsGet, Self.get("x"), returning: Grove_V1_Job.self, timeout: nil)
        try await eventually("the request arrives") { !broker.received(.request).isEmpty }
        try await onThread { connection.closeAndWait() }
        let open = await #expect(throws: RPCError.self) { try await call.value() }
        #expect(open?.code == .cancelled)
        let late = await #expect(throws: RPCError.self) {
            let _: Grove_V1_Job = try await connection.call(Method.jobsGet, Self.get("x"), timeout: .seconds(60)).0
        }
        #expect(late?.code == .cancelled)
        try await eventually("the broker is told") { broker.received(.cancel).count == 1 }
    }

    @Test("the thread ends when the last reference goes")
    func released() async throws {
        let broker = try FakeBroker(respond: Self.jobs)
        weak var watched: Connection?
        do {
            let connection = try Self.connect(broker.endpoint)
            watched = connection
            try await connection.waitUntilConnected(timeout: .seconds(60))
        }
        try await eventually("the connection is gone") { watched == nil }
    }
}
