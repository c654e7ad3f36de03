import JobStore
import Testing
import Transport
import Wire

@testable import BrokerCore

@Suite struct OutboxTests {
    private func message(_ peer: UInt8, _ sequence: UInt32, payload: [UInt8] = [], assignment: AttemptKey? = nil)
        -> Outgoing
    {
        Outgoing(
            PeerID(peer), WireMessage(.data, callID: .random(), sequence: sequence, payload: payload),
            assignment: assignment)
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
        let ofPeer = (0..<3).map { message(1, $0) }
        let other = message(2, 0)
        for outgoing in [ofPeer[0], other, ofPeer[1]] { #expect(try outbox.send(outgoing, by: send).isEmpty) }
        #expect(sent == [other])
        #expect(try outbox.flush(now: .zero, by: send).isEmpty && outbox.patience != nil)
        isFull = false
        // A new message does not overtake those that wait.
        #expect(try outbox.send(ofPeer[2], by: send).isEmpty)
        #expect(sent == [other])
        #expect(try outbox.flush(now: .seconds(1), by: send).isEmpty && outbox.patience == nil)
        #expect(sent == [other] + ofPeer)
    }

    /// A peer that reads nothing, behind a socket that takes everything.
    @Test func whatAllPeersHaveNotReadIsBounded() throws {
        var outbox = Outbox()
        let piece = [UInt8](repeating: 0, count: Limits.chunkBytes)
        var handed: [PeerID: Int] = [:]
        var dropped: Set<PeerID> = []
        for round in 0..<100 {
            for peer in 1...UInt8(40) where !dropped.contains(PeerID(peer)) {
                let events = try outbox.send(message(peer, UInt32(round), payload: piece)) { outgoing in
                    handed[outgoing.peer, default: 0] += outgoing.message.bytes
                    return .sent
                }
                for case .gone(let peer) in events { dropped.insert(peer) }
            }
        }
        let all = handed.values.reduce(0, +)
        #expect(
            all < Unconfirmed.crowded + 42 * (Unconfirmed.share + 2 * Limits.chunkBytes), "\(all) bytes are under way")
        #expect(dropped.count == 40, "who reads nothing is dropped")
    }

    @Test func whoConfirmsWhatCameIsServedHoweverMuchOthersLeaveUnread() throws {
        var outbox = Outbox()
        let piece = [UInt8](repeating: 0, count: Limits.chunkBytes)
        var pings: [PeerID: Int] = [:]
        var handed: [PeerID: Int] = [:]
        let send: Outbox.Send = { outgoing in
            if outgoing.message.type == .ping { pings[outgoing.peer, default: 0] += 1 }
            handed[outgoing.peer, default: 0] += outgoing.message.payload.count
            return .sent
        }
        for peer in 1...UInt8(40) {
            for round in 0..<UInt32(20) { _ = try outbox.send(message(peer, round, payload: piece), by: send) }
        }
        for round in 0..<UInt32(100) {
            #expect(try outbox.send(message(200, round, payload: piece), by: send).isEmpty)
            while pings[PeerID(200), default: 0] > 0 {
                pings[PeerID(200)]? -= 1
                outbox.confirm(PeerID(200))
            }
            #expect(try outbox.flush(now: .zero, by: send).isEmpty)
        }
        #expect(handed[PeerID(200)] == 100 * piece.count)
    }

    @Test func pingsThatAreNotAnsweredAreNotKeptOneByOne() {
        var unconfirmed = Unconfirmed()
        let piece = WireMessage(.end, callID: .random(), payload: [UInt8](repeating: 0, count: 1000))
        for _ in 0..<1000 {
            unconfirmed.add(piece, for: PeerID(1))
            unconfirmed.add(WireMessage(.ping), for: PeerID(1))
        }
        let all = unconfirmed.bytes(of: PeerID(1))
        #expect(all == 1000 * (piece.bytes + WireMessage(.ping).bytes))
        // The oldest were put together, and so were the PONGs that they wait for.
        unconfirmed.confirm(PeerID(1))
        #expect(unconfirmed.bytes(of: PeerID(1)) == all)
        for _ in 1..<1000 { unconfirmed.confirm(PeerID(1)) }
        #expect(unconfirmed.bytes(of: PeerID(1)) == 0)
    }

    @Test func peersThatLeftWithoutReadingCountForNothing() throws {
        var outbox = Outbox()
        let piece = [UInt8](repeating: 0, count: Limits.chunkBytes)
        var haveLeft = false
        let send: Outbox.Send = { haveLeft && $0.peer != PeerID(200) ? .peerGone : .sent }
        for round in 0..<UInt32(20) {
            for peer in 1...UInt8(100) { _ = try outbox.send(message(peer, round, payload: piece), by: send) }
        }
        haveLeft = true
        var gone: Set<PeerID> = []
        for case .gone(let peer) in try outbox.flush(now: .seconds(100), by: send) { gone.insert(peer) }
        #expect(gone.count == 100)
        // One that answers no PING has all of ZeroMQ's queue again.
        for round in 0..<UInt32(80) { #expect(try outbox.send(message(200, round, payload: piece), by: send).isEmpty) }
        #expect(outbox.patience == nil)
    }

    @Test func aPeerThatDoesNotReadIsDropped() throws {
        var outbox = Outbox()
        var events: [BrokerEvent] = []
        let attempt = AttemptKey(jobID: "a", number: 1)
        for sequence in 0...UInt32(Outbox.maximumMessages) {
            let outgoing = message(1, sequence, assignment: sequence == 5 ? attempt : nil)
            events += try outbox.send(outgoing) { _ in .peerFull }
        }
        #expect(outbox.patience == nil)
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
