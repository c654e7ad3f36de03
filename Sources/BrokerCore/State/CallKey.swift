import Transport
import Wire

/// Names an open call: the connection it came on and the id its caller gave it.
package struct CallKey: Hashable, Sendable {
    package let peer: PeerID
    package let callID: CallID

    package init(peer: PeerID, callID: CallID) {
        self.peer = peer
        self.callID = callID
    }
}
