import JobStore
import Transport
import Wire

/// Messages on their way to peers: those that a connection does not take yet, in their order, and a count of what was
/// handed to ZeroMQ and has not been confirmed.
///
/// A peer that does not read costs memory in two places: ZeroMQ's queue, which is bounded in messages
/// (`Router`'s high-water mark), and this one, which is bounded in bytes. Both are bounded for all peers together too.
struct Outbox {
    /// What waits for one peer.
    private struct Queue {
        var messages: [Outgoing] = []
        var bytes = 0
    }

    private var queues: [PeerID: Queue] = [:]
    private var waitingBytes = 0
    private var unconfirmed = Unconfirmed()

    static let maximumMessages = 2000
    /// Bytes that may wait for one peer, and for all.
    static let maximumBytes = 6 << 20
    static let maximumBytesOfAll = 64 << 20
    /// How soon to try a full peer again: readiness says nothing about one peer. It doubles while no peer takes anything.
    private static let pauses = (first: Duration.milliseconds(1), longest: Duration.milliseconds(20))
    private var pause = Self.pauses.first

    /// When to try again; `nil` when nothing waits.
    var patience: Duration? { queues.isEmpty ? nil : pause }

    /// What the socket said to one message.
    typealias Send = (Outgoing) throws -> Router.SendOutcome

    /// Sends a message, after those that wait for the same peer.
    /// - Returns: what became of messages that will never be sent.
    mutating func send(_ outgoing: Outgoing, by send: Send) throws -> [BrokerEvent] {
        if queues[outgoing.peer] == nil {
            switch try hand(outgoing, send) {
            case .sent: return []
            case .peerGone: return drop(outgoing.peer, isGone: true) + Self.lost([outgoing])
            case .peerFull: break
            }
        }
        queues[outgoing.peer, default: Queue()].messages.append(outgoing)
        queues[outgoing.peer]?.bytes += outgoing.message.bytes
        waitingBytes += outgoing.message.bytes
        var events = isOverfull(outgoing.peer) ? drop(outgoing.peer) : []
        while waitingBytes > Self.maximumBytesOfAll, let largest = queues.max(by: { $0.value.bytes < $1.value.bytes }) {
            events += drop(largest.key)
        }
        return events
    }

    /// Tries again what waits.
    mutating func flush(now: Duration, by send: Send) throws -> [BrokerEvent] {
        var events: [BrokerEvent] = []
        var hasMoved = false
        for (peer, queue) in queues {
            var taken = 0
            while taken < queue.messages.count {
                let outcome = try hand(queue.messages[taken], send)
                if outcome == .peerFull { break }
                if outcome == .peerGone {
                    events += drop(peer, isGone: true)
                    break
                }
                taken += 1
            }
            hasMoved = hasMoved || taken > 0
            remove(taken, from: peer)
        }
        pause = hasMoved ? Self.pauses.first : min(pause * 2, Self.pauses.longest)
        for peer in unconfirmed.dueForPing(now: now) {
            if try ping(peer, send) == .peerGone { events += drop(peer, isGone: true) }
        }
        return events
    }

    /// A PONG came: the peer has read what was sent before its PING.
    mutating func confirm(_ peer: PeerID) { unconfirmed.confirm(peer) }

    /// Hands a message to ZeroMQ if the peer may have more of them.
    private mutating func hand(_ outgoing: Outgoing, _ send: Send) throws -> Router.SendOutcome {
        guard unconfirmed.mayTakeMore(outgoing.peer) else { return .peerFull }
        let outcome = try send(outgoing)
        guard outcome == .sent else { return outcome }
        unconfirmed.add(outgoing.message, for: outgoing.peer)
        if unconfirmed.needsPing(outgoing.peer) { _ = try ping(outgoing.peer, send) }
        return .sent
    }

    /// Asks the peer to confirm what it was sent, however much that is: so one that is gone is noticed.
    private mutating func ping(_ peer: PeerID, _ send: Send) throws -> Router.SendOutcome {
        let ping = Outgoing(peer, WireMessage(.ping))
        let outcome = try send(ping)
        if outcome == .sent { unconfirmed.add(ping.message, for: peer) }
        return outcome
    }

    private func isOverfull(_ peer: PeerID) -> Bool {
        guard let queue = queues[peer] else { return false }
        return queue.messages.count > Self.maximumMessages || queue.bytes > Self.maximumBytes
    }

    private mutating func remove(_ count: Int, from peer: PeerID) {
        guard var queue = queues[peer] else { return }
        let bytes = queue.messages.prefix(count).reduce(0) { $0 + $1.message.bytes }
        queue.messages.removeFirst(min(count, queue.messages.count))
        queue.bytes -= bytes
        waitingBytes -= bytes
        queues[peer] = queue.messages.isEmpty ? nil : queue
    }

    /// Gives up a peer that is gone, or that does not read: that one will say HELLO when it reads again, and until then
    /// ZeroMQ holds what it was handed.
    private mutating func drop(_ peer: PeerID, isGone: Bool = false) -> [BrokerEvent] {
        if isGone { unconfirmed.forget(peer) }
        let queue = queues.removeValue(forKey: peer) ?? Queue()
        waitingBytes -= queue.bytes
        return Self.lost(queue.messages) + [.gone(peer: peer)]
    }

    private static func lost(_ messages: [Outgoing]) -> [BrokerEvent] {
        messages.compactMap(\.assignment).map { .undelivered($0) }
    }
}

extension WireMessage {
    var bytes: Int { Self.headerBytes + 4 + envelope.count + payload.count + bulk.count }
}
