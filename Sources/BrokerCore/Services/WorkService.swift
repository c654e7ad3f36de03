import JobStore
import Wire

/// For workers: take a job, keep its lease, hand in what came of it.
struct WorkService {
    let context: ServiceContext

    /// - Returns: the assignment that this very call was given before, when its answer was lost with the connection;
    ///   `nil` when the call was parked.
    func take(
        _ request: Grove_V1_TakeRequest, _ caller: Caller, _ state: inout BrokerState
    ) throws -> (Grove_V1_TakeResponse, AttemptKey)? {
        let worker = try worker(caller)
        let free = request.free.filter { $0 == .interactive || $0 == .training }
        guard !free.isEmpty, Set(free).count == free.count else {
            throw RPCError(.invalidArgument, "free must name the kinds of slot that are free, each once")
        }
        let loaded = request.loaded.prefix(Limits.loadedModels)
        guard loaded.allSatisfy(SHA256.isHexDigest) else {
            throw RPCError(
                .invalidArgument, "loaded must name models by their SHA-256, in lower-case hexadecimal digits")
        }
        let incarnation = caller.session.incarnation
        if let lease = state.leases.granted(to: caller.key.callID, of: incarnation) {
            let response = try assignment(lease)
            _ = state.leases.renew(
                lease.attempt, heldBy: incarnation, progress: nil, until: context.leaseEnd, now: context.now.monotonic)
            return (response, lease.attempt)
        }
        try state.takes.park(
            .init(
                key: caller.key, worker: worker.name, incarnation: incarnation, free: free, loaded: Set(loaded),
                answerBy: answerTime(caller.deadline)))
        state.mayAssign = true
        return nil
    }

    /// A little before the caller would give up, so that the answer still reaches it.
    private func answerTime(_ deadline: Duration?) -> Duration {
        let now = context.now.monotonic
        let left = min(deadline.map { $0 - now } ?? context.settings.longestTake, context.settings.longestTake)
        return now + max(left - .seconds(1), left / 2)
    }

    /// What came of giving out a job.
    enum Assigned {
        case given(Grove_V1_TakeResponse, AttemptKey)
        /// There is no job in the lane.
        case nothing
        /// What is stored of the job cannot be read, so it has ended.
        case unreadable
    }

    /// Gives the oldest job of a lane to a parked call.
    func assign(
        _ take: ParkedTakes.Take, from lane: LaneTable.Lane, _ state: inout BrokerState
    ) throws -> Assigned {
        guard
            let claim = try context.batch.claim(
                lane: lane.number, worker: take.worker, incarnation: take.incarnation, nowMS: context.now.wallMS)
        else { return .nothing }
        do {
            return .given(try grant(claim, take, lane, &state), claim.attempt)
        } catch let error as RPCError {
            let job = try context.batch.finish(
                claim.attempt, .failed(JobFailure.unreadable(error)), nowMS: context.now.wallMS)
            if let job { try QueueService(context: context).settle(job, &state) }
            return .unreadable
        }
    }

    private func grant(
        _ claim: Claim, _ take: ParkedTakes.Take, _ lane: LaneTable.Lane, _ state: inout BrokerState
    ) throws -> Grove_V1_TakeResponse {
        let response = try response(
            claim.attempt, slot: lane.key.slot, spec: claim.spec, checkpoint: claim.checkpoint)
        let limits = RunLimits(
            try Grove_V1_Terms(stored: claim.terms), ranMS: claim.ranMS, startedMS: context.now.wallMS,
            context.settings, now: context.now)
        state.leases.grant(
            claim, lane.key, to: take, limits: limits, until: context.leaseEnd, now: context.now.monotonic)
        state.queue.turns.serve(lane.key.user, slot: lane.key.slot)
        state.streams.touch(claim.attempt.jobID)
        return response
    }

    private func assignment(_ lease: LeaseTable.Lease) throws -> Grove_V1_TakeResponse {
        let id = lease.attempt.jobID
        return try response(
            lease.attempt, slot: lease.lane.slot, spec: context.batch.spec(id) ?? [],
            checkpoint: context.batch.checkpoint(of: id))
    }

    private func response(
        _ attempt: AttemptKey, slot: Int, spec: [UInt8], checkpoint: FileRecord?
    ) throws -> Grove_V1_TakeResponse {
        var response = Grove_V1_TakeResponse()
        response.assignment.attempt = attempt.message
        response.assignment.spec = try decode(
            Grove_V1_JobSpec.self, from: spec, what: "the stored job \(attempt.jobID)")
        response.assignment.slot = Grove_V1_SlotKind(rawValue: slot) ?? .unspecified
        response.assignment.leaseMs = UInt32(clamping: context.settings.lease.milliseconds)
        if let checkpoint { response.assignment.checkpoint = checkpoint.message }
        return response
    }

    func heartbeat(
        _ request: Grove_V1_HeartbeatRequest, _ caller: Caller, _ state: inout BrokerState
    ) throws -> Grove_V1_HeartbeatResponse {
        _ = try worker(caller)
        guard request.attempts.count <= Limits.attemptsPerHeartbeat else {
            throw RPCError(
                .invalidArgument, "a heartbeat names at most \(Limits.attemptsPerHeartbeat) attempts; send several")
        }
        var response = Grove_V1_HeartbeatResponse()
        for report in request.attempts {
            let progress = report.hasProgress ? report.progress.bounded : nil
            let lease = state.leases.renew(
                AttemptKey(report.attempt), heldBy: caller.session.incarnation, progress: progress,
                until: context.leaseEnd, now: context.now.monotonic)
            guard let lease, !lease.isCancelRequested else {
                response.stop.append(report.attempt)
                continue
            }
            if progress != nil { state.streams.touch(lease.attempt.jobID) }
            let isClosed = lease.limits.isOutsideWindow(at: context.now.wallMS, context.settings.localTime)
            if isClosed || state.queue.gates[lease.worker] == .draining { response.yield.append(report.attempt) }
        }
        return response
    }

    func log(
        _ request: Grove_V1_LogRequest, _ caller: Caller, _ state: inout BrokerState
    ) throws -> Grove_V1_LogResponse {
        _ = try worker(caller)
        guard request.lines.count <= Limits.logLinesPerCall,
            request.lines.allSatisfy({ $0.utf8.count <= Limits.logLineBytes })
        else {
            throw RPCError(
                .invalidArgument,
                "at most \(Limits.logLinesPerCall) lines of at most \(Limits.logLineBytes) bytes; send several calls")
        }
        let attempt = AttemptKey(request.attempt)
        try requireHolder(of: attempt, caller.session.incarnation, state)
        // What is left of a full disk is for the ends of jobs.
        try context.requireRoom()
        try context.batch.appendLog(
            attempt.jobID, request.lines.map(\.printable), keeping: Limits.logLinesPerJob, nowMS: context.now.wallMS)
        state.streams.touch(attempt.jobID)
        return Grove_V1_LogResponse()
    }

    func checkpoint(
        _ request: Grove_V1_CheckpointRequest, _ caller: Caller, _ state: inout BrokerState
    ) throws -> Grove_V1_CheckpointResponse {
        _ = try worker(caller)
        let attempt = AttemptKey(request.attempt)
        try requireHolder(of: attempt, caller.session.incarnation, state)
        guard request.hasCheckpoint || !request.files.isEmpty else {
            throw RPCError(.invalidArgument, "the call names neither a checkpoint nor files; name what is to be kept")
        }
        if request.hasCheckpoint { try requireBlob(request.checkpoint, field: "checkpoint") }
        try requireResults(request.files, of: attempt, field: "files")
        guard
            try context.batch.saveCheckpoint(
                attempt, request.hasCheckpoint ? FileRecord(request.checkpoint) : nil, isBest: request.best,
                results: request.files.map { FileRecord($0) })
        else { throw Self.stale(attempt) }
        if !request.files.isEmpty { state.streams.touch(attempt.jobID) }
        return Grove_V1_CheckpointResponse()
    }

    // MARK: Checks

    func worker(_ caller: Caller) throws(RPCError) -> Grove_V1_WorkerDescription {
        guard let worker = caller.session.worker else {
            throw RPCError(
                .permissionDenied, "only workers may call grove.v1.Work; say HELLO with ROLE_WORKER and a description")
        }
        return worker
    }

    /// That the attempt counts, and is this start of a worker's: its number stands in every list of jobs.
    func requireHolder(of attempt: AttemptKey, _ incarnation: [UInt8], _ state: BrokerState) throws(RPCError) {
        guard state.leases[attempt, heldBy: incarnation] != nil else { throw Self.stale(attempt) }
    }

    static func stale(_ attempt: AttemptKey) -> RPCError {
        RPCError(
            .aborted,
            "attempt \(attempt.number) of job \(attempt.jobID.excerpt) does not have the job, or is another worker's; drop it"
        )
    }

    func requireBlob(_ file: Grove_V1_FileRef, field: String) throws {
        try JobValidation.check(file, field: field)
        guard let size = try context.batch.blobSize(file.sha256), UInt64(clamping: size) == file.size else {
            throw RPCError(
                .failedPrecondition,
                "the blob of \(field) (\(file.name), \(file.sha256.prefix(12))…) is not here with \(file.size) bytes; "
                    + "put it first")
        }
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }

    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
