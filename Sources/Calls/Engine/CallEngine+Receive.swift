import Wire

// What comes from the broker. None of it is trusted: whatever is wrong is reported and thrown away, or ends the one call
// that it concerns.
extension CallEngine {
    package mutating func receive(frames: [[UInt8]], now: Duration) -> [EngineAction] {
        do throws(WireError) {
            return receive(try WireMessage(frames: frames), now: now)
        } catch {
            // Another version's WELCOME, or its ERROR, is the one thing worth more than a line.
            if case .unsupportedVersion = error, case .greeting = link {
                return refuse(
                    RPCError(.failedPrecondition, "the broker at \(settings.endpoint): \(error)"), now: now)
            }
            return [ignored("\(error)")]
        }
    }

    package mutating func receive(_ message: WireMessage, now: Duration) -> [EngineAction] {
        if case .up(var live) = link {
            live.lastHeard = now
            link = .up(live)
        }
        switch message.type {
        case .welcome: return receiveWelcome(message, now: now)
        case .error: return receiveError(message, now: now)
        case .data: return receiveData(message, now: now)
        case .end: return receiveEnd(message, now: now)
        case .goAway: return receiveGoAway(message, now: now)
        case .ping: return [send(WireMessage(.pong), now: now)]
        case .pong:
            guard case .closing = link else { return [] }
            link = .closed
            return [.disconnect, .stop]
        case .hello, .request, .cancel, .credit: return [ignored("a broker does not send \(message.type)")]
        }
    }

    func ignored(_ what: String) -> EngineAction { .report(.ignored(what: what)) }

    // MARK: About the connection

    private mutating func receiveWelcome(_ message: WireMessage, now: Duration) -> [EngineAction] {
        // The answer to a HELLO that was said twice, as `connectionEnded` does, tells nothing new.
        if case .up = link { return [] }
        guard case .greeting = link else { return [ignored("WELCOME without HELLO")] }
        do throws(RPCError) {
            let welcome = try decode(Grove_V1_Welcome.self, from: message.envelope, what: "WELCOME")
            guard welcome.version == UInt32(WireMessage.version) else {
                let sentence =
                    "the broker at \(settings.endpoint) chose protocol version \(welcome.version), only "
                    + "\(WireMessage.version) is spoken here; use programs of the same release"
                return refuse(RPCError(.failedPrecondition, sentence), now: now)
            }
            return beginSession(Session(welcome, previousEpoch: epoch), now: now)
        } catch {
            return [ignored(error.message)]
        }
    }

    private mutating func receiveError(_ message: WireMessage, now: Duration) -> [EngineAction] {
        guard let error = status(in: message) else { return [ignored("an ERROR that is none or cannot be read")] }
        switch link {
        case .greeting:
            // Answers to what was sent before HELLO reached it; if it is HELLO that it means, the greeting runs out.
            if error.code == .unauthenticated || error.code == .unavailable { return [] }
            return refuse(error, now: now)
        case .up:
            return error.code == .unauthenticated ? greetAgain(now: now) : [ignored("ERROR, \(error)")]
        case .down, .closing, .closed: return []
        }
    }

    private mutating func receiveGoAway(_ message: WireMessage, now: Duration) -> [EngineAction] {
        guard case .up(var live) = link, !live.isDraining else { return [] }
        live.isDraining = true
        link = .up(live)
        aloneSince = now
        let reason: String
        do throws(RPCError) {
            reason = try decode(Grove_V1_GoAway.self, from: message.envelope, what: "GOAWAY").reason
        } catch {
            reason = "it gave a reason that cannot be read"
        }
        return [.report(.sessionLost(reason: "the broker at \(settings.endpoint) is stopping: \(reason)"))]
    }

    private func status(in message: WireMessage) -> RPCError? {
        do throws(RPCError) {
            return RPCError(try decode(Grove_V1_Status.self, from: message.envelope, what: "a status"))
        } catch {
            return nil
        }
    }

    // MARK: About a call

    private mutating func receiveData(_ message: WireMessage, now: Duration) -> [EngineAction] {
        // Late messages of a call that was cancelled are a matter of course.
        guard var call = calls[message.callID], call.isInFlight else { return [] }
        guard call.request.shape == .serverStream else {
            return fail(call, with: defect(call, "a stream although one answer was due"), now: now)
        }
        guard message.sequence == call.nextSequence else {
            let text = "message \(message.sequence) of the stream when \(call.nextSequence) was due"
            return fail(call, with: defect(call, text), now: now)
        }
        guard call.credit > 0 else {
            return fail(call, with: defect(call, "more messages than it had credit for"), now: now)
        }
        call.nextSequence &+= 1
        call.credit -= 1
        call.refusals = 0
        failures = 0
        calls[message.callID] = call
        return [.deliver(message.callID, Answer(payload: message.payload, bulk: message.bulk))]
    }

    private func defect(_ call: OpenCall, _ what: String) -> RPCError {
        RPCError(
            .internal, "the broker sent \(what), for \(call.request.method); use programs of the same release")
    }

    private mutating func receiveEnd(_ message: WireMessage, now: Duration) -> [EngineAction] {
        guard let call = calls[message.callID], call.isInFlight else { return [] }
        failures = 0
        let status: Grove_V1_Status
        do throws(RPCError) {
            status = try decode(Grove_V1_Status.self, from: message.envelope, what: "the end of a call")
        } catch {
            return fail(call, with: defect(call, "an end that cannot be read"), now: now)
        }
        let isBare = message.payload.isEmpty && message.bulk.isEmpty
        guard isBare || (status.code == 0 && call.request.shape != .serverStream) else {
            return fail(call, with: defect(call, "an answer with an end that has none"), now: now)
        }
        guard message.bulk.isEmpty || call.request.method == Method.blobsRead else {
            return fail(call, with: defect(call, "a piece of a blob that was not asked for"), now: now)
        }
        guard let error = RPCError(status) else {
            calls[message.callID] = nil
            let answer = Answer(payload: message.payload, bulk: message.bulk)
            return [.finish(message.callID, .success(answer))]
        }
        if error.isRetriable, let again = retry(call, after: error, now: now) { return again }
        calls[message.callID] = nil
        return [.finish(message.callID, .failure(error))]
    }

    /// Lets a call wait and be sent again; `nil` when it has been tried often enough or its time would be over.
    private mutating func retry(_ call: OpenCall, after error: RPCError, now: Duration) -> [EngineAction]? {
        var call = call
        call.refusals += 1
        guard call.refusals < settings.attempts else { return nil }
        let time = now + (error.retryAfter ?? retryBackoff.pause(afterFailure: call.refusals))
        if let deadline = call.deadline, time >= deadline { return nil }
        let hadData = call.nextSequence > 0
        call.phase = .waiting(notBefore: time)
        calls[call.request.id] = call
        return hadData ? [.restart(call.request.id)] : []
    }
}
