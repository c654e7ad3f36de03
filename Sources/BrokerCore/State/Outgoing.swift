import JobStore
import Transport
import Wire

/// A message to be sent after the commit.
package struct Outgoing: Hashable, Sendable {
    package let peer: PeerID
    package let message: WireMessage
    /// The attempt that this message gives to a worker: if it cannot be delivered, the job must go to another.
    package var assignment: AttemptKey?

    package init(_ peer: PeerID, _ message: WireMessage, assignment: AttemptKey? = nil) {
        self.peer = peer
        self.message = message
        self.assignment = assignment
    }
}

/// What happened to the loop.
package enum BrokerEvent: Sendable {
    case message(peer: PeerID, frames: [[UInt8]])
    /// A message that was too large to be read.
    case oversized(peer: PeerID)
    /// The connection is gone, or does not read what is sent to it.
    case gone(peer: PeerID)
    /// A job was given to a worker that never learned of it.
    case undelivered(AttemptKey)
    /// The loop stood still for so long: stopped by somebody, or at a disk that did not answer.
    case heldUp(Duration)
}
