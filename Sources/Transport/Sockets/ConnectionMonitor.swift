import CZeroMQ

/// Says when the connection of a `Dealer` has ended. libzmq makes it again by itself and tells nobody, so that whatever
/// was under way would be missed only by its time-out. Belongs to the thread of its dealer.
package final class ConnectionMonitor: Socket {
    /// The socket that it listens to; `nil` once it does not any more.
    private var watched: UnsafeMutableRawPointer?

    /// Begins to listen to what libzmq does with a socket; `stop` must come before that one is closed.
    init(_ context: ZeroMQContext, of socket: UnsafeMutableRawPointer) throws {
        // Names are the context's, and a handle is not used twice at a time.
        let address = "inproc://monitor-\(UInt(bitPattern: socket))"
        guard zmq_socket_monitor(socket, address, ZMQ_EVENT_DISCONNECTED) == 0 else {
            throw TransportError(code: zmq_errno(), operation: "watch a connection")
        }
        watched = socket
        try super.init(context, type: ZMQ_PAIR, options: SocketOptions())
        try attach(to: address, operation: "watch a connection at", by: zmq_connect)
    }

    /// Ends the listening. libzmq's own thread, which all sockets of a context share, waits for ever when it has an event
    /// for a monitor that is gone.
    func stop() {
        guard let watched else { return }
        self.watched = nil
        let result = zmq_socket_monitor(watched, nil, 0)
        // A context that is shut down has done it already.
        precondition(result == 0 || zmq_errno() == ETERM, "zmq_socket_monitor refused a live socket")
    }

    package override func close() {
        stop()
        super.close()
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
