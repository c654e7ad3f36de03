/// The fence: every report names its attempt, and one that is not the holder of the lease changes nothing.
extension StoreTransaction {
    /// Gives the first waiting job for `slot` to a worker: higher priority first, then older.
    /// - Returns: `nil` when none waits.
    package func claim(slot: Int, worker: String, incarnation: [UInt8], nowMS: Int64) throws -> Claim? {
        guard
            let next = try row(
                """
                SELECT job.number, job.id, job.attempts, spec.bytes FROM queue
                JOIN job ON job.number = queue.job JOIN spec ON spec.job = queue.job
                WHERE queue.slot = ? ORDER BY queue.priority DESC, queue.job LIMIT 1
                """, [slot])
        else { return nil }
        let number: Int64 = next["number"]
        let attempt = AttemptKey(jobID: next["id"], number: next["attempts"] + 1)
        try run("DELETE FROM queue WHERE job = ?", [number])
        try run("INSERT INTO lease (job, attempt) VALUES (?, ?)", [number, attempt.number])
        try run(
            "INSERT INTO attempt (job, number, worker, incarnation, started_ms) VALUES (?, ?, ?, ?, ?)",
            [number, attempt.number, worker, incarnation, nowMS])
        try run(
            """
            UPDATE job SET state = ?, attempts = ?, worker = ?,
            started_ms = CASE started_ms WHEN 0 THEN ? ELSE started_ms END WHERE number = ?
            """, [JobState.running.rawValue, attempt.number, worker, nowMS, number])
        return Claim(
            attempt: attempt, slot: slot, spec: next.bytes("bytes"), checkpoint: try checkpoint(of: attempt.jobID))
    }

    /// Who holds the job now.
    package func lease(of id: String) throws -> LeaseRecord? {
        try row(Self.leases + " WHERE job.id = ?", [id]).map(LeaseRecord.init)
    }

    package func leases() throws -> [LeaseRecord] {
        try rows(Self.leases).map(LeaseRecord.init)
    }

    private static let leases = """
        SELECT job.id, lease.attempt, job.slot, job.worker, job.cancel_requested
        FROM lease JOIN job ON job.number = lease.job
        """

    /// Whether the attempt holds its job.
    package func isCurrent(_ attempt: AttemptKey) throws -> Bool {
        try lease(of: attempt.jobID)?.attempt == attempt
    }

    /// Ends an attempt without an outcome: the job waits again, at its old place. A job that was to be cancelled is
    /// cancelled, and one that was lost `maximumLosses` times fails.
    /// - Returns: the job afterwards; `nil` when the attempt does not hold it.
    package func release(
        _ attempt: AttemptKey, because reason: ReleaseReason, maximumLosses: Int, lossFailure: FailureRecord,
        cancelFailure: FailureRecord, nowMS: Int64
    ) throws -> JobRecord? {
        guard try isCurrent(attempt), let job = try job(attempt.jobID) else { return nil }
        try endAttempt(attempt, ending: reason.rawValue, nowMS: nowMS)
        let losses = job.losses + (reason == .lost ? 1 : 0)
        try run(
            "UPDATE job SET interruptions = ?, losses = ? WHERE id = ?",
            [job.interruptions + (reason == .undelivered ? 0 : 1), losses, job.id])
        if job.isCancelRequested {
            try end(job.id, .cancelled, cancelFailure, nowMS: nowMS)
        } else if losses >= maximumLosses {
            try end(job.id, .failed, lossFailure, nowMS: nowMS)
        } else {
            try run("UPDATE job SET state = ? WHERE id = ?", [JobState.waiting.rawValue, job.id])
            try run(
                "INSERT INTO queue (job, slot, priority) SELECT number, slot, priority FROM job WHERE id = ?", [job.id])
        }
        return try self.job(job.id)
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

    /// How an attempt came out, by its number, if it has ended.
    package func ending(of attempt: AttemptKey) throws -> String? {
        let ending: String? = try row(
            "SELECT ending FROM attempt WHERE job = (SELECT number FROM job WHERE id = ?) AND number = ?",
            [attempt.jobID, attempt.number])?["ending"]
        return ending == "" ? nil : ending
    }

    private func endAttempt(_ attempt: AttemptKey, ending: String, nowMS: Int64) throws {
        try run("DELETE FROM lease WHERE job = (SELECT number FROM job WHERE id = ?)", [attempt.jobID])
        try run(
            """
            UPDATE attempt SET ended_ms = ?, ending = ? WHERE number = ?
            AND job = (SELECT number FROM job WHERE id = ?)
            """, [nowMS, ending, attempt.number, attempt.jobID])
    }
}

extension LeaseRecord {
    init(_ row: Row) {
        self.init(
            attempt: AttemptKey(jobID: row["id"], number: row["attempt"]), slot: row["slot"], worker: row["worker"],
            isCancelRequested: row["cancel_requested"])
    }
}
