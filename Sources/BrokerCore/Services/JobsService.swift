import JobStore
import Wire

/// For clients: submit, look, cancel. (Watch and Logs are streams, see `StreamsService`.)
struct JobsService {
    let context: ServiceContext

    func submit(_ request: Grove_V1_SubmitRequest, _ state: inout BrokerState) throws -> Grove_V1_SubmitResponse {
        try JobValidation.check(request)
        // The request as its submitter wrote it, in one canonical form: before names are resolved, so that a repetition
        // means the same job although a newer version may have come since.
        return response(
            try submit(request, digest: SHA256.digest(of: encode(request)), after: request.after, &state))
    }

    /// Keeps what a request asks for.
    /// - Parameters:
    ///   - digest: of all that its key stands for.
    ///   - after: the ids of the jobs that it comes after.
    /// - Returns: the id of the job, or of the one that stands for its array.
    func submit(
        _ request: Grove_V1_SubmitRequest, digest: [UInt8], after: [String], _ state: inout BrokerState
    ) throws -> String {
        if let earlier = try repetition(key: request.idempotencyKey, digest: digest) { return earlier }
        try requireRoom(for: request.jobCount, state)
        let parents = try parents(after)
        var request = request
        if request.hasTerms { request.terms = try TermsCheck(context: context).accepted(request.terms) }
        let made = try Products(
            of: context.batch.ancestors(of: parents, limit: Products.mostAncestors), context)
        let resolver = SpecResolver(context: context, products: made)
        let idempotency = request.idempotencyKey.isEmpty ? nil : (key: request.idempotencyKey, digest: digest)
        if request.hasArray {
            let arrays = ArraysService(context: context)
            return try arrays.submit(request, parents: parents, resolver, idempotency: idempotency, &state).id
        }
        return try keep(request.spec, request, parents: parents, resolver, idempotency: idempotency, &state).id
    }

    /// Keeps one job and puts it where it belongs.
    /// - Parameters:
    ///   - spec: as its submitter wrote it.
    ///   - request: what it was submitted with, for all else.
    ///   - array: its place in an array, and how many of that may run at a time.
    func keep(
        _ spec: Grove_V1_JobSpec, _ request: Grove_V1_SubmitRequest, parents: [String], _ resolver: SpecResolver,
        idempotency: (key: String, digest: [UInt8])? = nil, array: (place: ArrayPlace, limit: Int)? = nil,
        _ state: inout BrokerState
    ) throws -> JobRecord {
        let (spec, checkpoint) = try ResumeResolver(context: context).resolved(resolver.resolved(spec))
        guard let kind = JobKind(spec), let slot = spec.slot else {
            throw RPCError(.invalidArgument, "the spec names no kind of job")
        }
        let bytes = encode(spec)
        guard bytes.count <= Limits.specBytes else {
            throw RPCError(
                .invalidArgument,
                "the job's description has \(bytes.count) bytes, at most \(Limits.specBytes) are allowed; "
                    + "give it fewer files")
        }
        let priority = request.hasPriority ? request.priority : JobValidation.defaultPriority
        var job = NewJob(
            id: nextID(&state), kind: kind.rawValue, slot: slot.rawValue, priority: Int(priority),
            user: request.user, spec: bytes, terms: encode(request.terms), parents: parents)
        if let array { (job.arrayPlace, job.arrayLimit) = array }
        // What it names may be another model once its parents are done.
        if parents.isEmpty { job.lane = LaneKey(job, spec) }
        let record = try context.batch.insert(job, idempotency: idempotency, nowMS: context.now.wallMS)
        try context.batch.insertInputs(spec.inputs, of: record.id)
        if let checkpoint { try context.batch.plantCheckpoint(checkpoint, in: record.id) }
        try QueueService(context: context).place(record, spec: spec, &state)
        return record
    }

    func nextID(_ state: inout BrokerState) -> String { state.jobIDs.next(nowMS: context.now.wallMS).description }

    func requireRoom(for jobs: Int, _ state: BrokerState) throws(RPCError) {
        try context.requireRoom()
        try GatesService.requireNewJobs(state)
        guard state.queue.waiting + jobs <= context.settings.maximumWaitingJobs else {
            throw RPCError(
                .resourceExhausted,
                "\(context.settings.maximumWaitingJobs) jobs wait already, the broker's limit; wait until some are done",
                retryAfter: .seconds(30))
        }
    }

    /// The jobs that a new one comes after.
    /// - Throws: `RPCError`: NOT_FOUND for a job that there is not (so no chain can close to a circle, for a job can only
    ///   come after older ones), FAILED_PRECONDITION for one that ended without success.
    private func parents(_ ids: [String]) throws -> [String] {
        try ids.map { id in
            let parent = try existing(id)
            switch parent.state {
            case .waiting, .running, .succeeded: return parent.id
            case .failed, .cancelled, .expired:
                throw RPCError(
                    .failedPrecondition,
                    "the job \(parent.id) \(parent.state.verb), so a job that comes after it would never run; "
                        + "retry it with 'grove retry \(parent.id)' and come after the new job",
                    violations: [.init(field: "after", description: "ended without success")])
            }
        }
    }

    /// Submits once more what ended without success: a new job, which goes on from where the old one got to.
    func retry(_ request: Grove_V1_RetryJobRequest, _ state: inout BrokerState) throws -> Grove_V1_SubmitResponse {
        try JobValidation.check(request)
        let digest = SHA256.digest(of: encode(request))
        if let earlier = try repetition(key: request.idempotencyKey, digest: digest) { return response(earlier) }
        let earlier = try existing(request.jobID)
        switch earlier.state {
        case .failed, .cancelled, .expired: break
        case .waiting, .running, .succeeded:
            throw RPCError(
                .failedPrecondition,
                "the job \(earlier.id) \(earlier.state.verb); only one that failed, was cancelled or expired can be retried"
            )
        }
        let idempotency = request.idempotencyKey.isEmpty ? nil : (key: request.idempotencyKey, digest: digest)
        if earlier.kind == ArraysService.kind {
            return response(
                try ArraysService(context: context).retry(earlier, idempotency: idempotency, &state).id)
        }
        try requireRoom(for: 1, state)
        return response(try again(earlier, idempotency: idempotency, &state).id)
    }

    /// Keeps a job that does what an earlier one did, from where that one got to, and puts it where it belongs.
    /// - Parameter array: its place in an array, and how many of that may run at a time.
    func again(
        _ earlier: JobRecord, idempotency: (key: String, digest: [UInt8])? = nil,
        array: (place: ArrayPlace, limit: Int)? = nil, _ state: inout BrokerState
    ) throws -> JobRecord {
        var job = NewJob(
            id: nextID(&state), kind: earlier.kind, slot: earlier.slot, priority: earlier.priority, user: earlier.user,
            spec: try context.batch.spec(earlier.id) ?? [], terms: earlier.terms,
            parents: try parents(context.batch.parents(of: earlier).map(\.id)), retryOf: earlier.id)
        if let array { (job.arrayPlace, job.arrayLimit) = array }
        let record = try context.batch.insert(job, idempotency: idempotency, nowMS: context.now.wallMS)
        try context.batch.copyInputs(from: earlier, to: record)
        try context.batch.copyCheckpoint(from: earlier, to: record)
        try QueueService(context: context).begin(record, &state)
        return record
    }

    /// - Returns: the job that the key stands for already.
    private func repetition(key: String, digest: [UInt8]) throws -> String? {
        guard !key.isEmpty, let record = try context.batch.idempotency(key: key) else { return nil }
        guard record.digest == digest else {
            throw RPCError(
                .alreadyExists,
                "the idempotency key was used for another request, job \(record.jobID); use a new key for a new job")
        }
        return record.jobID
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
        let array = request.arrayJobID.isEmpty ? nil : try existing(request.arrayJobID)
        let jobs = try context.batch.jobs(states: states, array: array, before: before, limit: limit + 1)
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
        let found = try existing(request.jobID)
        if found.kind == ArraysService.kind {
            return try ArraysService(context: context).cancel(found, &state)
        }
        guard
            let job = try context.batch.cancel(
                id.description, failure: JobFailure.cancelled, nowMS: context.now.wallMS)
        else { throw Self.unknown(id) }
        let message = try JobView(context: context).message(job, state)
        state.leases.requestCancel(job.id)
        try QueueService(context: context).settle(job, &state)
        return message
    }
}
