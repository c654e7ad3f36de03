import CZeroMQ

/// The end of a worker or a client: one connection to a broker's `Router`, made again by itself when it breaks.
/// Belongs to the thread that created it.
///
/// Messages wait for a broker that is not there yet. Whoever does not want them to wait for one that comes back closes the
/// dealer when `monitor` says that the connection has ended, and makes another. (ZMQ_IMMEDIATE would keep the queue empty, but
/// with it libzmq 4.3.4 ends the process when a connection breaks while a message of several frames is read: its issue 3663.)
///
/// The routing id is never set: of two peers with the same one, libzmq mutes the second without an error. The broker
/// therefore sees a new `PeerID` after each reconnect.
package final class Dealer: Socket {
    package enum Incoming: Hashable, Sendable {
        case message(frames: [[UInt8]])
        /// A message with more frames or more bytes than the limits; read to its end and thrown away.
        case oversized
    }

    package enum SendOutcome: Hashable, Sendable {
        /// Handed to libzmq. It reaches the broker at most once; only the broker's answer says that it did.
        case sent
        /// No room: the high-water mark is reached, with or without a broker.
        case full
    }

    /// Tells when the connection has ended; to be watched beside the socket.
    package private(set) var monitor: ConnectionMonitor?

    package init(_ context: ZeroMQContext, options: SocketOptions = SocketOptions()) throws {
        try super.init(context, type: ZMQ_DEALER, options: options)
        try set(ZMQ_RECONNECT_IVL, options.reconnect.lowerBound.roundedUpMilliseconds, "RECONNECT_IVL")
        try set(ZMQ_RECONNECT_IVL_MAX, options.reconnect.upperBound.roundedUpMilliseconds, "RECONNECT_IVL_MAX")
        monitor = try ConnectionMonitor(context, of: open)
    }

    deinit { monitor?.stop() }

    package override func close() {
        monitor?.close()
        monitor = nil
        super.close()
    }

    /// Starts connecting, in the background and for as long as the socket lives; that the broker is not there is no error.
    /// - Throws: `TransportError` of kind `.badEndpoint` when `endpoint` is none.
    package func connect(_ endpoint: String) throws {
        try attach(to: endpoint, operation: "connect to", by: zmq_connect)
    }

    /// The next message, or `nil` when nothing waits.
    package func receive() throws -> Incoming? {
        switch try receiveFrames() {
        case .frames(let frames): return .message(frames: frames)
        case .oversized: return .oversized
        case .nothing: return nil
        }
    }

    /// Sends all of `frames` or none; never waits.
    package func send(_ frames: [[UInt8]]) throws -> SendOutcome {
        precondition(!frames.isEmpty, "a message needs at least one frame")
        var outcome = SendOutcome.sent
        for (index, frame) in frames.enumerated() {
            guard try sendFrame(frame, more: index < frames.count - 1) != .sent else { continue }
            // Nothing was begun: stop. Otherwise libzmq drops frames up to the last one; it must be given them, or it would
            // drop the next message's instead.
            outcome = .full
            if index == 0 { break }
        }
        return outcome
    }
}
