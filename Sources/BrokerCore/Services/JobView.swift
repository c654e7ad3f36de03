import JobStore
import Wire

/// A job as clients see it: what is stored, and what is only known now.
struct JobView {
    let context: ServiceContext

    func message(_ job: JobRecord, _ state: BrokerState) throws -> Grove_V1_Job {
        var message = Grove_V1_Job()
        message.id = job.id
        message.kind = job.kind
        message.state = Grove_V1_JobState(job.state)
        message.user = job.user
        message.priority = UInt32(clamping: job.priority)
        message.submittedMs = job.submittedMS
        message.startedMs = job.startedMS
        message.finishedMs = job.finishedMS
        message.attempts = UInt32(clamping: job.attempts)
        message.interruptions = UInt32(clamping: job.interruptions)
        message.failures = UInt32(clamping: job.failures)
        message.worker = job.worker
        try addWhatIsStored(of: job, to: &message)
        message.after = try context.batch.parents(of: job).map(\.id)
        if job.kind == ArraysService.kind { message.array = try ArraysService(context: context).status(job) }
        if let place = job.arrayPlace, let array = try context.batch.id(of: place.array) {
            (message.arrayJobID, message.arrayIndex) = (array, UInt32(clamping: place.index))
        }
        if job.retryOf > 0, let earlier = try context.batch.id(of: job.retryOf) { message.retryOf = earlier }
        if let failure = job.failure { message.failure = failure.status }
        switch job.state {
        case .waiting:
            if message.hasArray {
                (message.waitingCode, message.waitingReason) = (.array, ArraysService.reason(message.array))
                break
            }
            try WaitingView(context: context, job: job, state: state).describe(&message)
        case .running:
            if let progress = state.leases[job.id]?.progress { message.progress = progress }
        case .succeeded:
            message.results = try context.batch.results(of: job.id).map(\.message)
            message.artifacts = try context.batch.artifacts(of: job.id).map(\.reference)
        case .failed, .cancelled, .expired: break
        }
        if job.slot == Grove_V1_SlotKind.training.rawValue { try addCheckpoints(of: job, to: &message) }
        if job.state.isTerminal { try addEndOfResults(of: job, to: &message) }
        return message
    }

    /// What cannot be read any more is said in its place, so that it and the other jobs of a list can still be seen.
    private func addWhatIsStored(of job: JobRecord, to message: inout Grove_V1_Job) throws {
        do {
            if !job.terms.isEmpty { message.terms = try Grove_V1_Terms(stored: job.terms) }
            if job.kind != ArraysService.kind, let spec = try context.batch.spec(job.id) {
                message.spec = try decode(Grove_V1_JobSpec.self, from: spec, what: "the stored job \(job.id)")
            }
        } catch let error as RPCError {
            message.failure = error.status
        }
    }

    /// Until when there is something to collect, or since when no more.
    private func addEndOfResults(of job: JobRecord, to message: inout Grove_V1_Job) throws {
        if !message.results.isEmpty {
            message.resultsUntilMs = Retention.resultsEnd(job, message.terms, context.settings) ?? 0
        } else if let removed = try context.batch.resultsRemoved(of: job) {
            message.resultsRemovedMs = removed
        }
    }

    /// Of a training job there is something to show, and to go on from, before it has succeeded.
    private func addCheckpoints(of job: JobRecord, to message: inout Grove_V1_Job) throws {
        if job.state != .succeeded { message.results = try context.batch.results(of: job.id).map(\.message) }
        let checkpoints = try context.batch.checkpoints(of: job.id)
        if let newest = checkpoints.newest { message.checkpoints.newest = newest.message }
        if let previous = checkpoints.previous { message.checkpoints.previous = previous.message }
        if let best = checkpoints.best { message.checkpoints.best = best.message }
    }
}
