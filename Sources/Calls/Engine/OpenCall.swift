import Wire

/// A call that has not ended, as the engine keeps it.
struct OpenCall: Sendable {
    enum Phase: Sendable {
        /// To be sent in the next session, or in this one once the time has come.
        case waiting(notBefore: Duration)
        /// Sent in this session; the broker has it.
        case inFlight
    }

    let request: CallRequest
    /// Position among all calls ever opened; they are repeated in this order.
    let number: UInt64
    let openedAt: Duration
    var phase: Phase
    /// How often the broker answered UNAVAILABLE.
    var refusals = 0

    // Streams, in this session.
    var nextSequence: UInt32 = 0
    /// DATA messages that the broker may still send.
    var credit = 0
    /// Messages that the consumer took since CREDIT was last given, and their bytes.
    var taken = 0
    var takenBytes = 0

    init(_ request: CallRequest, number: UInt64, now: Duration) {
        (self.request, self.number, openedAt) = (request, number, now)
        phase = .waiting(notBefore: now)
    }

    var isInFlight: Bool {
        if case .inFlight = phase { true } else { false }
    }

    var deadline: Duration? { request.timeout.map { openedAt + $0 } }

    /// When the caller gives up by itself: a little after the deadline once the broker has the call, so that the
    /// broker's own answer, which a long poll gives at the last moment, still finds it.
    var givesUpAt: Duration? {
        guard let timeout = request.timeout else { return nil }
        let grace = isInFlight ? max(.milliseconds(50), min(timeout / 10, .seconds(1))) : .zero
        return openedAt + timeout + grace
    }

    /// The REQUEST, with the time that is left for it.
    func message(now: Duration) -> WireMessage {
        var head = Grove_V1_RequestHead()
        head.method = request.method
        head.metadata = request.metadata
        if let deadline {
            // 0 would mean that there is no deadline.
            head.timeoutUs = UInt64(max(1, (deadline - now) / .microseconds(1)))
        }
        return WireMessage(
            .request, callID: request.id, envelope: encode(head), payload: request.payload, bulk: request.bulk)
    }
}
