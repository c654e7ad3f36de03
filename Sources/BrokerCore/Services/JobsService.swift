import JobStore
import Wire

/// For clients: submit, look, cancel. (Watch and Logs are streams, see `StreamsService`.)
struct JobsService {
    let context: ServiceContext

    func submit(_ request: Grove_V1_SubmitRequest, _ state: inout BrokerState) throws -> Grove_V1_SubmitResponse {
        try JobValidation.check(request)
        // The request as its submitter wrote it, in one canonical form: before names are resolved, so that a repetition
        // means the same job although a newer version may have come since.
        let digest = SHA256.digest(of: encode(request))
        if let earlier = try repetition(of: request, digest: digest) { return earlier }
        guard try context.batch.counts().waiting < context.settings.maximumWaitingJobs else {
            throw RPCError(
                .resourceExhausted,
                "\(context.settings.maximumWaitingJobs) jobs wait already, the broker's limit; wait until some are done",
                retryAfter: .seconds(30))
        }
        let spec = try SpecResolver(context: context).resolved(request.spec)
        guard let kind = JobKind(spec) else { throw RPCError(.invalidArgument, "the spec names no kind of job") }
        let checkpoint = try ResumeResolver(context: context).checkpoint(for: spec)
        let bytes = encode(spec)
        guard bytes.count <= Limits.specBytes else {
            throw RPCError(
                .invalidArgument,
                "the job's description has \(bytes.count) bytes, at most \(Limits.specBytes) are allowed; "
                    + "give it fewer files")
        }
        let id = state.jobIDs.next(nowMS: context.now.wallMS).description
        let priority = request.hasPriority ? request.priority : JobValidation.defaultPriority
        try context.batch.insert(
            NewJob(
                id: id, kind: kind.rawValue, slot: kind.slot.rawValue, priority: Int(priority), user: request.user,
                spec: bytes),
            idempotency: request.idempotencyKey.isEmpty ? nil : (request.idempotencyKey, digest),
            nowMS: context.now.wallMS)
        if let checkpoint { try context.batch.plantCheckpoint(checkpoint, in: id) }
        state.mayAssign = true
        return response(id)
    }

    private func repetition(
        of request: Grove_V1_SubmitRequest, digest: [UInt8]
    ) throws -> Grove_V1_SubmitResponse? {
        guard !request.idempotencyKey.isEmpty,
            let record = try context.batch.idempotency(key: request.idempotencyKey)
        else { return nil }
        guard record.digest == digest else {
            throw RPCError(
                .alreadyExists,
                "the idempotency key was used for another request, job \(record.jobID); use a new key for a new job")
        }
        return response(record.jobID)
    }

    private func response(_ id: String) -> Grove_V1_SubmitResponse {
        var response = Grove_V1_SubmitResponse()
        response.jobID = id
        return response
    }

    func get(_ request: Grove_V1_GetJobRequest, _ state: BrokerState) throws -> Grove_V1_Job {
        try JobView(context: context).message(existing(request.jobID), state)
    }

    /// The job with this id.
    /// - Throws: `RPCError` INVALID_ARGUMENT or NOT_FOUND.
    func existing(_ text: String) throws -> JobRecord {
        let id = try JobID.parse(text)
        guard let job = try context.batch.job(id.description) else { throw Self.unknown(id) }
        return job
    }

    private static func unknown(_ id: JobID) -> RPCError {
        RPCError(.notFound, "there is no job \(id); 'grove jobs' shows those that there are")
    }

    func list(_ request: Grove_V1_ListJobsRequest, _ state: BrokerState) throws -> Grove_V1_ListJobsResponse {
        let states = Set(request.states.compactMap(\.stored))
        guard states.count == Set(request.states).count else {
            throw RPCError(.invalidArgument, "states has one that this broker does not know")
        }
        let limit = request.limit == 0 ? Limits.jobsPerListByDefault : Int(request.limit)
        guard limit <= Limits.jobsPerList else {
            throw RPCError(
                .invalidArgument, "limit is \(limit), at most \(Limits.jobsPerList) are allowed; ask for the next page")
        }
        let before = request.beforeJobID.isEmpty ? nil : try existing(request.beforeJobID).id
        let jobs = try context.batch.jobs(states: states, before: before, limit: limit + 1)
        let view = JobView(context: context)
        var response = Grove_V1_ListJobsResponse()
        response.more = jobs.count > limit
        var bytes = 0
        for job in jobs.prefix(limit) {
            let message = try view.message(job, state)
            bytes += encode(message).count + 8
            // A page of jobs with thousands of files would not fit into a frame; the first always does.
            guard bytes <= Limits.frameBytes || response.jobs.isEmpty else {
                response.more = true
                break
            }
            response.jobs.append(message)
        }
        return response
    }

    func cancel(_ request: Grove_V1_CancelJobRequest, _ state: inout BrokerState) throws -> Grove_V1_Job {
        let id = try JobID.parse(request.jobID)
        guard
            let job = try context.batch.cancel(
                id.description, failure: JobFailure.cancelled, nowMS: context.now.wallMS)
        else { throw Self.unknown(id) }
        let message = try JobView(context: context).message(job, state)
        state.leases.requestCancel(job.id)
        state.jobChanged(job.id)
        return message
    }
}
