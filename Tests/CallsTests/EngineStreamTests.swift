import Testing
import Wire

@testable import Calls

@Suite("Streams: order, credit, beginning anew")
struct EngineStreamTests {
    @Test("messages come in order, then one end")
    func inOrder() {
        var machine = Machine.connected(credit: 4)
        let stream = machine.open(.serverStream).id
        for sequence in 0..<3 {
            #expect(machine.receive(.data(stream, UInt32(sequence))).delivered == 1)
        }
        #expect(machine.receive(.end(stream)).finished[stream] == .success(Answer()))
        #expect(machine.receive(.data(stream, 3)).isEmpty)
    }

    @Test("a large message is credited at once, however few have come")
    func creditForBytes() {
        var machine = Machine.connected(credit: 64)
        let stream = machine.open(.serverStream).id
        let now = machine.now
        #expect(machine.engine.took(1, bytes: Limits.creditBytes - 1, of: stream, now: now).isEmpty)
        #expect(machine.engine.took(1, bytes: 1, of: stream, now: now).sentTypes == [.credit])
        #expect(machine.engine.took(1, bytes: Limits.creditBytes - 1, of: stream, now: now).isEmpty)
    }

    @Test("taking messages gives credit, half a window at a time")
    func credit() throws {
        var machine = Machine.connected(credit: 4)
        let stream = machine.open(.serverStream).id
        for sequence in 0..<4 { _ = machine.receive(.data(stream, UInt32(sequence))) }
        #expect(machine.engine.took(1, bytes: 10, of: stream, now: machine.now).isEmpty)
        let credited = machine.engine.took(1, bytes: 10, of: stream, now: machine.now)
        let message = try #require(credited.sent.first)
        #expect(message.type == .credit)
        #expect(message.callID == stream)
        #expect(try decode(Grove_V1_Credit.self, from: message.envelope, what: "CREDIT").messages == 2)
        #expect(machine.receive(.data(stream, 4)).delivered == 1)
        #expect(machine.receive(.data(stream, 5)).delivered == 1)
    }

    @Test("a broker that sends beyond its credit ends the stream")
    func beyondCredit() {
        var machine = Machine.connected(credit: 2)
        let stream = machine.open(.serverStream).id
        _ = machine.receive(.data(stream, 0))
        _ = machine.receive(.data(stream, 1))
        let overrun = machine.receive(.data(stream, 2))
        #expect(overrun.error(of: stream)?.code == .internal)
        #expect(overrun.delivered == 0)
        #expect(overrun.sentTypes == [.cancel])
    }

    @Test("a gap or a repetition ends the stream", arguments: [0, 2, UInt32.max])
    func gap(_ sequence: UInt32) {
        var machine = Machine.connected()
        let stream = machine.open(.serverStream).id
        _ = machine.receive(.data(stream, 0))
        #expect(machine.receive(.data(stream, sequence)).error(of: stream)?.code == .internal)
    }

    @Test("DATA for a call that wants one answer ends it")
    func dataForUnary() {
        var machine = Machine.connected()
        let call = machine.open().id
        #expect(machine.receive(.data(call, 0)).error(of: call)?.code == .internal)
    }

    @Test("in a new session the stream begins anew, with full credit")
    func restart() {
        var machine = Machine.connected(credit: 2)
        let stream = machine.open(.serverStream).id
        let untouched = machine.open(.serverStream).id
        _ = machine.receive(.data(stream, 0))
        _ = machine.receive(.data(stream, 1))
        // What had not sent anything yet has nothing to forget.
        #expect(machine.receive(.sayHello).restarted == [stream])
        #expect(machine.receive(.welcome(credit: 2)).sent.map(\.callID) == [stream, untouched])
        #expect(machine.receive(.data(stream, 0)).delivered == 1)
        #expect(machine.receive(.data(stream, 1)).delivered == 1)
        #expect(machine.receive(.data(stream, 2)).error(of: stream) != nil)
    }

    @Test("a stream that the broker ends UNAVAILABLE is asked for again; messages reset the count of tries")
    func retries() {
        var machine = Machine.connected(interval: 60_000, timeout: 600_000, attempts: 2)
        let stream = machine.open(.serverStream).id
        for _ in 0..<5 {
            #expect(machine.receive(.data(stream, 0)).delivered == 1)
            #expect(machine.receive(.end(stream, RPCError(.unavailable, "stopping"))).restarted == [stream])
            #expect(machine.pass(.seconds(1)).sent.map(\.callID) == [stream])
        }
    }
}
