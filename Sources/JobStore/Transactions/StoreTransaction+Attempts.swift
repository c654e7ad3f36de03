/// The fence: every report names its attempt, and one that is not the holder of the lease changes nothing.
extension StoreTransaction {
    /// Gives the oldest job of a lane to a worker.
    /// - Returns: `nil` when none waits in it.
    package func claim(lane: Int64, worker: String, incarnation: [UInt8], nowMS: Int64) throws -> Claim? {
        guard let head = try head(of: lane),
            let next = try row(
                """
                SELECT job.id, job.attempts, job.terms, job.ran_ms, spec.bytes FROM job
                JOIN spec ON spec.job = job.number WHERE job.number = ?
                """, [head.job])
        else { return nil }
        let attempt = AttemptKey(jobID: next["id"], number: next["attempts"] &+ 1)
        try dequeue(number: head.job, lane: lane)
        journal.changes.waiting -= 1
        let claim = Claim(
            attempt: attempt, spec: next.bytes("bytes"), terms: next.bytes("terms"), ranMS: next["ran_ms"],
            checkpoint: try checkpoint(of: attempt.jobID))
        // Only a job with terms, or one that failed before, can have one.
        if !claim.terms.isEmpty || attempt.number > 1 { try setTimer(number: head.job, at: nil) }
        try run("INSERT INTO lease (job, attempt) VALUES (?, ?)", [head.job, attempt.number])
        try run(
            "INSERT INTO attempt (job, number, worker, incarnation, started_ms) VALUES (?, ?, ?, ?, ?)",
            [head.job, attempt.number, worker, incarnation, nowMS])
        try run(
            """
            UPDATE job SET state = ?, attempts = ?, worker = ?,
            started_ms = CASE started_ms WHEN 0 THEN ? ELSE started_ms END WHERE number = ?
            """, [JobState.running.rawValue, attempt.number, worker, nowMS, head.job])
        return claim
    }

    /// Who holds the job now.
    package func lease(of id: String) throws -> LeaseRecord? {
        try row(Self.leases + " WHERE job.id = ?", [id]).map(LeaseRecord.init)
    }

    package func leases() throws -> [LeaseRecord] {
        try rows(Self.leases).map(LeaseRecord.init)
    }

    private static let leases = """
        SELECT job.id, lease.attempt, job.worker, job.cancel_requested, job.terms, job.ran_ms, attempt.started_ms, attempt.incarnation,
        lane.slot, lane.priority, lane.user, lane.kind, lane.model, lane.model_name, lane.array, lane.array_limit, lane.alone
        FROM lease JOIN job ON job.number = lease.job JOIN lane ON lane.number = job.lane
        JOIN attempt ON attempt.job = lease.job AND attempt.number = lease.attempt
        """

    /// Whether the attempt holds its job.
    package func isCurrent(_ attempt: AttemptKey) throws -> Bool {
        try lease(of: attempt.jobID)?.attempt == attempt
    }

    /// Ends an attempt without an outcome: the job is WAITING again, and whoever decides puts it into its lane, or ends it.
    /// - Returns: the job afterwards; `nil` when the attempt does not hold it.
    package func release(_ attempt: AttemptKey, because reason: ReleaseReason, nowMS: Int64) throws -> JobRecord? {
        guard try isCurrent(attempt) else { return nil }
        try endAttempt(attempt, ending: reason.rawValue, nowMS: nowMS)
        journal.changes.waiting += 1
        try run(
            "UPDATE job SET state = ?, interruptions = interruptions + ?, losses = losses + ? WHERE id = ?",
            [
                JobState.waiting.rawValue, reason == .undelivered ? 0 : 1,
                reason == .lost || reason == .stalled ? 1 : 0, attempt.jobID,
            ])
        return try job(attempt.jobID)
    }

    /// Ends an attempt that failed although the next one may not: the job is WAITING again.
    /// - Parameter retryMS: when the next attempt may begin.
    /// - Returns: the job afterwards; `nil` when the attempt does not hold it.
    package func retry(_ attempt: AttemptKey, retryMS: Int64, nowMS: Int64) throws -> JobRecord? {
        guard try isCurrent(attempt) else { return nil }
        try endAttempt(attempt, ending: "failed", nowMS: nowMS)
        journal.changes.waiting += 1
        try run(
            "UPDATE job SET state = ?, failures = failures + 1, retry_ms = ? WHERE id = ?",
            [JobState.waiting.rawValue, retryMS, attempt.jobID])
        return try job(attempt.jobID)
    }

    /// Ends an attempt and its job.
    /// - Returns: the job afterwards; `nil` when the attempt does not hold it.
    package func finish(_ attempt: AttemptKey, _ outcome: Outcome, nowMS: Int64) throws -> JobRecord? {
        guard try isCurrent(attempt) else { return nil }
        switch outcome {
        case .succeeded(let results):
            try endAttempt(attempt, ending: "succeeded", nowMS: nowMS)
            try addResults(results, of: attempt.jobID)
            try end(attempt.jobID, .succeeded, nil, nowMS: nowMS)
        case .failed(let failure):
            try endAttempt(attempt, ending: "failed", nowMS: nowMS)
            try end(attempt.jobID, .failed, failure, nowMS: nowMS)
        case .cancelled(let failure):
            try endAttempt(attempt, ending: "cancelled", nowMS: nowMS)
            try end(attempt.jobID, .cancelled, failure, nowMS: nowMS)
        }
        return try job(attempt.jobID)
    }

    /// How an attempt came out, if it has ended and was this start of a worker's.
    package func ending(of attempt: AttemptKey, heldBy incarnation: [UInt8]) throws -> String? {
        let ending: String? = try row(
            """
            SELECT ending FROM attempt
            WHERE job = (SELECT number FROM job WHERE id = ?) AND number = ? AND incarnation = ?
            """, [attempt.jobID, attempt.number, incarnation])?["ending"]
        return ending == "" ? nil : ending
    }

    private func endAttempt(_ attempt: AttemptKey, ending: String, nowMS: Int64) throws {
        try run("DELETE FROM lease WHERE job = (SELECT number FROM job WHERE id = ?)", [attempt.jobID])
        try run(
            """
            UPDATE attempt SET ended_ms = ?, ending = ? WHERE number = ?
            AND job = (SELECT number FROM job WHERE id = ?)
            """, [nowMS, ending, attempt.number, attempt.jobID])
        try run(
            """
            UPDATE job SET ran_ms = ran_ms + max(0, ?1 - (
                SELECT started_ms FROM attempt WHERE attempt.job = job.number AND attempt.number = ?2
            )) WHERE id = ?3
            """, [nowMS, attempt.number, attempt.jobID])
    }
}

extension LeaseRecord {
    init(_ row: Row) {
        self.init(
            attempt: AttemptKey(jobID: row["id"], number: row["attempt"]), lane: LaneKey(row), worker: row["worker"],
            incarnation: row.bytes("incarnation"), isCancelRequested: row["cancel_requested"],
            startedMS: row["started_ms"], ranMS: row["ran_ms"],
            terms: row.bytes("terms"))
    }
}
