internal import GRDB

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

    /// Jobs that have files or inputs, oldest first, in whatever state.
    /// - Parameter after: the number of the job where the step before left off; 0 to begin.
    package func jobsWithFiles(after: Int64, limit: Int) throws -> [JobRecord] {
        try rows(
            """
            SELECT * FROM job WHERE number IN (
                SELECT job FROM (SELECT DISTINCT job FROM file WHERE job > ?1 ORDER BY job LIMIT ?2)
                UNION SELECT job FROM (SELECT DISTINCT job FROM input WHERE job > ?1 ORDER BY job LIMIT ?2)
            ) ORDER BY number LIMIT ?2
            """, [after, limit]
        ).map(JobRecord.init)
    }

    /// Lets a job need its inputs no more; the blobs go when nothing else names them.
    package func releaseInputs(of job: JobRecord) throws {
        try run("DELETE FROM input WHERE job = ?", [job.number])
    }

    /// Lets a job have no results and no checkpoints any more, and remembers when that was.
    package func removeResults(of job: JobRecord, nowMS: Int64) throws {
        try run("DELETE FROM file WHERE job = ?", [job.number])
        guard database.changesCount > 0 else { return }
        try run("INSERT OR IGNORE INTO expired (job, time_ms) VALUES (?, ?)", [job.number, nowMS])
    }

    /// When the results of a job were removed, in milliseconds since 1970; `nil` when they were not.
    package func resultsRemoved(of job: JobRecord) throws -> Int64? {
        try row("SELECT time_ms FROM expired WHERE job = ?", [job.number])?["time_ms"]
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
