/// What is removed, in steps small enough to come between two requests.
extension StoreTransaction {
    /// Remembers that a job needs these blobs.
    package func insertInputs(_ hashes: Set<String>, of id: String) throws {
        for sha256 in hashes {
            try run("INSERT INTO input (job, sha256) SELECT number, ? FROM job WHERE id = ?", [sha256, id])
        }
    }

    /// Lets a job that repeats another need the same blobs.
    package func copyInputs(from earlier: JobRecord, to job: JobRecord) throws {
        try run(
            "INSERT INTO input (job, sha256) SELECT ?, sha256 FROM input WHERE job = ?", [job.number, earlier.number])
    }

    /// Keeps the results of a job for good.
    package func keepResults(of id: String) throws {
        try run("INSERT OR IGNORE INTO kept (job) SELECT number FROM job WHERE id = ?", [id])
    }

    package func keepsResults(of id: String) throws -> Bool {
        try row("SELECT 1 FROM kept WHERE job = (SELECT number FROM job WHERE id = ?)", [id]) != nil
    }

    /// When the results of a job were removed, in milliseconds since 1970; `nil` when they were not.
    package func resultsExpired(of id: String) throws -> Int64? {
        try row("SELECT time_ms FROM expired WHERE job = (SELECT number FROM job WHERE id = ?)", [id])?["time_ms"]
    }

    /// Lets go of what ended jobs need no more: inputs of those that succeeded, and all files of those that ended before
    /// an instant.
    /// The blobs go when nothing else names them.
    /// - Parameters:
    ///   - after: the number of the job where the step before left off; 0 to begin.
    ///   - resultsBeforeMS: 0 keeps all results.
    /// - Returns: where the next step begins; `nil` after the last.
    package func expire(after: Int64, resultsBeforeMS: Int64, limit: Int, nowMS: Int64) throws -> Int64? {
        let numbers: [Int64] = try rows(
            """
            SELECT DISTINCT job FROM (
                SELECT job FROM (SELECT job FROM file WHERE job > ?1 ORDER BY job LIMIT ?2)
                UNION ALL SELECT job FROM (SELECT job FROM input WHERE job > ?1 ORDER BY job LIMIT ?2)
            ) ORDER BY job LIMIT ?2
            """, [after, limit]
        ).map { $0["job"] }
        for number in numbers { try expire(number, resultsBeforeMS: resultsBeforeMS, nowMS: nowMS) }
        return numbers.last
    }

    private func expire(_ number: Int64, resultsBeforeMS: Int64, nowMS: Int64) throws {
        guard let job = try row("SELECT * FROM job WHERE number = ?", [number]).map(JobRecord.init),
            job.state.isTerminal
        else { return }
        // One that did not succeed can be tried again.
        if job.state == .succeeded { try run("DELETE FROM input WHERE job = ?", [number]) }
        guard job.finishedMS < resultsBeforeMS, try !keepsResults(of: job.id) else { return }
        try run("DELETE FROM input WHERE job = ?", [number])
        guard try row("SELECT 1 FROM file WHERE job = ? LIMIT 1", [number]) != nil else { return }
        try run("DELETE FROM file WHERE job = ?", [number])
        try run("INSERT OR IGNORE INTO expired (job, time_ms) VALUES (?, ?)", [number, nowMS])
    }

    /// Forgets blobs that nothing names and that came before an instant; their files are to be removed after the commit.
    /// - Parameter after: the hash where the step before left off; empty to begin.
    /// - Returns: the blobs forgotten, and where the next step begins; `nil` after the last.
    package func forgetBlobs(
        after: String, createdBeforeMS: Int64, limit: Int
    ) throws -> (forgotten: [String], next: String?) {
        let looked = try rows(
            """
            SELECT sha256, kept = 1 OR created_ms >= ?
                OR EXISTS (SELECT 1 FROM file WHERE file.sha256 = blob.sha256)
                OR EXISTS (SELECT 1 FROM input WHERE input.sha256 = blob.sha256)
                OR EXISTS (SELECT 1 FROM artifact WHERE artifact.sha256 = blob.sha256) AS is_needed
            FROM blob WHERE sha256 > ? ORDER BY sha256 LIMIT ?
            """, [createdBeforeMS, after, limit])
        let forgotten: [String] = looked.filter { !($0["is_needed"] as Bool) }.map { $0["sha256"] }
        for sha256 in forgotten { try run("DELETE FROM blob WHERE sha256 = ?", [sha256]) }
        return (forgotten, looked.last?["sha256"])
    }

    /// The bytes of all blobs.
    package func blobBytes() throws -> Int64 {
        try row("SELECT coalesce(sum(size), 0) AS bytes FROM blob")?["bytes"] ?? 0
    }
}
