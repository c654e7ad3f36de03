import Calls

extension Client {
    /// Submits a job; it is on the broker's disk when this returns.
    ///
    /// - Parameters:
    ///   - key: the same key with the same job gives the same id however often it is submitted; a random one makes this
    ///     call safe to be sent again by itself.
    ///   - priority: 0 (last) to 9 (first); `nil` is 5.
    ///   - user: who submits, for lists and for the turns that users take.
    ///   - after: ids of jobs that must have succeeded before; what they will make can be named already.
    ///   - terms: when it may run, for how long, how often.
    /// - Returns: the job's id.
    /// - Throws: INVALID_ARGUMENT for a job that can never run, before it is sent if that can be seen; NOT_FOUND for a
    ///   dataset, model or job that does not exist; ALREADY_EXISTS for the key of another job; FAILED_PRECONDITION when
    ///   a job that it should come after ended without success.
    public func submit(
        _ spec: JobSpec, key: String = Client.randomKey(), priority: UInt32? = nil, user: String = "",
        after: [String] = [], terms: Terms = Terms()
    ) async throws(RPCError) -> String {
        var request = Grove_V1_SubmitRequest()
        request.spec = spec
        (request.idempotencyKey, request.user, request.after) = (key, user, after)
        if let priority { request.priority = priority }
        if terms != Terms() { request.terms = terms }
        return try await submit(request)
    }

    /// Submits a request as it is: a job, or several jobs as one.
    /// - Returns: the id of the job, or of the one that stands for them all.
    public func submit(_ request: Grove_V1_SubmitRequest) async throws(RPCError) -> String {
        try JobValidation.check(request)
        let response: Grove_V1_SubmitResponse = try await call(Method.jobsSubmit, request)
        return response.jobID
    }

    /// Submits jobs that come after each other: all of them or, when one is refused, none.
    /// - Returns: their ids, in the order of the request.
    public func submit(_ chain: Grove_V1_SubmitChainRequest) async throws(RPCError) -> [String] {
        try JobValidation.check(chain)
        let response: Grove_V1_SubmitChainResponse = try await call(Method.jobsSubmitChain, chain)
        return response.jobIds
    }

    public static func randomKey() -> String {
        let (one, two) = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
        return String(one, radix: 36) + "-" + String(two, radix: 36)
    }

    /// - Throws: NOT_FOUND.
    public func job(_ id: String) async throws(RPCError) -> Job {
        var request = Grove_V1_GetJobRequest()
        request.jobID = id
        return try await call(Method.jobsGet, request, about: id)
    }

    /// Jobs, newest first.
    ///
    /// - Parameters:
    ///   - states: which; none means all.
    ///   - limit: how many at most, 1 to 1000.
    ///   - before: only those before this job, for the next page.
    ///   - array: only the jobs of this array; without it, those of arrays are left out.
    /// - Returns: the jobs, and whether there are more.
    public func jobs(
        _ states: [JobState] = [], limit: Int = 100, before: String = "", array: String = ""
    ) async throws(RPCError) -> (jobs: [Job], hasMore: Bool) {
        guard (1...Limits.jobsPerList).contains(limit) else {
            throw RPCError(.invalidArgument, "the limit must be 1 to \(Limits.jobsPerList) jobs, not \(limit)")
        }
        var request = Grove_V1_ListJobsRequest()
        request.states = states
        request.limit = UInt32(limit)
        (request.beforeJobID, request.arrayJobID) = (before, array)
        let response: Grove_V1_ListJobsResponse = try await call(Method.jobsList, request)
        return (response.jobs, response.more)
    }

    /// Asks for a job to be stopped; one that runs stops at its next step.
    /// - Returns: the job as it is now.
    /// - Throws: NOT_FOUND.
    @discardableResult
    public func cancel(_ id: String) async throws(RPCError) -> Job {
        var request = Grove_V1_CancelJobRequest()
        request.jobID = id
        return try await call(Method.jobsCancel, request, about: id)
    }

    /// Submits a job again that failed, was cancelled or expired: a new job, which goes on from the old one's checkpoint.
    /// Of an array, those of its jobs that did not succeed.
    /// - Returns: the new job's id.
    /// - Throws: NOT_FOUND; FAILED_PRECONDITION for a job that did not end so.
    public func retry(_ id: String, key: String = Client.randomKey()) async throws(RPCError) -> String {
        var request = Grove_V1_RetryJobRequest()
        (request.jobID, request.idempotencyKey) = (id, key)
        let response: Grove_V1_SubmitResponse = try await call(Method.jobsRetry, request, about: id)
        return response.jobID
    }

    /// Waits until a job has ended, through any restart of the broker.
    /// - Returns: the job in its last state.
    /// - Throws: NOT_FOUND.
    public func wait(_ id: String) async throws(RPCError) -> Job {
        var job = try await job(id)
        for try await update in watch(id) { job = update }
        return job
    }
}

extension JobState {
    /// Whether nothing changes any more.
    public var isTerminal: Bool {
        switch self {
        case .succeeded, .failed, .cancelled, .expired: true
        case .unspecified, .waiting, .running, .UNRECOGNIZED: false
        }
    }
}
