import Wire

// Sessions come and go; calls stay.
extension CallEngine {
    /// The socket cannot be opened or used.
    package mutating func linkFailed(_ reason: String, now: Duration) -> [EngineAction] {
        switch link {
        case .closed: return []
        case .closing:
            link = .closed
            return [.disconnect, .stop]
        case .up:
            socketProblem = reason
            return [.report(.sessionLost(reason: reason))] + loseLink(now: now)
        case .down, .greeting:
            socketProblem = reason
            return [.report(.unanswered(reason: reason))] + loseLink(now: now)
        }
    }

    /// The name of the broker's host was looked up: what is wrong with it, or `nil`. Names come and go with networks, so this
    /// only explains why nobody answers.
    package mutating func hostLookedUp(_ problem: String?) { hostProblem = problem }

    /// The connection broke, and libzmq makes another. Before a session the HELLO, or its answer, may have been lost with it,
    /// so it is said again on the same socket: as often as libzmq connects until the greeting runs out, some sixty times.
    package mutating func connectionEnded(now: Duration) -> [EngineAction] {
        if case .greeting = link { return [.send(hello)] }
        guard case .up = link else { return [] }
        let reason = "the connection to the broker at \(settings.endpoint) broke"
        return [.report(.sessionLost(reason: reason))] + loseLink(now: now)
    }

    /// Closes the socket, for a new one after a pause.
    mutating func loseLink(now: Duration) -> [EngineAction] {
        failures += 1
        // The first loss is mostly a restart: look at once.
        let pause = failures == 1 ? .zero : linkBackoff.pause(afterFailure: failures - 1)
        link = .down(until: now + pause)
        return [.disconnect] + suspendCalls(now: now)
    }

    /// The broker does not know us any more: the connection is good, so HELLO again on it.
    mutating func greetAgain(now: Duration) -> [EngineAction] {
        link = .greeting(since: now)
        let reason = "the broker at \(settings.endpoint) has restarted or forgotten this connection"
        return [.report(.sessionLost(reason: reason))] + suspendCalls(now: now) + [.send(hello)]
    }

    /// WELCOME.
    mutating func beginSession(_ session: Session, now: Duration) -> [EngineAction] {
        link = .up(Live(session: session, lastHeard: now, lastSent: now, lastPing: now))
        epoch = session.serverEpoch
        aloneSince = nil
        refusal = nil
        socketProblem = nil
        var actions: [EngineAction] = [.report(.sessionBegan(session))]
        for call in inOrder where call.request.shape == .session {
            calls[call.request.id] = nil
            actions.append(.finish(call.request.id, .success(Answer())))
        }
        return actions + sendDueCalls(now: now)
    }

    /// The broker answered HELLO with an error: nothing will change soon, so the calls end with it.
    mutating func refuse(_ error: RPCError, now: Duration) -> [EngineAction] {
        refusal = error
        let actions = inOrder.flatMap { fail($0, with: error, now: now) }
        failures = max(failures, 6)
        return actions + loseLink(now: now)
    }

    /// The session is over: all calls wait for the next one.
    private mutating func suspendCalls(now: Duration) -> [EngineAction] {
        if aloneSince == nil { aloneSince = now }
        var actions: [EngineAction] = []
        for call in inOrder where call.isInFlight {
            calls[call.request.id]?.phase = .waiting(notBefore: now)
            if call.nextSequence > 0 { actions.append(.restart(call.request.id)) }
        }
        return actions
    }

    /// Sends what waits, if there is a session that takes calls.
    mutating func sendDueCalls(now: Duration) -> [EngineAction] {
        guard case .up(let live) = link, !live.isDraining else { return [] }
        var actions: [EngineAction] = []
        for var call in inOrder {
            guard case .waiting(let notBefore) = call.phase, notBefore <= now else { continue }
            if call.request.shape == .session {
                calls[call.request.id] = nil
                actions.append(.finish(call.request.id, .success(Answer())))
                continue
            }
            call.phase = .inFlight
            call.nextSequence = 0
            call.credit = live.session.streamCredit
            (call.taken, call.takenBytes) = (0, 0)
            calls[call.request.id] = call
            actions.append(send(call.message(now: now), now: now))
        }
        return actions
    }

    mutating func send(_ message: WireMessage, now: Duration) -> EngineAction {
        if case .up(var live) = link {
            live.lastSent = now
            link = .up(live)
        }
        return .send(message)
    }

    /// Ends a call with an error; the broker is told if it has the call.
    mutating func fail(_ call: OpenCall, with error: RPCError, now: Duration) -> [EngineAction] {
        calls[call.request.id] = nil
        let farewell = call.isInFlight ? [send(WireMessage(.cancel, callID: call.request.id), now: now)] : []
        return farewell + [.finish(call.request.id, .failure(error))]
    }
}
