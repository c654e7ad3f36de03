import Wire

// What happens because time passes.
extension CallEngine {
    /// To be called when `nextDeadline` has come; sooner does no harm.
    package mutating func tick(now: Duration) -> [EngineAction] {
        var actions: [EngineAction] = []
        switch link {
        case .down(let until) where until <= now:
            link = .greeting(since: now)
            actions += [.connect, .send(hello)]
        case .greeting(let since) where since + settings.greetingTimeout <= now:
            actions.append(.report(.unanswered(reason: absence.message)))
            actions += loseLink(now: now)
        case .up(let live) where live.lastHeard + live.session.heartbeatTimeout <= now:
            let reason = "nothing came from the broker at \(settings.endpoint) for \(live.session.heartbeatTimeout)"
            actions.append(.report(.sessionLost(reason: reason)))
            actions += loseLink(now: now)
        case .up(let live) where live.isDraining && !calls.values.contains(where: \.isInFlight):
            actions += loseLink(now: now)
        case .up(let live) where pingTime(live) <= now:
            actions.append(send(WireMessage(.ping), now: now))
            if case .up(var live) = link {
                live.lastPing = now
                link = .up(live)
            }
        case .closing(let until) where until <= now:
            link = .closed
            actions += [.disconnect, .stop]
        case .down, .greeting, .up, .closing, .closed: break
        }
        return actions + endOverdueCalls(now: now) + sendDueCalls(now: now)
    }

    /// When `tick` has something to do; `nil` when only an event can bring that.
    package var nextDeadline: Duration? {
        let times = calls.values.flatMap { call in
            [call.givesUpAt, losesPatienceAt(call), retryTime(call)].compactMap { $0 }
        }
        return (times + [linkDeadline].compactMap { $0 }).min()
    }

    private var linkDeadline: Duration? {
        switch link {
        case .down(let until), .closing(let until): until
        case .greeting(let since): since + settings.greetingTimeout
        case .up(let live): min(live.lastHeard + live.session.heartbeatTimeout, pingTime(live))
        case .closed: nil
        }
    }

    /// A PING is due when one side has been silent for an interval: ours, so that the broker knows that we live, or the
    /// broker's, so that we find out; but not more often than once an interval.
    private func pingTime(_ live: Live) -> Duration {
        max(live.lastPing, min(live.lastHeard, live.lastSent)) + live.session.heartbeatInterval
    }

    private func retryTime(_ call: OpenCall) -> Duration? {
        guard case .up(let live) = link, !live.isDraining, case .waiting(let notBefore) = call.phase else { return nil }
        return notBefore
    }

    private func losesPatienceAt(_ call: OpenCall) -> Duration? {
        guard let patience = call.request.patience, let aloneSince, !call.isInFlight else { return nil }
        return max(aloneSince, call.openedAt) + patience
    }

    private mutating func endOverdueCalls(now: Duration) -> [EngineAction] {
        var actions: [EngineAction] = []
        for call in inOrder {
            if let time = call.givesUpAt, time <= now {
                actions += fail(call, with: call.isInFlight ? tooLate(call) : absence, now: now)
            } else if let time = losesPatienceAt(call), time <= now {
                actions += fail(call, with: absence, now: now)
            }
        }
        return actions
    }

    private func tooLate(_ call: OpenCall) -> RPCError {
        RPCError(
            .deadlineExceeded,
            "the broker did not answer \(call.request.method) within \(call.request.timeout ?? .zero); "
                + "what was asked for may have happened all the same")
    }

    /// What a call is told that never reached a broker.
    var absence: RPCError {
        if let refusal { return refusal }
        if let socketProblem { return RPCError(.unavailable, socketProblem) }
        if case .up = link {
            return RPCError(
                .unavailable, "the broker at \(settings.endpoint) is stopping and takes no new calls; try again later")
        }
        if let hostProblem { return RPCError(.unavailable, hostProblem) }
        return RPCError(
            .unavailable,
            "no broker answers at \(settings.endpoint); start one with 'grove up' or name another with --broker")
    }

    var hello: WireMessage { WireMessage(.hello, envelope: encode(settings.hello)) }

    var inOrder: [OpenCall] { calls.values.sorted { $0.number < $1.number } }
}
