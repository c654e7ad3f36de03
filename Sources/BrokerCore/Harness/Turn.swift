import JobStore
import Transport
import Wire

/// One turn of the broker: messages in, calls of services, messages out, all within one transaction. What a peer did
/// wrong becomes its answer; only a failing store ends the turn.
struct Turn {
    var state: BrokerState
    let context: ServiceContext
    private(set) var outgoing: [Outgoing] = []
    private var outgoingBytes = 0
    /// Events for the next turn.
    private(set) var postponed: [BrokerEvent] = []
    /// Sentences for the broker's own log.
    private(set) var notes: [String] = []

    init(state: BrokerState, context: ServiceContext) {
        self.state = state
        self.context = context
    }

    mutating func note(_ text: String) {
        notes.append(text)
    }

    mutating func send(_ message: WireMessage, to peer: PeerID, assignment: AttemptKey? = nil) {
        send(Outgoing(peer, message, assignment: assignment))
    }

    /// Sends a message, unless it is beyond the protocol's limits: no peer could read it. Then the call that it belongs to
    /// ends, and nothing else.
    /// - Returns: whether it was sent.
    @discardableResult
    mutating func send(_ message: Outgoing) -> Bool {
        guard let excess = message.message.excess else {
            outgoing.append(message)
            outgoingBytes += message.message.bytes
            return true
        }
        let key = CallKey(peer: message.peer, callID: message.message.callID)
        note("an answer to \(key.peer) could not be sent: \(excess)")
        _ = state.streams.remove(key)
        end(key, RPCError(.internal, "the answer is too large to be sent: \(excess)"))
        return false
    }

    /// Whether the turn has answered as much as it may, so that the rest waits for the next one: nobody's large answers
    /// hold up the others, or are in memory all at once.
    var isFull: Bool { outgoingBytes >= Self.bytesPerTurn }

    private static let bytesPerTurn = 8 << 20

    /// Ends a call.
    mutating func end(_ key: CallKey, _ error: RPCError?, payload: [UInt8] = [], bulk: [UInt8] = []) {
        let status = error?.status ?? Grove_V1_Status()
        send(
            WireMessage(.end, callID: key.callID, envelope: encode(status), payload: payload, bulk: bulk), to: key.peer)
    }

    /// - Throws: `StoreError` only.
    mutating func handle(_ event: BrokerEvent) throws {
        guard !isFull else {
            postponed.append(event)
            return
        }
        switch event {
        case .message(let peer, let frames): try handle(frames, from: peer)
        case .oversized(let peer):
            complain(
                to: peer,
                RPCError(
                    .invalidArgument,
                    "a message is at most \(Limits.frames) frames of \(Limits.frameBytes) bytes; send less at a time"))
        case .gone(let peer):
            gone(peer)
        case .undelivered(let attempt):
            try release(attempt, because: .undelivered)
        case .heldUp(let time):
            note("the broker was held up for \(Int(time.seconds.rounded())) s, which counts as nobody's silence")
            state.forgive(time, context.settings, now: context.now.monotonic)
        }
    }

    private mutating func handle(_ frames: [[UInt8]], from peer: PeerID) throws {
        let message: WireMessage
        do throws(WireError) {
            message = try WireMessage(frames: frames)
        } catch {
            return complain(to: peer, error.rpcError)
        }
        if message.type == .hello { return hello(message, from: peer) }
        guard let session = state.sessions[peer] else {
            return complain(to: peer, RPCError(.unauthenticated, "say HELLO first"))
        }
        state.sessions.heard(peer, now: context.now)
        switch message.type {
        case .request: try request(message, from: peer, session)
        case .ping: send(WireMessage(.pong), to: peer)
        case .pong: break
        case .cancel: cancel(CallKey(peer: peer, callID: message.callID))
        case .credit: credit(message, from: peer)
        case .hello, .welcome, .data, .end, .goAway, .error:
            complain(to: peer, RPCError(.invalidArgument, "a broker takes no message of type \(message.type)"))
        }
    }
}
