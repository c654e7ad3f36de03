import JobStore
import Wire

// What happens because time has passed, or because the messages of the turn changed something.
extension Turn {
    /// - Throws: `StoreError` only.
    mutating func expire() throws {
        let now = context.now.monotonic
        for peer in state.sessions.endSilent(for: context.settings.sessionTimeout, now: now) { state.drop(peer) }
        for (attempt, loss) in state.leases.overdue(now: now) { try end(attempt, loss) }
        if state.queue.noticeSetBack(context.now) { try context.batch.makeTimersDue(nowMS: context.now.wallMS) }
        try followQueue()
        if state.queue.isTimerDue(context.now) { try QueueService(context: context).wake(&state) }
        probe()
        for take in state.takes.removeDue(now: now) { end(take.key, nil, payload: encode(Grove_V1_TakeResponse())) }
        for key in state.streams.removeDue(now: now) {
            end(key, RPCError(.deadlineExceeded, "the time of the call is over; the job goes on"))
        }
    }

    /// Takes an attempt away from its worker.
    private mutating func end(_ attempt: AttemptKey, _ loss: LeaseTable.Loss) throws {
        switch loss {
        case .silent:
            note("job \(attempt.jobID): the worker of attempt \(attempt.number) is not heard any more")
            try release(attempt, because: .lost)
        case .stalled:
            note("job \(attempt.jobID): attempt \(attempt.number) makes no progress, another worker may try")
            try release(attempt, because: .stalled)
        case .tooLong:
            note("job \(attempt.jobID): attempt \(attempt.number) has reached the job's maximal run time")
            let job = try context.batch.finish(attempt, .failed(JobFailure.tooLong), nowMS: context.now.wallMS)
            try settle(attempt, job)
        }
    }

    mutating func release(_ attempt: AttemptKey, because reason: ReleaseReason) throws {
        try settle(attempt, context.batch.release(attempt, because: reason, nowMS: context.now.wallMS))
    }

    /// - Parameter job: `nil` when the store knows of no such attempt: then the lease means nothing.
    private mutating func settle(_ attempt: AttemptKey, _ job: JobRecord?) throws {
        if state.leases[attempt] != nil { state.leases.end(attempt.jobID) }
        guard let job else { return state.jobChanged(attempt.jobID) }
        try QueueService(context: context).settle(job, &state)
    }

    /// Sends a PING to workers that have jobs: ZeroMQ tells of a connection that is gone only to who sends.
    private mutating func probe() {
        let now = context.now.monotonic
        guard !state.leases.isEmpty, state.queue.nextProbe <= now else { return }
        state.queue.nextProbe = now + context.settings.probeInterval
        let busy = Set(state.leases.all.map(\.worker))
        for (peer, session) in state.sessions.sessions where session.worker.map({ busy.contains($0.name) }) ?? false {
            send(WireMessage(.ping), to: peer)
        }
    }

    /// Brings what is in memory of the queue up to what the turn has written.
    mutating func followQueue() throws {
        try state.queue.follow(context.batch, now: context.now)
    }

    /// Gives waiting jobs to waiting workers.
    mutating func assign() throws {
        guard state.mayAssign else { return }
        try followQueue()
        // More windows may have closed than one turn looks after.
        guard !state.queue.isTimerDue(context.now) else { return }
        let work = WorkService(context: context)
        var running = RunningCounts(state.leases.all)
        // Those for whom there is nothing now, or whose connection has most likely been replaced.
        var idle = Set(state.takes.takes.map(\.key).filter { state.sessions[$0.peer]?.isSuperseded ?? true })
        while let take = state.takes.takes.first(where: { !idle.contains($0.key) }) {
            guard let lane = choose(for: take, running) else {
                idle.insert(take.key)
                continue
            }
            let taker = better(than: take, for: lane, running, idle)
            switch try work.assign(taker, from: lane, &state) {
            case .given(let response, let attempt):
                running.add(lane.key, worker: taker.worker)
                _ = state.takes.remove(taker.key)
                answer(taker.key, response, attempt)
            case .unreadable:
                note("a job could not be given out: what is stored of it cannot be read")
            case .nothing:
                idle.insert(take.key)
            }
            try followQueue()
        }
        state.mayAssign = false
    }

    private func choose(for take: ParkedTakes.Take, _ running: RunningCounts) -> LaneTable.Lane? {
        guard state.queue.isOpen(for: take.worker) else { return nil }
        for slot in take.free {
            let candidate = Scheduler.Candidate(worker: take.worker, slot: slot.rawValue, loaded: take.loaded)
            let lane = context.settings.scheduler.choose(
                for: candidate, from: state.queue.lanes, running: running, turns: state.queue.turns,
                nowMS: context.now.wallMS)
            if let lane { return lane }
        }
        return nil
    }

    /// Of the workers that wait with the same slot, one that has the lane's model loaded.
    private func better(
        than take: ParkedTakes.Take, for lane: LaneTable.Lane, _ running: RunningCounts, _ idle: Set<CallKey>
    ) -> ParkedTakes.Take {
        guard !lane.key.model.isEmpty, !lane.key.isAlone, !take.loaded.contains(lane.key.model) else { return take }
        return state.takes.takes.first { other in
            !idle.contains(other.key) && other.loaded.contains(lane.key.model)
                && other.free.contains { $0.rawValue == lane.key.slot }
                && !running.occupied.contains(other.worker) && state.queue.isOpen(for: other.worker)
        } ?? take
    }

    /// Sends to the streams what their credit allows.
    mutating func publish() throws {
        let streams = StreamsService(context: context)
        for stream in state.streams.ready {
            guard !isFull else { return }
            do {
                for message in try streams.publish(stream, &state) {
                    // After one that could not be sent the stream is over.
                    guard send(message) else { break }
                }
            } catch let error as RPCError {
                _ = state.streams.remove(stream.key)
                end(stream.key, error)
            }
        }
    }
}
