internal import GRDB

extension StoreTransaction {
    /// Keeps a job and puts it into the queue.
    /// - Parameter idempotency: the submitter's key and the digest of its request.
    /// - Throws: `StoreError` of kind `.constraint` when the id or the key is taken.
    package func insert(
        _ job: NewJob, idempotency: (key: String, digest: [UInt8])? = nil, nowMS: Int64
    ) throws {
        try run(
            "INSERT INTO job (id, kind, slot, state, priority, user, submitted_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [job.id, job.kind, job.slot, JobState.waiting.rawValue, job.priority, job.user, nowMS])
        let number = database.lastInsertedRowID
        try run("INSERT INTO spec (job, bytes) VALUES (?, ?)", [number, job.spec])
        try run("INSERT INTO queue (job, slot, priority) VALUES (?, ?, ?)", [number, job.slot, job.priority])
        if let idempotency {
            try run(
                "INSERT INTO idempotency (key, digest, job) VALUES (?, ?, ?)",
                [idempotency.key, idempotency.digest, number])
        }
    }

    /// What `key` was used for, if it was.
    package func idempotency(key: String) throws -> IdempotencyRecord? {
        try row(
            "SELECT job.id, idempotency.digest FROM idempotency JOIN job ON job.number = idempotency.job WHERE key = ?",
            [key]
        ).map { IdempotencyRecord(jobID: $0["id"], digest: $0.bytes("digest")) }
    }

    package func job(_ id: String) throws -> JobRecord? {
        try row("SELECT * FROM job WHERE id = ?", [id]).map(JobRecord.init)
    }

    package func spec(_ id: String) throws -> [UInt8]? {
        try row("SELECT bytes FROM spec WHERE job = (SELECT number FROM job WHERE id = ?)", [id])
            .map { $0.bytes("bytes") }
    }

    /// Newest first.
    /// - Parameters:
    ///   - states: empty means all.
    ///   - before: only jobs older than this one, itself left out; an unknown id gives nothing.
    package func jobs(states: Set<JobState> = [], before: String? = nil, limit: Int) throws -> [JobRecord] {
        var conditions: [String] = []
        var arguments: [(any Bindable)?] = []
        if !states.isEmpty {
            // Numbers of our own: nothing that could be injected.
            let list = states.map { String($0.rawValue) }.sorted().joined(separator: ", ")
            conditions.append("state IN (\(list))")
        }
        if let before {
            conditions.append("number < (SELECT number FROM job WHERE id = ?)")
            arguments += [before]
        }
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return try rows("SELECT * FROM job \(filter) ORDER BY number DESC LIMIT ?", arguments + [limit])
            .map(JobRecord.init)
    }

    package func counts() throws -> JobCounts {
        JobCounts(
            waiting: try row("SELECT count(*) AS n FROM queue")?["n"] ?? 0,
            running: try row("SELECT count(*) AS n FROM lease")?["n"] ?? 0)
    }

    /// How many jobs a waiting job's slot kind will take before it; 0 for one that does not wait.
    package func position(of id: String) throws -> Int {
        try row(
            """
            SELECT count(*) AS n FROM queue JOIN queue AS mine ON mine.job = (SELECT number FROM job WHERE id = ?)
            WHERE queue.slot = mine.slot
            AND (queue.priority > mine.priority OR (queue.priority = mine.priority AND queue.job < mine.job))
            """, [id])?["n"] ?? 0
    }

    /// Cancels a waiting job at once and marks a running one to be stopped; leaves a job that has ended.
    /// - Returns: the job afterwards, or `nil` when there is none.
    package func cancel(_ id: String, failure: FailureRecord, nowMS: Int64) throws -> JobRecord? {
        guard let job = try job(id) else { return nil }
        switch job.state {
        case .waiting:
            try run("DELETE FROM queue WHERE job = (SELECT number FROM job WHERE id = ?)", [id])
            try end(id, .cancelled, failure, nowMS: nowMS)
        case .running:
            try run("UPDATE job SET cancel_requested = 1 WHERE id = ?", [id])
        case .succeeded, .failed, .cancelled, .expired:
            return job
        }
        return try self.job(id)
    }

    /// Writes a terminal state.
    func end(_ id: String, _ state: JobState, _ failure: FailureRecord?, nowMS: Int64) throws {
        precondition(state.isTerminal, "a job ends in a terminal state")
        try run(
            "UPDATE job SET state = ?, finished_ms = ?, failure_code = ?, failure_message = ? WHERE id = ?",
            [state.rawValue, nowMS, failure?.code ?? 0, failure?.message ?? "", id])
    }
}

extension JobRecord {
    init(_ row: Row) throws {
        guard let state = JobState(rawValue: row["state"]) else {
            let value: Int = row["state"]
            throw StoreError(
                kind: .corrupt, message: "a job in the database has the unknown state \(value); restore a backup")
        }
        let code: Int = row["failure_code"]
        self.init(
            id: row["id"], kind: row["kind"], slot: row["slot"], state: state, priority: row["priority"],
            user: row["user"], submittedMS: row["submitted_ms"], startedMS: row["started_ms"],
            finishedMS: row["finished_ms"], attempts: row["attempts"], interruptions: row["interruptions"],
            losses: row["losses"], worker: row["worker"], isCancelRequested: row["cancel_requested"],
            failure: code == 0 ? nil : FailureRecord(code: code, message: row["failure_message"]))
    }
}
