import JobStore
import Wire

// What happens because time has passed, or because the messages of the turn changed something.
extension Turn {
    /// - Throws: `StoreError` only.
    mutating func expire() throws {
        let now = context.now.monotonic
        for peer in state.sessions.endSilent(for: context.settings.sessionTimeout, now: now) { state.drop(peer) }
        for attempt in state.leases.overdue(now: now) {
            note(
                "job \(attempt.jobID): its worker has not been heard for \(context.settings.lease), attempt \(attempt.number)"
            )
            try release(attempt, because: .lost)
        }
        for take in state.takes.removeDue(now: now) { end(take.key, nil, payload: encode(Grove_V1_TakeResponse())) }
        for key in state.streams.removeDue(now: now) {
            end(key, RPCError(.deadlineExceeded, "the time of the call is over; the job goes on"))
        }
    }

    mutating func release(_ attempt: AttemptKey, because reason: ReleaseReason) throws {
        _ = try WorkService(context: context).release(attempt, because: reason)
        // Also when the store knows of no such attempt: then the lease means nothing.
        if state.leases[attempt] != nil { state.leases.end(attempt.jobID) }
        state.jobChanged(attempt.jobID)
    }

    /// Gives waiting jobs to waiting workers.
    mutating func assign() throws {
        guard state.mayAssign else { return }
        let work = WorkService(context: context)
        for take in state.takes.takes {
            guard let (response, attempt) = try work.assign(take, &state) else { continue }
            _ = state.takes.remove(take.key)
            answer(take.key, response, attempt)
        }
        state.mayAssign = false
    }

    /// Sends to the streams what their credit allows.
    mutating func publish() throws {
        let streams = StreamsService(context: context)
        for stream in state.streams.ready {
            do {
                send(try streams.publish(stream, &state))
            } catch let error as RPCError {
                _ = state.streams.remove(stream.key)
                end(stream.key, error)
            }
        }
    }
}
