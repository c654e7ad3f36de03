import CZeroMQ

/// Says when the connection of a `Dealer` has ended. libzmq makes it again by itself and tells nobody, so that whatever
/// was under way would be missed only by its time-out. Belongs to the thread of its dealer.
package final class ConnectionMonitor: Socket {
    /// Begins to listen to what libzmq does with a socket.
    init(_ context: ZeroMQContext, of socket: UnsafeMutableRawPointer) throws {
        // Names are the context's, and a handle is not used twice at a time.
        let address = "inproc://monitor-\(UInt(bitPattern: socket))"
        guard zmq_socket_monitor(socket, address, ZMQ_EVENT_DISCONNECTED) == 0 else {
            throw TransportError(code: zmq_errno(), operation: "watch a connection")
        }
        try super.init(context, type: ZMQ_PAIR, options: SocketOptions())
        try attach(to: address, operation: "watch a connection at", by: zmq_connect)
    }

    /// Whether the connection ended since this was asked last.
    package func hasEnded() throws -> Bool {
        var hasEnded = false
        // Each event is a frame with its number, which is the one that was asked for, and one with an address.
        while case .frames(let frames) = try receiveFrames() {
            if frames.count == 2 { hasEnded = true }
        }
        return hasEnded
    }
}
