import Testing
import Transport
import Wire

@testable import BrokerCore

/// Jobs/Watch and Jobs/Logs, their credit and their ends.
@Suite struct StreamTests {
    private let bench: Bench
    private let client: PeerID
    private let job: String

    init() throws {
        bench = try Bench()
        try bench.makeTree()
        client = try bench.client()
        job = try bench.submit(client, Bench.sample())
    }

    private func watch(timeout: Duration = .zero) -> WireMessage {
        var request = Grove_V1_WatchJobRequest()
        request.jobID = job
        return Bench.request(Method.jobsWatch, request, timeout: timeout)
    }

    private func logs(from: UInt64 = 0, follow: Bool) -> WireMessage {
        var request = Grove_V1_LogsRequest()
        (request.jobID, request.from, request.follow) = (job, from, follow)
        return Bench.request(Method.jobsLogs, request)
    }

    private func write(_ lines: Range<Int>, _ attempt: Grove_V1_AttemptId, _ worker: PeerID) throws -> [Outgoing] {
        var request = Grove_V1_LogRequest()
        request.attempt = attempt
        request.lines = lines.map { "line \($0)" }
        return try bench.send(Bench.request(Method.workLog, request), from: worker) + bench.settle()
    }

    private func events(_ outgoing: [Outgoing], of call: WireMessage) throws -> [Grove_V1_Job] {
        try outgoing.filter { $0.message.callID == call.callID && $0.message.type == .data }
            .map { try decode(Grove_V1_JobEvent.self, from: $0.message.payload, what: "event").job }
    }

    private func lines(_ outgoing: [Outgoing], of call: WireMessage) throws -> [Grove_V1_LogLine] {
        try outgoing.filter { $0.message.callID == call.callID && $0.message.type == .data }
            .map { try decode(Grove_V1_LogLine.self, from: $0.message.payload, what: "line") }
    }

    private func isEnded(_ outgoing: [Outgoing], _ call: WireMessage) throws -> Bool {
        let ends = outgoing.filter { $0.message.callID == call.callID && $0.message.type == .end }
        for end in ends { _ = try Bench.response(end, as: Grove_V1_DataHead.self) }
        #expect(ends.count <= 1)
        return !ends.isEmpty
    }

    @Test func aWatchSeesEveryStateAndEnds() throws {
        let call = watch()
        #expect(try events(bench.send(call, from: client), of: call).map(\.state) == [.waiting])
        let worker = try bench.worker()
        var take = Grove_V1_TakeRequest()
        take.free = [.interactive]
        let taken = try bench.send(Bench.request(Method.workTake, take), from: worker)
        #expect(try events(taken, of: call).map(\.state) == [.running])
        let attempt = try #require(taken.compactMap(\.assignment).first).message
        var beat = Grove_V1_HeartbeatRequest()
        var report = Grove_V1_AttemptReport()
        report.attempt = attempt
        report.progress.step = 17
        beat.attempts = [report]
        let beaten = try bench.send(Bench.request(Method.workHeartbeat, beat), from: worker)
        #expect(try events(beaten, of: call).map(\.progress.step) == [17])
        let done = Bench.completion(attempt) { $0.success = .init() }
        let ended = try bench.send(Bench.request(Method.workComplete, done), from: worker)
        #expect(try events(ended, of: call).map(\.state) == [.succeeded])
        #expect(try isEnded(ended, call))
        #expect(ended.filter { $0.message.callID == call.callID }.map(\.message.sequence) == [3, 0])
    }

    @Test func aWatchOfAnEndedJobEndsAtOnce() throws {
        var cancel = Grove_V1_CancelJobRequest()
        cancel.jobID = job
        let _: Grove_V1_Job = try bench.call(client, Method.jobsCancel, cancel)
        let call = watch()
        let outgoing = try bench.send(call, from: client)
        #expect(try events(outgoing, of: call).map(\.state) == [.cancelled])
        #expect(try isEnded(outgoing, call))
    }

    @Test func progressWithoutCreditIsMadeUpByTheNewest() throws {
        let call = watch()
        var seen = try events(bench.send(call, from: client), of: call)
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        for step in 1...200 as ClosedRange<UInt64> {
            var beat = Grove_V1_HeartbeatRequest()
            var report = Grove_V1_AttemptReport()
            report.attempt = attempt
            report.progress.step = step
            beat.attempts = [report]
            seen += try events(bench.send(Bench.request(Method.workHeartbeat, beat), from: worker), of: call)
        }
        #expect(seen.count < Limits.streamCredit + 1)
        var credit = Grove_V1_Credit()
        credit.messages = 5
        let more = try bench.send(
            WireMessage(.credit, callID: call.callID, envelope: encode(credit)), from: client)
        #expect(try events(more, of: call).map(\.progress.step) == [200])
    }

    @Test func bytesUnderWayAreBounded() throws {
        var stream = Stream(
            key: CallKey(peer: PeerID(1), callID: .random()), jobID: "a", kind: .watch, deadline: nil)
        // One message may always go, however large.
        _ = stream.send(bytes: 2 * Limits.streamBytes)
        #expect(!stream.maySend && stream.credit > 0)
        stream.addCredit(1)
        #expect(stream.maySend)
        for number in 1...4 as ClosedRange<UInt32> {
            #expect(stream.maySend)
            #expect(stream.send(bytes: Limits.streamBytes / 4) == number)
        }
        #expect(!stream.maySend)
        // CREDIT answers the oldest, and more of it than was sent does no harm.
        stream.addCredit(1)
        #expect(stream.maySend)
        stream.addCredit(100)
        #expect(stream.maySend)
    }

    @Test func logsWaitForCreditAndNoneIsMissed() throws {
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        let call = logs(follow: true)
        #expect(try bench.send(call, from: client).isEmpty)
        var seen: [Grove_V1_LogLine] = []
        for start in stride(from: 0, to: 500, by: 100) {
            seen += try lines(write(start..<start + 100, attempt, worker), of: call)
        }
        #expect(seen.count == Limits.streamCredit)
        var credit = Grove_V1_Credit()
        credit.messages = 300
        let more = WireMessage(.credit, callID: call.callID, envelope: encode(credit))
        seen += try lines(bench.send(more, from: client) + bench.settle(), of: call)
        #expect(seen.count == Limits.streamCredit + 300)
        let done = Bench.completion(attempt) { $0.success = .init() }
        let ended = try bench.send(Bench.request(Method.workComplete, done), from: worker) + bench.settle()
        #expect(try !isEnded(ended, call), "there are lines left")
        let last = try bench.send(more, from: client) + bench.settle()
        seen += try lines(last, of: call)
        #expect(seen.map(\.number) == Array(0..<500))
        #expect(seen.map(\.text) == (0..<500).map { "line \($0)" })
        #expect(try isEnded(last, call))
    }

    @Test func logsWithoutFollowEndAtTheLastLine() throws {
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        _ = try write(0..<10, attempt, worker)
        let call = logs(from: 7, follow: false)
        let outgoing = try bench.send(call, from: client) + bench.settle()
        #expect(try lines(outgoing, of: call).map(\.number) == [7, 8, 9])
        #expect(try isEnded(outgoing, call))
    }

    @Test func logLinesAreBoundedAndHarmless() throws {
        let worker = try bench.worker()
        let attempt = try #require(try bench.take(worker)).attempt
        var request = Grove_V1_LogRequest()
        request.attempt = attempt
        request.lines = [String(repeating: "x", count: Limits.logLineBytes + 1)]
        #expect(try bench.refusal(worker, Method.workLog, request).code == .invalidArgument)
        request.lines = Array(repeating: "x", count: Limits.logLinesPerCall + 1)
        #expect(try bench.refusal(worker, Method.workLog, request).code == .invalidArgument)
        request.lines = ["red \u{1B}[31m and\nanother"]
        let _: Grove_V1_LogResponse = try bench.call(worker, Method.workLog, request)
        let call = logs(follow: false)
        #expect(
            try lines(bench.send(call, from: client), of: call).map(\.text) == ["red \u{FFFD}[31m and\u{FFFD}another"])
    }

    @Test func cancellingACallLeavesTheJob() throws {
        let call = watch()
        _ = try bench.send(call, from: client)
        let end = try #require(try bench.send(WireMessage(.cancel, callID: call.callID), from: client).first)
        let error = #expect(throws: RPCError.self) { try Bench.response(end, as: Grove_V1_DataHead.self) }
        #expect(error?.code == .cancelled)
        #expect(try bench.send(WireMessage(.cancel, callID: call.callID), from: client).isEmpty, "exactly one END")
        #expect(try bench.job(client, job).state == .waiting)
    }

    @Test func aDeadlineEndsTheCallNotTheJob() throws {
        let call = watch(timeout: .seconds(5))
        _ = try bench.send(call, from: client)
        #expect(try bench.pass(.seconds(4.9)).isEmpty)
        let end = try #require(try bench.pass(.seconds(0.2)).first)
        let error = #expect(throws: RPCError.self) { try Bench.response(end, as: Grove_V1_DataHead.self) }
        #expect(error?.code == .deadlineExceeded)
        #expect(try bench.job(client, job).state == .waiting)
    }

    @Test func aRepeatedCallStartsItsStreamAnew() throws {
        let call = watch()
        _ = try bench.send(call, from: client)
        let again = try bench.send(call, from: client)
        #expect(again.map(\.message.sequence) == [0])
    }

    @Test func streamsOfAConnectionAreBounded() throws {
        for _ in 0..<StreamTable.maximumOfAPeer { _ = try bench.send(watch(), from: client) }
        let end = try #require(try bench.send(watch(), from: client).first)
        let error = #expect(throws: RPCError.self) { try Bench.response(end, as: Grove_V1_DataHead.self) }
        #expect(error?.code == .resourceExhausted)
    }

    @Test func aStoppingBrokerEndsOpenCallsSoThatTheyAreRepeated() throws {
        let call = watch()
        _ = try bench.send(call, from: client)
        let farewell = bench.broker.farewell()
        #expect(farewell.filter { $0.message.type == .goAway }.map(\.peer) == [client])
        let end = try #require(farewell.last)
        let error = #expect(throws: RPCError.self) { try Bench.response(end, as: Grove_V1_DataHead.self) }
        #expect(end.message.callID == call.callID && error?.isRetriable == true)
    }
}
