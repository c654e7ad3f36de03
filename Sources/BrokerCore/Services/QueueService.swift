import JobStore
import Wire

/// Moves jobs between what may run, what has to wait for something, and what has ended; and does what follows from an end.
struct QueueService {
    let context: ServiceContext

    private static let timersPerTurn = 500
    private static let lastLines = 5

    private var batch: StoreTransaction { context.batch }

    // MARK: Waiting

    /// Places a new job. One whose parents have all succeeded has its names resolved first.
    func begin(_ job: JobRecord, _ state: inout BrokerState) throws {
        if let ended = job.parentsLeft == 0 ? try free(job, &state) : try placed(job, nil, &state) {
            try settle(ended, &state)
        }
    }

    /// Puts a waiting job where it belongs now: into its lane, or out of it until its hour.
    /// - Parameter spec: what the job is to do, when the caller knows it.
    func place(_ job: JobRecord, spec: Grove_V1_JobSpec? = nil, _ state: inout BrokerState) throws {
        if let ended = try placed(job, spec, &state) { try settle(ended, &state) }
    }

    /// - Returns: the job, when it has ended: its time to wait is over, or what is stored of it cannot be read.
    private func placed(
        _ job: JobRecord, _ spec: Grove_V1_JobSpec? = nil, _ state: inout BrokerState
    ) throws -> JobRecord? {
        do {
            return try put(job, spec, &state)
        } catch let error as RPCError {
            return try ended(job, .failed, JobFailure.unreadable(error))
        }
    }

    private func put(
        _ job: JobRecord, _ spec: Grove_V1_JobSpec?, _ state: inout BrokerState
    ) throws -> JobRecord? {
        let terms = try Grove_V1_Terms(stored: job.terms)
        let placement = Placement(job, terms, nowMS: context.now.wallMS, context.settings.localTime)
        var nextMS = placement.nextMS
        switch placement.place {
        case .ready:
            let lane = try lane(of: job, spec)
            try batch.enqueue(job, lane: lane, readyMS: context.now.wallMS)
            state.mayAssign = true
            // By then it need not be alone any more.
            if lane.isAlone {
                nextMS = min(nextMS ?? .max, context.now.wallMS + context.settings.solitudePatience.milliseconds)
            }
        case .afterParents, .later:
            try batch.dequeue(job)
        case .expired:
            return try ended(job, .expired, JobFailure.expired)
        }
        // A plain job has none, and there are many plain jobs.
        if nextMS != nil || !job.terms.isEmpty || job.failures > 0 {
            try batch.setTimer(job, at: nextMS)
        }
        return nil
    }

    private func lane(of job: JobRecord, _ known: Grove_V1_JobSpec?) throws -> LaneKey {
        var lane =
            if let known {
                LaneKey(job, known)
            } else if job.lane > 0 {
                try batch.laneKey(job.lane)
            } else {
                LaneKey(job, try spec(of: job))
            }
        lane.isAlone = job.losses > 0 && job.losses == context.settings.maximumLosses - 1
        return lane
    }

    func spec(of job: JobRecord) throws -> Grove_V1_JobSpec {
        try decode(
            Grove_V1_JobSpec.self, from: batch.spec(job.id) ?? [], what: "the stored job \(job.id)")
    }

    /// Looks after jobs whose hour has come, or whose window has closed.
    func wake(_ state: inout BrokerState) throws {
        for job in try batch.dueTimers(nowMS: context.now.wallMS, limit: Self.timersPerTurn) {
            guard job.state == .waiting else {
                try batch.setTimer(job, at: nil)
                continue
            }
            try place(job, &state)
        }
    }

    // MARK: Ends

    /// Does what follows from the state that a job has come to: a job that was given back finds its place or its end, and
    /// those that come after one that has ended may run, or end with it.
    func settle(_ job: JobRecord, _ state: inout BrokerState) throws {
        // No recursion: a chain of jobs can be as long as the queue.
        var changed = [job]
        while let next = changed.popLast() {
            state.jobChanged(next.id)
            changed += try consequences(of: next, &state)
            if next.state.isTerminal, let place = next.arrayPlace {
                changed += try ArraysService(context: context).jobEnded(place.array, &state)
            }
        }
    }

    /// - Returns: the jobs that have ended because of it.
    private func consequences(of job: JobRecord, _ state: inout BrokerState) throws -> [JobRecord] {
        switch job.state {
        case .waiting:
            return try settledWaiting(job, &state).map { [$0] } ?? []
        case .running:
            return []
        case .succeeded:
            return try batch.waitingChildren(of: job).compactMap { child in
                guard let freed = try batch.parentSucceeded(of: child), freed.parentsLeft == 0 else { return nil }
                return try free(freed, &state)
            }
        case .failed, .cancelled, .expired:
            let end: JobState = job.state == .cancelled ? .cancelled : .failed
            return try batch.waitingChildren(of: job).compactMap { try ended($0, end, JobFailure.parent(job)) }
        }
    }

    private func ended(_ job: JobRecord, _ state: JobState, _ failure: FailureRecord) throws -> JobRecord? {
        try batch.endWaiting(job.id, state, failure: failure, nowMS: context.now.wallMS)
    }

    private func settledWaiting(_ job: JobRecord, _ state: inout BrokerState) throws -> JobRecord? {
        if job.isCancelRequested { return try ended(job, .cancelled, JobFailure.cancelled) }
        guard job.losses >= context.settings.maximumLosses else { return try placed(job, nil, &state) }
        let lines = try batch.lastLog(job.id, limit: Self.lastLines).map(\.text)
        return try ended(job, .failed, JobFailure.quarantined(losses: job.losses, lastLines: lines))
    }

    /// The last parent of a job has succeeded: now its names must mean something.
    private func free(_ job: JobRecord, _ state: inout BrokerState) throws -> JobRecord? {
        do {
            let parents = try batch.parents(of: job).map(\.id)
            let made = try Products(of: batch.ancestors(of: parents, limit: Products.mostAncestors), context)
            let spec = try SpecResolver(context: context, products: made).resolved(spec(of: job))
            try batch.setSpec(job, encode(spec))
            return try placed(job, spec, &state)
        } catch let error as RPCError {
            return try ended(job, .failed, FailureRecord(error))
        }
    }
}
