import JobStore
import Transport
import Wire

// What concerns a connection, or an open call, rather than a service.
extension Turn {
    mutating func hello(_ message: WireMessage, from peer: PeerID) {
        do throws(RPCError) {
            let hello = try decode(Grove_V1_Hello.self, from: message.envelope, what: "HELLO")
            let session = try Session(hello, now: context.now.monotonic)
            try state.sessions.begin(session, peer: peer, now: context.now)
            if state.sessions.mayNote(peer, now: context.now.monotonic) {
                note("\(session.role == .worker ? "worker" : "client") \(session.name) is connected")
            }
            send(WireMessage(.welcome, envelope: encode(welcome)), to: peer)
            if session.worker != nil {
                // Its slots count for those who wait, and it still has what it had on another connection.
                state.mayAssign = true
                state.leases.extend(incarnation: session.incarnation, to: context.leaseEnd)
            }
        } catch {
            complain(to: peer, error)
        }
    }

    /// A connection has ended. A worker that lives says HELLO again at once; one that died does not, and what it had goes
    /// to others.
    mutating func gone(_ peer: PeerID) {
        let session = state.sessions[peer]
        state.drop(peer)
        guard let session, session.worker != nil, !state.sessions.isConnected(session.incarnation) else { return }
        state.leases.shorten(
            incarnation: session.incarnation, to: context.now.monotonic + context.settings.reconnectGrace)
    }

    private var welcome: Grove_V1_Welcome {
        var welcome = Grove_V1_Welcome()
        welcome.version = UInt32(WireMessage.version)
        welcome.serverEpoch = .init(context.settings.serverEpoch)
        welcome.heartbeatIntervalMs = UInt32(clamping: context.settings.heartbeatInterval.milliseconds)
        welcome.heartbeatTimeoutMs = UInt32(clamping: context.settings.heartbeatTimeout.milliseconds)
        welcome.limits = Limits.message
        welcome.software = context.settings.software
        return welcome
    }

    /// Sends an ERROR about the connection, unless the peer had one just now.
    mutating func complain(to peer: PeerID, _ error: RPCError) {
        guard state.sessions.mayComplain(to: peer, now: context.now.monotonic) else { return }
        note("refused a message of \(peer): \(error)")
        send(WireMessage(.error, envelope: encode(error.status)), to: peer)
    }

    /// The caller has lost interest. A call that is not open has had its END already.
    mutating func cancel(_ key: CallKey) {
        let wasParked = state.takes.remove(key)
        let wasStream = state.streams.remove(key)
        if wasParked || wasStream { end(key, RPCError(.cancelled, "cancelled by its caller")) }
    }

    mutating func credit(_ message: WireMessage, from peer: PeerID) {
        do throws(RPCError) {
            let credit = try decode(Grove_V1_Credit.self, from: message.envelope, what: "CREDIT")
            state.streams.addCredit(credit.messages, to: CallKey(peer: peer, callID: message.callID))
        } catch {
            complain(to: peer, error)
        }
    }
}
