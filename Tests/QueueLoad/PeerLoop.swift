import Transport
import Wire

/// Waits for any of several peers and hands on what they get, on the calling thread.
package final class PeerLoop {
    private let poller = Poller()
    private var peers: [WirePeer] = []

    package init() {}

    package func add(_ peer: WirePeer) {
        peers.append(peer)
        poller.watch(peer.dealer)
    }

    /// Runs `receive` for each message, and `tick` after each wait, until `isDone` says so between two waits.
    /// - Parameter pause: the longest wait.
    package func run(
        until isDone: () throws -> Bool, every pause: Duration = .milliseconds(20),
        receive: (_ peer: Int, _ message: WireMessage) throws -> Void, tick: () throws -> Void = {}
    ) throws {
        while try !isDone() {
            _ = try poller.wait(atMost: pause)
            for (index, peer) in peers.enumerated() {
                while let message = try peer.receive() { try receive(index, message) }
            }
            try tick()
        }
    }
}
