import Synchronization
import Testing
import Wire

@testable import Calls

@Suite("Streams over real sockets")
struct StreamTests {
    /// A stream of log lines that keeps to its credit, as a broker does: `total` lines, each sent once there is credit.
    final class Lines: Sendable {
        private struct State {
            var next: UInt32 = 0
            var credit = 0
        }

        private let state = Mutex(State())
        private let total: UInt32
        private let credit: Int

        init(total: UInt32, credit: Int) {
            (self.total, self.credit) = (total, credit)
        }

        var sent: UInt32 { state.withLock { $0.next } }

        func respond(_ message: WireMessage) -> [WireMessage] {
            state.withLock { state in
                switch message.type {
                case .request: state = State(next: 0, credit: credit)
                case .credit:
                    let credit = Grove_V1_Credit.with(message.envelope)
                    state.credit += Int(credit.messages)
                default: return []
                }
                var replies: [WireMessage] = []
                while state.credit > 0 && state.next < total {
                    var line = Grove_V1_LogLine()
                    line.number = UInt64(state.next)
                    replies.append(.data(message.callID, state.next, payload: encode(line)))
                    state.next += 1
                    state.credit -= 1
                }
                if state.next == total { replies.append(.end(message.callID)) }
                return replies
            }
        }
    }

    static func lines(_ connection: Connection) -> MessageStream<Grove_V1_LogLine> {
        connection.stream(Method.jobsLogs, Grove_V1_LogsRequest())
    }

    @Test("a task reads a long stream to its end, in order, with little credit")
    func inTask() async throws {
        let lines = Lines(total: 500, credit: 4)
        let broker = try FakeBroker(credit: 4, respond: lines.respond)
        let connection = try ConnectionTests.connect(broker.endpoint)
        var numbers: [UInt64] = []
        for try await line in Self.lines(connection) { numbers.append(line.number) }
        #expect(numbers == Array(0..<500))
    }

    @Test("a thread reads a long stream to its end")
    func onThread() async throws {
        let lines = Lines(total: 100, credit: 4)
        let broker = try FakeBroker(credit: 4, respond: lines.respond)
        let connection = try ConnectionTests.connect(broker.endpoint)
        let numbers = try await CallsTests.onThread {
            let stream = Self.lines(connection)
            var numbers: [UInt64] = []
            while let line = try stream.next() { numbers.append(line.number) }
            return numbers
        }
        #expect(numbers == Array(0..<100))
    }

    @Test("the broker sends no more than is taken")
    func backPressure() async throws {
        let lines = Lines(total: 1000, credit: 4)
        let broker = try FakeBroker(credit: 4, respond: lines.respond)
        let connection = try ConnectionTests.connect(broker.endpoint)
        let stream = Self.lines(connection)
        let iterator = stream.makeAsyncIterator()
        for _ in 0..<10 { _ = try await iterator.next() }
        // Several PINGs later nothing more has come.
        let pings = broker.received(.ping).count
        try await eventually("time passes") { broker.received(.ping).count > pings + 3 }
        #expect(lines.sent <= 10 + 4 + 2)
    }

    @Test("leaving the loop cancels the call")
    func leaving() async throws {
        let lines = Lines(total: 1000, credit: 4)
        let broker = try FakeBroker(credit: 4, respond: lines.respond)
        let connection = try ConnectionTests.connect(broker.endpoint)
        for try await line in Self.lines(connection) where line.number == 3 { break }
        try await eventually("the broker is told") { broker.received(.cancel).count == 1 }
    }

    @Test("cancelling the task ends a stream that waits")
    func cancelled() async throws {
        let broker = try FakeBroker { _ in [] }
        let connection = try ConnectionTests.connect(broker.endpoint)
        let task = Task { for try await _ in Self.lines(connection) {} }
        try await eventually("the request arrives") { !broker.received(.request).isEmpty }
        task.cancel()
        let error = await #expect(throws: RPCError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        try await eventually("the broker is told") { !broker.received(.cancel).isEmpty }
    }

    @Test("an error comes after the messages before it")
    func failure() async throws {
        let broker = try FakeBroker { message in
            guard message.type == .request else { return [] }
            return [
                .data(message.callID, 0, payload: encode(Grove_V1_LogLine())),
                .end(message.callID, RPCError(.notFound, "gone")),
            ]
        }
        let connection = try ConnectionTests.connect(broker.endpoint)
        var count = 0
        await #expect(throws: RPCError(.notFound, "gone")) {
            for try await _ in Self.lines(connection) { count += 1 }
        }
        #expect(count == 1)
    }

    @Test("after the broker forgot us the stream begins anew")
    func anew() async throws {
        let lines = Lines(total: 6, credit: 4)
        let broker = try FakeBroker(credit: 4, respond: lines.respond)
        let connection = try ConnectionTests.connect(broker.endpoint)
        let stream = Self.lines(connection)
        let iterator = stream.makeAsyncIterator()
        #expect(try await iterator.next()?.number == 0)
        broker.forgetEveryone()
        try await eventually("it is asked for again") { broker.received(.request).count == 2 }
        var numbers: [UInt64] = []
        while let line = try await iterator.next() { numbers.append(line.number) }
        // What waited to be taken when the session ended comes again.
        #expect(numbers.suffix(6) == Array(0..<6))
    }
}

extension Grove_V1_Credit {
    static func with(_ bytes: [UInt8]) -> Grove_V1_Credit {
        do {
            return try decode(Grove_V1_Credit.self, from: bytes, what: "CREDIT")
        } catch {
            Issue.record("CREDIT cannot be read: \(error)")
            return Grove_V1_Credit()
        }
    }
}
