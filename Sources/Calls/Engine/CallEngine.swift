import Wire

/// The caller's side of the protocol as a state machine: what happened and when goes in, what to do comes out. It has
/// no socket, thread, clock or lock, and draws no call ids.
///
/// Times are durations since any fixed instant. Every function returns actions, which the owner performs in order.
/// Calls survive sessions: they stay open, and are sent again under the same id, until they end, run out of time, or
/// lose patience with a broker that is not there.
package struct CallEngine: Sendable {
    package struct Settings: Sendable {
        /// For the sentences about it.
        package var endpoint: String
        package var hello: Grove_V1_Hello
        /// How long HELLO may stay unanswered before the connection is made anew.
        package var greetingTimeout: Duration
        /// The most times that a call is sent when the broker answers UNAVAILABLE.
        package var attempts: Int
        /// Decides the jitter of the pauses.
        package var seed: UInt64

        package init(
            endpoint: String, hello: Grove_V1_Hello, greetingTimeout: Duration = .seconds(3), attempts: Int = 5,
            seed: UInt64
        ) {
            (self.endpoint, self.hello, self.greetingTimeout) = (endpoint, hello, greetingTimeout)
            (self.attempts, self.seed) = (attempts, seed)
        }
    }

    enum Link: Sendable {
        /// No socket until then.
        case down(until: Duration)
        /// HELLO is on its way.
        case greeting(since: Duration)
        case up(Live)
        /// The last messages are leaving.
        case closing(until: Duration)
        case closed
    }

    /// A session under way.
    struct Live: Sendable {
        let session: Session
        var lastHeard: Duration
        var lastSent: Duration
        var lastPing: Duration
        /// GOAWAY came: no new calls in this session.
        var isDraining = false
    }

    let settings: Settings
    var link: Link
    var calls: [CallID: OpenCall] = [:]
    var callsOpened: UInt64 = 0
    /// Sessions lost or not come to be since one last worked.
    var failures = 0
    var linkBackoff: Backoff
    var retryBackoff: Backoff
    /// Since when there has been no session; `nil` while there is one.
    var aloneSince: Duration?
    var epoch: [UInt8]?
    /// The broker is there and will not have us; kept until one does.
    var refusal: RPCError?
    /// Why the last try to open a socket failed, if that is what is wrong.
    var socketProblem: String?
    /// Why the broker's host is not found, if it is not.
    var hostProblem: String?

    package init(_ settings: Settings, now: Duration) {
        self.settings = settings
        link = .down(until: now)
        aloneSince = now
        linkBackoff = Backoff(seed: settings.seed)
        retryBackoff = Backoff(seed: ~settings.seed)
    }

    // MARK: What the caller wants

    /// Opens a call. Its id must be new.
    package mutating func open(_ request: CallRequest, now: Duration) -> [EngineAction] {
        precondition(calls[request.id] == nil, "call ids must be unique")
        switch link {
        case .closing, .closed: return [.finish(request.id, .failure(Self.closedError))]
        case .down, .greeting, .up: break
        }
        if let defect = request.defect { return [.finish(request.id, .failure(defect))] }
        if let refusal { return [.finish(request.id, .failure(refusal))] }
        calls[request.id] = OpenCall(request, number: callsOpened, now: now)
        callsOpened += 1
        return sendDueCalls(now: now)
    }

    /// Gives a call up; its owner has been told already, so nothing is finished.
    package mutating func cancel(_ id: CallID, now: Duration) -> [EngineAction] {
        guard let call = calls.removeValue(forKey: id) else { return [] }
        return call.isInFlight ? [send(WireMessage(.cancel, callID: id), now: now)] : []
    }

    /// The consumer of a stream took so many messages of so many bytes.
    package mutating func took(_ count: Int, bytes: Int, of id: CallID, now: Duration) -> [EngineAction] {
        guard case .up(let live) = link, var call = calls[id], call.isInFlight else { return [] }
        defer { calls[id] = call }
        call.taken += count
        call.takenBytes += bytes
        // Half a window at a time: one message in thirty-two is enough, unless they are large, and the broker never runs dry.
        guard call.taken >= max(1, live.session.streamCredit / 2) || call.takenBytes >= Limits.creditBytes else {
            return []
        }
        var credit = Grove_V1_Credit()
        credit.messages = UInt32(call.taken)
        call.credit += call.taken
        (call.taken, call.takenBytes) = (0, 0)
        return [send(WireMessage(.credit, callID: id, envelope: encode(credit)), now: now)]
    }

    /// Ends all calls and says so to the broker; `.stop` comes now, or after the last messages have left.
    package mutating func close(now: Duration) -> [EngineAction] {
        switch link {
        case .closing, .closed: return []
        case .down, .greeting, .up: break
        }
        let open = calls.values.sorted { $0.number < $1.number }
        calls = [:]
        var actions: [EngineAction] = open.map { .finish($0.request.id, .failure(Self.closedError)) }
        let inFlight = open.filter(\.isInFlight)
        guard !inFlight.isEmpty else {
            link = .closed
            return actions + [.disconnect, .stop]
        }
        // A socket throws away what it has not sent, so wait for the answer to a last PING, but not for long.
        link = .closing(until: now + .milliseconds(200))
        actions += inFlight.map { .send(WireMessage(.cancel, callID: $0.request.id)) }
        return actions + [.send(WireMessage(.ping))]
    }

    static let closedError = RPCError(.cancelled, "the connection to the broker was closed before the call had ended")
}
