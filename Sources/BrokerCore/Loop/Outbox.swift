import JobStore
import Transport
import Wire

/// Messages that a peer's connection has not taken yet, in their order; bounded for each peer.
struct Outbox {
    private struct Queue {
        var messages: [Outgoing] = []
        var bytes = 0
    }

    private var queues: [PeerID: Queue] = [:]

    static let maximumMessages = 2000
    static let maximumBytes = 32 << 20

    var isEmpty: Bool { queues.isEmpty }

    /// What the socket said to one message.
    typealias Send = (Outgoing) throws -> Router.SendOutcome

    /// Sends a message, after those that wait for the same peer.
    /// - Returns: what became of messages that will never be sent.
    mutating func send(_ outgoing: Outgoing, by send: Send) throws -> [BrokerEvent] {
        if queues[outgoing.peer] == nil {
            switch try send(outgoing) {
            case .sent: return []
            case .peerGone: return Self.lost([outgoing])
            case .peerFull: break
            }
        }
        var queue = queues[outgoing.peer] ?? Queue()
        queue.messages.append(outgoing)
        queue.bytes += outgoing.message.bytes
        guard queue.messages.count <= Self.maximumMessages, queue.bytes <= Self.maximumBytes else {
            // It does not read: treated as gone, and it will say HELLO when it reads again.
            queues[outgoing.peer] = nil
            return Self.lost(queue.messages)
        }
        queues[outgoing.peer] = queue
        return []
    }

    /// Tries again what waits.
    mutating func flush(by send: Send) throws -> [BrokerEvent] {
        var events: [BrokerEvent] = []
        for (peer, queue) in queues {
            var left = queue
            while let next = left.messages.first {
                let outcome = try send(next)
                if outcome == .peerFull { break }
                if outcome == .peerGone {
                    events += Self.lost(left.messages)
                    left.messages = []
                    break
                }
                left.messages.removeFirst()
                left.bytes -= next.message.bytes
            }
            queues[peer] = left.messages.isEmpty ? nil : left
        }
        return events
    }

    private static func lost(_ messages: [Outgoing]) -> [BrokerEvent] {
        messages.compactMap(\.assignment).map { .undelivered($0) } + messages.prefix(1).map { .gone(peer: $0.peer) }
    }
}

extension WireMessage {
    var bytes: Int { Self.headerBytes + 4 + envelope.count + payload.count + bulk.count }
}
