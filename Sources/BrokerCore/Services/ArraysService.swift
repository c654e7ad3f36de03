import JobStore
import Wire

/// Jobs that are submitted, watched and cancelled as one.
struct ArraysService {
    let context: ServiceContext

    /// The kind of the job that stands for an array.
    static let kind = "array"

    private var batch: StoreTransaction { context.batch }

    /// Keeps an array: the job that stands for it, and its jobs.
    /// - Returns: the job that stands for it.
    func submit(
        _ request: Grove_V1_SubmitRequest, parents: [String], _ resolver: SpecResolver,
        idempotency: (key: String, digest: [UInt8])?, _ state: inout BrokerState
    ) throws -> JobRecord {
        let jobs = JobsService(context: context)
        let priority = request.hasPriority ? request.priority : JobValidation.defaultPriority
        var head = NewJob(
            id: jobs.nextID(&state), kind: Self.kind, slot: 0, priority: Int(priority), user: request.user, spec: [],
            terms: encode(request.terms))
        head.arrayLimit = Int(request.array.atMostRunning)
        let array = try batch.insert(head, idempotency: idempotency, nowMS: context.now.wallMS)
        try batch.beginArray(array, jobs: request.array.elements.count)
        for element in request.array.elements {
            let place = ArrayPlace(array: array.number, index: Int(element.index))
            _ = try jobs.keep(
                element.spec, request, parents: parents, resolver, array: (place, head.arrayLimit), &state)
        }
        return array
    }

    /// Keeps a new array, of those jobs of one that has ended which did not succeed.
    /// - Returns: the job that stands for it.
    func retry(
        _ earlier: JobRecord, idempotency: (key: String, digest: [UInt8])?, _ state: inout BrokerState
    ) throws -> JobRecord {
        let jobs = JobsService(context: context)
        let missed = try batch.jobs(of: earlier).filter { $0.state != .succeeded }
        try jobs.requireRoom(for: missed.count, state)
        var head = NewJob(
            id: jobs.nextID(&state), kind: Self.kind, slot: 0, priority: earlier.priority, user: earlier.user, spec: [],
            terms: earlier.terms, retryOf: earlier.id)
        head.arrayLimit = earlier.arrayLimit
        let array = try batch.insert(head, idempotency: idempotency, nowMS: context.now.wallMS)
        try batch.beginArray(array, jobs: missed.count)
        for job in missed {
            let place = ArrayPlace(array: array.number, index: job.arrayPlace?.index ?? 0)
            _ = try jobs.again(job, array: (place, head.arrayLimit), &state)
        }
        return array
    }

    /// Cancels all that have not ended.
    func cancel(_ array: JobRecord, _ state: inout BrokerState) throws -> Grove_V1_Job {
        if !array.state.isTerminal { try batch.cancelArray(array) }
        for job in try batch.jobs(of: array) where !job.state.isTerminal {
            guard
                let cancelled = try batch.cancel(
                    job.id, failure: JobFailure.cancelled, nowMS: context.now.wallMS)
            else { continue }
            state.leases.requestCancel(job.id)
            try QueueService(context: context).settle(cancelled, &state)
        }
        return try JobView(context: context).message(JobsService(context: context).existing(array.id), state)
    }

    /// One job of an array has ended.
    /// - Returns: the job that stands for it, when it has ended with this one.
    func jobEnded(_ number: Int64, _ state: inout BrokerState) throws -> [JobRecord] {
        guard let array = try batch.arrayJobEnded(number) else { return [] }
        state.streams.touch(array.id)
        guard array.arrayLeft == 0, array.state == .waiting else { return [] }
        let counts = try batch.states(of: array)
        let all = counts.values.reduce(0, +)
        let missed = all - counts[.succeeded, default: 0]
        let end: JobState
        let failure: FailureRecord?
        if missed == 0 {
            (end, failure) = (.succeeded, nil)
        } else if array.isCancelRequested {
            (end, failure) = (.cancelled, JobFailure.cancelled)
        } else {
            (end, failure) = (.failed, JobFailure.array(missed: missed, of: all, array.id))
        }
        let ended = try batch.endWaiting(array.id, end, failure: failure, nowMS: context.now.wallMS)
        return ended.map { [$0] } ?? []
    }

    func status(_ array: JobRecord) throws -> Grove_V1_ArrayStatus {
        let counts = try batch.states(of: array)
        func count(_ state: JobState) -> UInt32 { UInt32(clamping: counts[state, default: 0]) }
        var status = Grove_V1_ArrayStatus()
        status.jobs = UInt32(clamping: counts.values.reduce(0, +))
        status.atMostRunning = UInt32(clamping: array.arrayLimit)
        (status.waiting, status.running) = (count(.waiting), count(.running))
        (status.succeeded, status.failed) = (count(.succeeded), count(.failed))
        (status.cancelled, status.expired) = (count(.cancelled), count(.expired))
        return status
    }

    static func reason(_ status: Grove_V1_ArrayStatus) -> String {
        "\(status.jobs - status.waiting - status.running) of \(status.jobs) jobs have ended, \(status.running) run"
    }
}
