import CZeroMQ

/// The broker's end: many peers on one socket, each message with the connection it came from and each send with an
/// answer about that connection. Belongs to the thread that created it.
package final class Router: Socket {
    package enum Incoming: Hashable, Sendable {
        /// Frames as they came. Over plain TCP a stranger's bytes can arrive as a message: decode with suspicion.
        case message(peer: PeerID, frames: [[UInt8]])
        /// A message with more frames or more bytes than the limits; read to its end and thrown away.
        case oversized(peer: PeerID)
    }

    package enum SendOutcome: Hashable, Sendable {
        /// Handed to libzmq. It reaches the peer at most once; only the peer's answer says that it did.
        case sent
        /// No such connection, now or any more.
        case peerGone
        /// The peer reads too slowly and its queue is full. Keep the message and try again on a later turn of the
        /// loop: polling for writability says nothing, since it is true while *any* peer has room.
        case peerFull
    }

    package init(_ context: ZeroMQContext, options: SocketOptions = SocketOptions()) throws {
        try super.init(context, type: ZMQ_ROUTER, options: options)
        try set(ZMQ_ROUTER_MANDATORY, 1, "ROUTER_MANDATORY")
        try set(ZMQ_ROUTER_HANDOVER, 0, "ROUTER_HANDOVER")
        try set(ZMQ_BACKLOG, options.backlog, "BACKLOG")
    }

    /// Of the endpoints that are files; they go with the socket.
    private var files: [SocketFile] = []

    /// Listens on `endpoint` too.
    /// - Returns: the endpoint as it really is, with the port that a wild card (`tcp://127.0.0.1:*` or `:0`) was given.
    /// - Throws: `TransportError`, of kind `.addressInUse` if another program listens there. Of an `ipc://` path only what a
    ///   listener that has ended left behind is replaced.
    package func bind(_ endpoint: String) throws -> String {
        let path = SocketFile.path(of: endpoint)
        if let path { try SocketFile.requireFree(path) }
        try attach(to: try Endpoint(endpoint).listening(), operation: "bind", by: zmq_bind)
        if let file = path.flatMap(SocketFile.init(at:)) { files.append(file) }
        return try lastEndpoint()
    }

    package override func close() {
        super.close()
        files = []
    }

    private func lastEndpoint() throws -> String {
        // The longest is an IPC path: 108 bytes and the scheme.
        var text = [UInt8](repeating: 0, count: 512)
        var count = text.count
        guard zmq_getsockopt(open, ZMQ_LAST_ENDPOINT, &text, &count) == 0 else {
            throw TransportError(code: zmq_errno(), operation: "read the bound endpoint")
        }
        return String(decoding: text.prefix(count).prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The next message, or `nil` when nothing waits. Peers are served in turn.
    package func receive() throws -> Incoming? {
        guard let first = try receiveFrame(atMost: .max), let id = first.bytes else { return nil }
        let peer = PeerID(bytes: id)
        guard first.hasMore else { return .message(peer: peer, frames: []) }
        switch try receiveFrames() {
        case .frames(let frames): return .message(peer: peer, frames: frames)
        case .oversized: return .oversized(peer: peer)
        case .nothing: return nil
        }
    }

    /// Sends all of `frames` or none; never waits.
    package func send(_ frames: [[UInt8]], to peer: PeerID) throws -> SendOutcome {
        precondition(!frames.isEmpty, "a message needs at least one frame")
        switch try sendFrame(peer.bytes, more: true) {
        case .unreachable: return .peerGone
        case .full: return .peerFull
        case .sent: break
        }
        // The decision fell with the routing id: if the peer leaves now, libzmq swallows the rest.
        for (index, frame) in frames.enumerated() {
            switch try sendFrame(frame, more: index < frames.count - 1) {
            case .sent: continue
            case .full, .unreachable: return .peerGone
            }
        }
        return .sent
    }
}
