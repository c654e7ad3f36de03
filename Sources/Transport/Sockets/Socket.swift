import CZeroMQ

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What `Router` and `Dealer` share: ownership of the handle, the thread rule, options, and frames in and out.
///
/// A socket belongs to the thread that created it, and traps when another one calls it: libzmq's sockets have no lock,
/// and such a call corrupts memory long before it fails. Nothing here ever waits; `Poller` does.
package class Socket {
    let context: ZeroMQContext
    let limits: SocketOptions.Limits
    /// `nil` once closed.
    private var handle: UnsafeMutableRawPointer?
    private let owner = pthread_self()

    init(_ context: ZeroMQContext, type: Int32, options: SocketOptions) throws {
        guard let handle = zmq_socket(context.handle, type) else {
            throw TransportError(code: zmq_errno(), operation: "open a socket")
        }
        self.context = context
        self.limits = options.limits
        self.handle = handle
        try applyCommon(options)
    }

    deinit {
        // The last reference may go on any thread; releasing it is a full fence, which is all that zmq_close asks for.
        if let handle { Self.close(handle) }
    }

    /// Closes at once; what was not yet written to the network is lost. Closing again does nothing.
    package func close() {
        requireOwner()
        guard let handle else { return }
        self.handle = nil
        Self.close(handle)
    }

    private static func close(_ handle: UnsafeMutableRawPointer) {
        let result = zmq_close(handle)
        precondition(result == 0, "zmq_close refused a live socket")
    }

    /// The handle, for one call.
    var open: UnsafeMutableRawPointer {
        requireOwner()
        guard let handle else { preconditionFailure("this socket was closed; do not use it any more") }
        return handle
    }

    private func requireOwner() {
        precondition(
            pthread_equal(owner, pthread_self()) != 0,
            "a socket may be used only by the thread that created it; hand the work to that thread through a Mailbox")
    }
}

// MARK: Options

extension Socket {
    private func applyCommon(_ options: SocketOptions) throws {
        try set(ZMQ_LINGER, 0, "LINGER")
        try set(ZMQ_SNDHWM, options.sendHighWater, "SNDHWM")
        try set(ZMQ_RCVHWM, options.receiveHighWater, "RCVHWM")
        try set64(ZMQ_MAXMSGSIZE, Int64(options.limits.frameBytes), "MAXMSGSIZE")
        try set(ZMQ_HANDSHAKE_IVL, options.handshake.roundedUpMilliseconds, "HANDSHAKE_IVL")
        try set(ZMQ_HEARTBEAT_IVL, options.heartbeat.interval.roundedUpMilliseconds, "HEARTBEAT_IVL")
        try set(ZMQ_HEARTBEAT_TIMEOUT, options.heartbeat.timeout.roundedUpMilliseconds, "HEARTBEAT_TIMEOUT")
        try set(ZMQ_HEARTBEAT_TTL, options.heartbeat.timeToLive.roundedUpMilliseconds, "HEARTBEAT_TTL")
        try set(ZMQ_TCP_KEEPALIVE, 1, "TCP_KEEPALIVE")
        try set(ZMQ_TCP_KEEPALIVE_IDLE, 60, "TCP_KEEPALIVE_IDLE")
        try set(ZMQ_TCP_KEEPALIVE_INTVL, 10, "TCP_KEEPALIVE_INTVL")
        try set(ZMQ_TCP_KEEPALIVE_CNT, 3, "TCP_KEEPALIVE_CNT")
    }

    func set(_ option: Int32, _ value: Int32, _ name: String) throws {
        try setRaw(option, value, name)
    }

    /// For the few options that libzmq takes in 64 bits; it refuses the wrong size.
    private func set64(_ option: Int32, _ value: Int64, _ name: String) throws {
        try setRaw(option, value, name)
    }

    private func setRaw<Value: FixedWidthInteger>(_ option: Int32, _ value: Value, _ name: String) throws {
        var value = value
        guard zmq_setsockopt(open, option, &value, MemoryLayout<Value>.size) == 0 else {
            throw TransportError(code: zmq_errno(), operation: "set ZMQ_\(name) to \(value)")
        }
    }
}

// MARK: Endpoints

extension Socket {
    /// Binds or connects, `call` being the one or the other.
    func attach(
        to endpoint: String, operation: String, by call: (UnsafeMutableRawPointer, UnsafePointer<CChar>) -> Int32
    ) throws {
        // The option holds for the endpoints that follow, so each gets its own.
        try set(ZMQ_IPV6, try Endpoint(endpoint).usesIPv6 ? 1 : 0, "IPV6")
        let socket = open
        let code = endpoint.withCString { call(socket, $0) == 0 ? 0 : zmq_errno() }
        guard code == 0 else {
            throw TransportError(code: code, operation: "\(operation) \(endpoint)", endpoint: endpoint)
        }
    }
}

// MARK: Frames

extension Socket {
    enum FrameResult {
        case sent
        /// EAGAIN: the peer's queue, or every peer's, is full.
        case full
        /// EHOSTUNREACH: a router knows no such peer.
        case unreachable
    }

    func sendFrame(_ frame: [UInt8], more: Bool) throws -> FrameResult {
        let socket = open
        let flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)
        while true {
            let code = frame.withUnsafeBytes { bytes in
                zmq_send(socket, bytes.baseAddress, bytes.count, flags) < 0 ? zmq_errno() : 0
            }
            switch code {
            case 0: return .sent
            case EAGAIN: return .full
            case EHOSTUNREACH: return .unreachable
            case EINTR: continue
            default: throw TransportError(code: code, operation: "send")
            }
        }
    }

    struct Frame {
        /// `nil` if it was longer than the caller wanted; its bytes were never copied.
        let bytes: [UInt8]?
        let hasMore: Bool
    }

    /// The next frame, or `nil` when nothing waits.
    func receiveFrame(atMost limit: Int) throws -> Frame? {
        let socket = open
        var message = zmq_msg_t()
        zmq_msg_init(&message)
        defer { zmq_msg_close(&message) }
        while zmq_msg_recv(&message, socket, ZMQ_DONTWAIT) < 0 {
            let code = zmq_errno()
            switch code {
            case EAGAIN: return nil
            case EINTR: continue
            default: throw TransportError(code: code, operation: "receive")
            }
        }
        let count = zmq_msg_size(&message)
        let bytes =
            count > limit
            ? nil : Array(UnsafeRawBufferPointer(start: zmq_msg_data(&message), count: count))
        return Frame(bytes: bytes, hasMore: zmq_msg_more(&message) == 1)
    }

    enum MessageResult {
        case nothing
        case frames([[UInt8]])
        /// It broke a limit.
        case oversized
    }

    /// The (remaining) frames of one message. libzmq shows a message whole or not at all, so this never stops half-way,
    /// and it reads a message that breaks a limit to its end, so that the next call starts at a message.
    func receiveFrames() throws -> MessageResult {
        var frames: [[UInt8]] = []
        var bytesLeft = limits.messageBytes
        var isOversized = false
        while true {
            let limit = isOversized || frames.count == limits.frames ? -1 : min(limits.frameBytes, bytesLeft)
            guard let frame = try receiveFrame(atMost: limit) else { return .nothing }
            if let bytes = frame.bytes {
                bytesLeft -= bytes.count
                frames.append(bytes)
            } else {
                isOversized = true
                frames = []
            }
            if !frame.hasMore { return isOversized ? .oversized : .frames(frames) }
        }
    }
}
