import Testing
import Wire

@testable import Calls

@Suite("Calls: answers, deadlines, retries, cancellation")
struct EngineCallTests {
    @Test("END with OK is the answer, with its bulk")
    func answer() {
        var machine = Machine.connected()
        let call = machine.open(method: Method.blobsRead).id
        let ended = machine.receive(.end(call, payload: [1, 2], bulk: [3]))
        #expect(ended.finished[call] == .success(Answer(payload: [1, 2], bulk: [3])))
        // Exactly one end: a second one finds nobody.
        #expect(machine.receive(.end(call)).isEmpty)
    }

    @Test("END with a status is the error, with all it says")
    func failure() {
        var machine = Machine.connected()
        let call = machine.open().id
        let error = RPCError(
            .invalidArgument, "no", violations: [.init(field: "count", description: "is 0")],
            retryAfter: .milliseconds(250))
        #expect(machine.receive(.end(call, error)).error(of: call) == error)
    }

    @Test("an end with what its call cannot have is the broker's defect, and ends that call alone")
    func endsThatCannotBe() {
        var machine = Machine.connected()
        let (one, two, three) = (machine.open().id, machine.open().id, machine.open(.serverStream).id)
        #expect(machine.receive(.end(one, bulk: [3])).error(of: one)?.code == .internal)
        var end = WireMessage.end(two, RPCError(.notFound, "no"))
        end.payload = [1]
        #expect(machine.receive(end).error(of: two)?.code == .internal)
        #expect(machine.receive(.end(three, payload: [1])).error(of: three)?.code == .internal)
        let four = machine.open().id
        #expect(machine.receive(.end(four, payload: [1])).finished[four] == .success(Answer(payload: [1])))
    }

    @Test("an ERROR ends no call: it is about the connection")
    func errors() {
        var machine = Machine.connected()
        let call = machine.open().id
        #expect(machine.receive(.error(RPCError(.invalidArgument, "cannot be read"))).finished.isEmpty)
        #expect(machine.receive(.end(call)).finished.count == 1)
    }

    @Test("the caller gives up by itself, a little after the deadline, and tells the broker")
    func deadline() throws {
        var machine = Machine.connected(interval: 30_000, timeout: 60_000)
        let call = machine.open(timeout: .seconds(20)).id
        // A long poll is answered at the very end of its time: that answer still counts.
        #expect(machine.pass(.seconds(20)).finished.isEmpty)
        var other = machine
        #expect(other.receive(.end(call)).finished[call] == .success(Answer()))
        let late = machine.pass(.seconds(1))
        let error = try #require(late.error(of: call))
        #expect(error.code == .deadlineExceeded)
        #expect(error.message.contains(Method.jobsGet))
        #expect(late.sentTypes == [.cancel])
    }

    @Test("without a broker a call fails UNAVAILABLE after its patience, with what to do")
    func noBroker() throws {
        var machine = Machine()
        _ = machine.pass(.zero)
        let call = machine.open(timeout: .seconds(60), patience: .seconds(2)).id
        #expect(machine.pass(.milliseconds(1999)).finished.isEmpty)
        let error = try #require(machine.pass(.milliseconds(1)).error(of: call))
        #expect(error.code == .unavailable)
        #expect(
            error.message
                == "no broker answers at tcp://127.0.0.1:7741; start one with 'grove up' or name another with --broker")
    }

    @Test("without patience it waits for its deadline, and is UNAVAILABLE then")
    func noPatience() {
        var machine = Machine()
        _ = machine.pass(.zero)
        let call = machine.open(timeout: .seconds(30)).id
        var results: [CallID: Result<Answer, RPCError>] = [:]
        for second in 1...30 {
            results = machine.pass(.seconds(1)).finished
            if second < 30 { #expect(results.isEmpty) }
        }
        guard case .failure(let error) = results[call] else {
            Issue.record("the call did not end at its deadline")
            return
        }
        #expect(error.code == .unavailable)
    }

    @Test("patience begins when the session is lost, and ends when there is one")
    func patienceAfterLoss() {
        var machine = Machine.connected(interval: 1000, timeout: 3000)
        let call = machine.open(timeout: nil, patience: .seconds(2)).id
        for _ in 0..<3 { #expect(machine.pass(.seconds(1)).finished.isEmpty) }
        #expect(machine.pass(.seconds(1)).finished.isEmpty)
        _ = machine.receive(.welcome())
        #expect(machine.pass(.milliseconds(1500)).finished.isEmpty)
        #expect(machine.receive(.end(call)).finished.count == 1)
    }

    @Test("UNAVAILABLE is tried again under the same id, later and later, five times in all")
    func retries() {
        var machine = Machine.connected(interval: 60_000, timeout: 600_000)
        let call = machine.open(timeout: .seconds(60)).id
        let busy = RPCError(.unavailable, "busy")
        var pauses: [Duration] = []
        for _ in 0..<4 {
            #expect(machine.receive(.end(call, busy)).isEmpty)
            let start = machine.now
            guard let deadline = machine.engine.nextDeadline else { break }
            pauses.append(deadline - start)
            let again = machine.pass(deadline - start)
            #expect(again.sent.map(\.callID) == [call])
        }
        #expect(pauses.count == 4)
        #expect(pauses[3] > pauses[0] * 4)
        #expect(machine.receive(.end(call, busy)).error(of: call) == busy)
    }

    @Test("the broker's own wish for a pause counts")
    func retryAfter() {
        var machine = Machine.connected(interval: 60_000, timeout: 600_000)
        let call = machine.open(timeout: .seconds(60)).id
        _ = machine.receive(.end(call, RPCError(.unavailable, "later", retryAfter: .seconds(7))))
        #expect(machine.pass(.milliseconds(6999)).isEmpty)
        #expect(machine.pass(.milliseconds(1)).sentTypes == [.request])
    }

    @Test("no try begins after the deadline")
    func noRetryBeyondDeadline() {
        var machine = Machine.connected()
        let call = machine.open(timeout: .seconds(5)).id
        let later = RPCError(.unavailable, "later", retryAfter: .seconds(5))
        #expect(machine.receive(.end(call, later)).error(of: call) == later)
    }

    @Test("only UNAVAILABLE is tried again", arguments: StatusCode.allCases.filter { $0 != .ok && $0 != .unavailable })
    func notRetried(_ code: StatusCode) {
        var machine = Machine.connected()
        let call = machine.open(timeout: .seconds(60)).id
        #expect(machine.receive(.end(call, RPCError(code, "no"))).error(of: call)?.code == code)
    }

    @Test("cancelling tells the broker only if it has the call")
    func cancelling() {
        var machine = Machine()
        _ = machine.pass(.zero)
        let unsent = machine.open().id
        #expect(machine.engine.cancel(unsent, now: machine.now).isEmpty)
        #expect(machine.receive(.welcome()).sent.isEmpty)
        let sent = machine.open().id
        #expect(machine.engine.cancel(sent, now: machine.now).sentTypes == [.cancel])
        #expect(machine.engine.cancel(sent, now: machine.now).isEmpty)
        #expect(machine.receive(.end(sent)).isEmpty)
    }

    @Test("a request that cannot be sent fails at once, in words")
    func tooLarge() throws {
        var machine = Machine.connected()
        let call = machine.open(payload: [UInt8](repeating: 0, count: Limits.frameBytes + 1))
        let error = try #require(call.actions.error(of: call.id))
        #expect(error.code == .invalidArgument)
        #expect(error.message.contains("\(Limits.frameBytes)"))
        #expect(call.actions.sent.isEmpty)
    }
}
