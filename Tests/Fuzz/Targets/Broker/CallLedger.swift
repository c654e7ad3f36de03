import BrokerCore
import Transport
import Wire

/// What was asked of a broker and what it has answered: no END that nobody waits for, and no message that the protocol
/// does not allow.
struct CallLedger {
    private struct Key: Hashable {
        let peer: PeerID
        let call: CallID
    }

    private var unanswered: [Key: Int] = [:]

    mutating func note(_ event: BrokerEvent) {
        guard case .message(let peer, let frames) = event else { return }
        do throws(WireError) {
            let message = try WireMessage(frames: frames)
            guard message.type == .request else { return }
            unanswered[Key(peer: peer, call: message.callID), default: 0] += 1
        } catch {
            // No message, so nothing that is answered.
            return
        }
    }

    mutating func check(_ outgoing: Outgoing) throws(Violation) {
        let (message, peer) = (outgoing.message, outgoing.peer)
        do {
            guard try WireMessage(frames: message.frames) == message else {
                throw Violation("a message is another one when it is read")
            }
            try readEnvelope(message)
        } catch {
            throw Violation("a \(message.type) cannot be read: \(error)")
        }
        try Violation.expect(message.bulk.count <= Limits.chunkBytes, "a piece of \(message.bulk.count) bytes")
        guard message.type == .end else { return }
        let key = Key(peer: peer, call: message.callID)
        try Violation.expect(unanswered[key, default: 0] > 0, "an END for a call that was not open")
        unanswered[key, default: 1] -= 1
    }

    private func readEnvelope(_ message: WireMessage) throws {
        switch message.type {
        case .welcome: _ = try decode(Grove_V1_Welcome.self, from: message.envelope, what: "WELCOME")
        case .data: _ = try decode(Grove_V1_DataHead.self, from: message.envelope, what: "DATA")
        case .goAway: _ = try decode(Grove_V1_GoAway.self, from: message.envelope, what: "GOAWAY")
        case .end, .error:
            let status = try decode(Grove_V1_Status.self, from: message.envelope, what: "a status")
            guard let error = RPCError(status) else { return }
            try Violation.expect(message.payload.isEmpty, "an error with a payload")
            // The one thing that a request is told so: nobody could read its answer.
            let isTooLarge = error.message.hasPrefix("the answer is too large to be sent")
            try Violation.expect(error.code != .internal || isTooLarge, "INTERNAL: \(error.message.excerpt)")
            try Violation.expect(
                error.message.utf8.count <= 2 * Limits.statusMessageBytes,
                "a status of \(error.message.utf8.count) bytes")
        case .ping, .pong: break
        case .hello, .request, .cancel, .credit: throw Violation("a broker sends no \(message.type)")
        }
    }
}
