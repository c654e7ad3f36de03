import JobStore
import Testing
import Transport
import Wire

@testable import BrokerCore

@Suite struct OutboxTests {
    private func message(_ peer: UInt8, _ sequence: UInt32, assignment: AttemptKey? = nil) -> Outgoing {
        Outgoing(PeerID(peer), WireMessage(.data, sequence: sequence), assignment: assignment)
    }

    @Test func keepsTheOrderOfAPeerThatIsFull() throws {
        var outbox = Outbox()
        var sent: [Outgoing] = []
        var isFull = true
        let send: Outbox.Send = { outgoing in
            if outgoing.peer == PeerID(1) && isFull { return .peerFull }
            sent.append(outgoing)
            return .sent
        }
        for outgoing in [message(1, 0), message(2, 0), message(1, 1)] {
            #expect(try outbox.send(outgoing, by: send).isEmpty)
        }
        #expect(sent == [message(2, 0)])
        #expect(try outbox.flush(by: send).isEmpty && !outbox.isEmpty)
        isFull = false
        // A new message does not overtake those that wait.
        #expect(try outbox.send(message(1, 2), by: send).isEmpty)
        #expect(sent == [message(2, 0)])
        #expect(try outbox.flush(by: send).isEmpty && outbox.isEmpty)
        #expect(sent == [message(2, 0), message(1, 0), message(1, 1), message(1, 2)])
    }

    @Test func aPeerThatDoesNotReadIsDropped() throws {
        var outbox = Outbox()
        var events: [BrokerEvent] = []
        let attempt = AttemptKey(jobID: "a", number: 1)
        for sequence in 0...UInt32(Outbox.maximumMessages) {
            let outgoing = message(1, sequence, assignment: sequence == 5 ? attempt : nil)
            events += try outbox.send(outgoing) { _ in .peerFull }
        }
        #expect(outbox.isEmpty)
        guard events.count == 2, case .undelivered(attempt) = events[0], case .gone(PeerID(1)) = events[1] else {
            Issue.record("its assignment and its session must be given up, not \(events)")
            return
        }
    }

    @Test func aPeerThatIsGoneLosesItsAssignment() throws {
        var outbox = Outbox()
        let attempt = AttemptKey(jobID: "a", number: 1)
        let events = try outbox.send(message(1, 0, assignment: attempt)) { _ in .peerGone }
        #expect(events.count == 2)
    }
}
