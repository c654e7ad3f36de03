internal import GRDB

extension StoreTransaction {
    /// Keeps a job, in the state WAITING and not in the queue.
    /// - Parameter idempotency: the submitter's key and the digest of its request.
    /// - Throws: `StoreError` of kind `.constraint` when the id or the key is taken.
    @discardableResult
    package func insert(
        _ job: NewJob, idempotency: (key: String, digest: [UInt8])? = nil, nowMS: Int64
    ) throws -> JobRecord {
        let lane = try job.lane.map { try laneNumber($0) } ?? 0
        try run(
            """
            INSERT INTO job (
                id, kind, slot, state, priority, user, submitted_ms, terms, array, array_index, array_limit, lane,
                retry_of
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, coalesce((SELECT number FROM job WHERE id = ?), 0))
            """,
            [
                job.id, job.kind, job.slot, JobState.waiting.rawValue, job.priority, job.user, nowMS, job.terms,
                job.arrayPlace?.array ?? 0, job.arrayPlace?.index ?? 0, job.arrayLimit, lane, job.retryOf,
            ])
        let number = database.lastInsertedRowID
        journal.changes.waiting += 1
        try run("INSERT INTO spec (job, bytes) VALUES (?, ?)", [number, job.spec])
        if !job.parents.isEmpty { try insertParents(job.parents, of: number) }
        if let idempotency {
            try run(
                "INSERT INTO idempotency (key, digest, job) VALUES (?, ?, ?)",
                [idempotency.key, idempotency.digest, number])
        }
        // Of a plain job all is known.
        if job.parents.isEmpty, job.retryOf.isEmpty { return JobRecord(job, number: number, lane: lane, nowMS: nowMS) }
        guard let record = try self.job(job.id) else { preconditionFailure("a job that was inserted is there") }
        return record
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
    ///   - array: only the jobs of the array that this job stands for; `nil` leaves the jobs of arrays out.
    ///   - before: only jobs older than this one, itself left out; an unknown id gives nothing.
    package func jobs(
        states: Set<JobState> = [], array: JobRecord? = nil, before: String? = nil, limit: Int
    ) throws -> [JobRecord] {
        var conditions = ["array = ?"]
        var arguments: [(any Bindable)?] = [array?.number ?? 0]
        if !states.isEmpty {
            // Numbers of our own: nothing that could be injected.
            let list = states.map { String($0.rawValue) }.sorted().joined(separator: ", ")
            conditions.append("state IN (\(list))")
        }
        if let before {
            conditions.append("number < (SELECT number FROM job WHERE id = ?)")
            arguments += [before]
        }
        let filter = conditions.joined(separator: " AND ")
        return try rows("SELECT * FROM job WHERE \(filter) ORDER BY number DESC LIMIT ?", arguments + [limit])
            .map(JobRecord.init)
    }

    /// Walks all that wait: for the start of a broker.
    package func counts() throws -> JobCounts {
        JobCounts(
            waiting: try row("SELECT count(*) AS n FROM job WHERE state = ?", [JobState.waiting.rawValue])?["n"] ?? 0,
            running: try row("SELECT count(*) AS n FROM lease")?["n"] ?? 0)
    }

    /// Ends a job that waits.
    /// - Returns: the job afterwards; one that does not wait, as it is.
    package func endWaiting(
        _ id: String, _ state: JobState, failure: FailureRecord?, nowMS: Int64
    ) throws -> JobRecord? {
        guard let job = try job(id), job.state == .waiting else { return try job(id) }
        try dequeue(job)
        try setTimer(job, at: nil)
        journal.changes.waiting -= 1
        try end(id, state, failure, nowMS: nowMS)
        return try self.job(id)
    }

    /// Cancels a waiting job at once and marks a running one to be stopped; leaves a job that has ended.
    /// - Returns: the job afterwards, or `nil` when there is none.
    package func cancel(_ id: String, failure: FailureRecord, nowMS: Int64) throws -> JobRecord? {
        guard let job = try job(id) else { return nil }
        switch job.state {
        case .waiting:
            return try endWaiting(id, .cancelled, failure: failure, nowMS: nowMS)
        case .running:
            try run("UPDATE job SET cancel_requested = 1 WHERE id = ?", [id])
        case .succeeded, .failed, .cancelled, .expired:
            return job
        }
        return try self.job(id)
    }

    /// The id of the job with this number; `nil` when it is not kept any more.
    package func id(of number: Int64) throws -> String? {
        try row("SELECT id FROM job WHERE number = ?", [number])?["id"]
    }

    /// The id that sorts last; `nil` while there are no jobs.
    package func greatestID() throws -> String? {
        try row("SELECT max(id) AS id FROM job")?["id"]
    }

    /// Lets a job that repeats another go on from where that one got to.
    package func copyCheckpoint(from earlier: JobRecord, to job: JobRecord) throws {
        try run(
            """
            INSERT INTO file (job, role, position, name, sha256, size, media_type)
            SELECT ?, role, position, name, sha256, size, media_type FROM file WHERE job = ? AND role = 'checkpoint'
            """, [job.number, earlier.number])
    }

    /// How long the newest jobs of each kind took that succeeded, in milliseconds; the newest first.
    package func recentRunTimes(limit: Int) throws -> [(kind: String, ms: Int64)] {
        try rows(
            """
            SELECT kind, max(0, finished_ms - started_ms) AS ms FROM job WHERE state = ?
            ORDER BY number DESC LIMIT ?
            """, [JobState.succeeded.rawValue, limit]
        ).map { ($0["kind"], $0["ms"]) }
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
    /// One that was just inserted, without parents.
    fileprivate init(_ job: NewJob, number: Int64, lane: Int64, nowMS: Int64) {
        self.init(
            number: number, id: job.id, kind: job.kind, slot: job.slot, state: .waiting, priority: job.priority,
            user: job.user, submittedMS: nowMS, startedMS: 0, finishedMS: 0, attempts: 0, interruptions: 0, losses: 0,
            failures: 0, retryMS: 0, ranMS: 0, parentsLeft: 0, terms: job.terms, retryOf: 0,
            arrayPlace: job.arrayPlace, arrayLeft: 0, arrayLimit: job.arrayLimit, lane: lane, worker: "",
            isCancelRequested: false, failure: nil)
    }

    init(_ row: Row) {
        let stored: Int = row["state"]
        // One that cannot be told counts as ended: nothing is done with it, and everything else goes on.
        let state = JobState(rawValue: stored) ?? .failed
        let code: Int = JobState(rawValue: stored) == nil ? Self.damagedCode : row["failure_code"]
        let message =
            JobState(rawValue: stored) == nil
            ? "the database has it in the unknown state \(stored); restore a backup if it matters"
            : row["failure_message"]
        let array: Int64 = row["array"]
        self.init(
            number: row["number"], id: row["id"], kind: row["kind"], slot: row["slot"], state: state,
            priority: row["priority"], user: row["user"], submittedMS: row["submitted_ms"],
            startedMS: row["started_ms"], finishedMS: row["finished_ms"], attempts: row["attempts"],
            interruptions: row["interruptions"], losses: row["losses"], failures: row["failures"],
            retryMS: row["retry_ms"], ranMS: row["ran_ms"], parentsLeft: row["parents_left"],
            terms: row.bytes("terms"), retryOf: row["retry_of"],
            arrayPlace: array == 0 ? nil : ArrayPlace(array: array, index: row["array_index"]),
            arrayLeft: row["array_left"], arrayLimit: row["array_limit"], lane: row["lane"], worker: row["worker"],
            isCancelRequested: row["cancel_requested"],
            failure: code == 0 ? nil : FailureRecord(code: code, message: message))
    }

    /// DATA_LOSS of the protocol.
    private static let damagedCode = 15
}
