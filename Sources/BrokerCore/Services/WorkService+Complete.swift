import JobStore
import Wire

extension WorkService {
    /// Ends the attempt. Sent again by a worker that lost the answer, it answers the same.
    func complete(
        _ request: Grove_V1_CompleteRequest, _ caller: Caller, _ state: inout BrokerState
    ) throws -> Grove_V1_CompleteResponse {
        _ = try worker(caller)
        let attempt = AttemptKey(request.attempt)
        // What an earlier start of the worker kept on its disk is handed in by a later one.
        let incarnation = request.incarnation.isEmpty ? caller.session.incarnation : [UInt8](request.incarnation)
        if let answer = try repetition(attempt, incarnation, request.outcome) { return answer }
        try requireHolder(of: attempt, incarnation, state)
        let job: JobRecord?
        switch request.outcome {
        case .success(let success):
            try keep(success, attempt)
            job = try context.batch.finish(
                attempt, .succeeded(results: success.results.map { FileRecord($0) }), nowMS: context.now.wallMS)
        case .failure(let failure):
            job = try fail(attempt, failure, state)
        case .interruption:
            job = try context.batch.release(attempt, because: .interrupted, nowMS: context.now.wallMS)
        case nil:
            throw RPCError(.invalidArgument, "outcome must be a success, a failure or an interruption")
        }
        guard let job else { throw Self.stale(attempt) }
        let answer = try response(attempt)
        if job.state == .succeeded, let lease = state.leases[attempt] {
            state.queue.runTimes.add(job.kind, seconds: (context.now.monotonic - lease.began).seconds)
        }
        state.leases.end(attempt.jobID)
        try QueueService(context: context).settle(job, &state)
        return answer
    }

    /// Ends a failed attempt, and its job unless it is to be tried again.
    private func fail(
        _ attempt: AttemptKey, _ failure: Grove_V1_Status, _ state: BrokerState
    ) throws -> JobRecord? {
        let outcome = try outcome(failure, attempt, state)
        guard case .failed(let record) = outcome, let code = StatusCode(rawValue: UInt32(clamping: record.code)),
            RetryPolicy.mayPass(code), let job = try context.batch.job(attempt.jobID), !job.isCancelRequested
        else { return try context.batch.finish(attempt, outcome, nowMS: context.now.wallMS) }
        let policy = RetryPolicy(Grove_V1_SlotKind(rawValue: job.slot))
        let terms = try Grove_V1_Terms(stored: job.terms)
        guard job.failures < (terms.hasRetries ? Int(terms.retries) : policy.retries) else {
            return try context.batch.finish(attempt, outcome, nowMS: context.now.wallMS)
        }
        let pause = policy.pause(after: job.failures + 1, job: job.number)
        let line =
            "attempt \(attempt.number) failed (\(record.message)); the next begins in \(Int(pause.seconds.rounded(.up))) s at "
            + "the earliest"
        try context.batch.appendLog(job.id, [line], keeping: Limits.logLinesPerJob, nowMS: context.now.wallMS)
        return try context.batch.retry(
            attempt, retryMS: context.now.wallMS + pause.milliseconds, nowMS: context.now.wallMS)
    }

    private func response(_ attempt: AttemptKey) throws -> Grove_V1_CompleteResponse {
        var response = Grove_V1_CompleteResponse()
        response.artifacts = try context.batch.artifacts(of: attempt.jobID).map(\.reference)
        return response
    }

    private func repetition(
        _ attempt: AttemptKey, _ incarnation: [UInt8], _ outcome: Grove_V1_CompleteRequest.OneOf_Outcome?
    ) throws -> Grove_V1_CompleteResponse? {
        let endings: Set<String> =
            switch outcome {
            case .success: ["succeeded"]
            case .failure: ["failed", "cancelled"]
            case .interruption: ["interrupted"]
            case nil: []
            }
        guard let ending = try context.batch.ending(of: attempt, heldBy: incarnation), endings.contains(ending) else {
            return nil
        }
        return try response(attempt)
    }

    private func outcome(
        _ failure: Grove_V1_Status, _ attempt: AttemptKey, _ state: BrokerState
    ) throws(RPCError) -> Outcome {
        guard let error = RPCError(failure) else {
            throw RPCError(.invalidArgument, "a failure's code must not be OK; send a success instead")
        }
        let message = error.message.isEmpty ? "the worker gave no reason" : error.message
        let record = FailureRecord(
            code: Int(error.code.rawValue), message: message.printable(toBytes: Limits.statusMessageBytes))
        let wasAsked = state.leases[attempt]?.isCancelRequested ?? false
        return error.code == .cancelled && wasAsked ? .cancelled(record) : .failed(record)
    }

    /// Checks what the job made and keeps its artifacts.
    private func keep(_ success: Grove_V1_Success, _ attempt: AttemptKey) throws {
        try requireResults(success.results, of: attempt, field: "results")
        guard success.artifacts.count <= Limits.artifactsPerJob else {
            throw RPCError(.invalidArgument, "a job makes at most \(Limits.artifactsPerJob) artifacts")
        }
        for (index, artifact) in success.artifacts.enumerated() {
            try check(artifact, field: "artifacts[\(index)]")
            _ = try context.batch.insert(
                NewArtifact(
                    kind: artifact.kind.rawValue, name: artifact.name, sha256: artifact.blob.sha256,
                    size: Int64(clamping: artifact.blob.size), facts: encode(artifact.facts)),
                jobID: attempt.jobID, nowMS: context.now.wallMS)
        }
    }

    /// Checks files that become results, together with those that the job has already.
    func requireResults(_ files: [Grove_V1_FileRef], of attempt: AttemptKey, field: String) throws {
        guard !files.isEmpty else { return }
        // By bytes: Swift holds names that differ in their normal form for the same.
        let names = Set(files.map { Array($0.name.utf8) })
        let earlier = try context.batch.results(of: attempt.jobID).filter { !names.contains(Array($0.name.utf8)) }
            .map(\.message)
        guard files.count + earlier.count <= Limits.filesPerJob,
            (files + earlier).reduce(0, { $0 + encode($1).count + 4 }) <= Limits.resultBytes
        else {
            throw RPCError(
                .invalidArgument,
                "\(files.count + earlier.count) results are too many; at most \(Limits.filesPerJob) files whose names and "
                    + "hashes take \(Limits.resultBytes) bytes, so pack them into fewer")
        }
        for (index, file) in files.enumerated() { try requireBlob(file, field: "\(field)[\(index)]") }
        if let clash = FileNames.clash(in: files.map(\.name) + earlier.map(\.name)) {
            throw RPCError(
                .invalidArgument, "\(field) has \(clash), which cannot both be files of one folder; rename one of them")
        }
    }

    private func check(_ artifact: Grove_V1_NewArtifact, field: String) throws {
        guard JobValidation.isName(artifact.name) else {
            throw RPCError(.invalidArgument, "\(field).name must be 1 to 64 of the characters a-z 0-9 . _ -")
        }
        switch artifact.kind {
        case .dataset, .tree, .diffusion, .classifier: break
        case .unspecified, .UNRECOGNIZED:
            throw RPCError(
                .invalidArgument, "\(field).kind must be a dataset, a tree, a diffusion model or a classifier")
        }
        guard encode(artifact.facts).count <= Limits.factsBytes else {
            throw RPCError(
                .invalidArgument, "\(field).facts has more than \(Limits.factsBytes) bytes; leave metrics out")
        }
        try requireBlob(artifact.blob, field: "\(field).blob")
    }
}
