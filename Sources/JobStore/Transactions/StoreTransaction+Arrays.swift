internal import GRDB

/// Jobs that stand for others.
extension StoreTransaction {
    /// Says of how many jobs the array consists.
    package func beginArray(_ array: JobRecord, jobs: Int) throws {
        try run("UPDATE job SET array_left = ? WHERE number = ?", [jobs, array.number])
    }

    /// The job with this number.
    package func job(number: Int64) throws -> JobRecord? {
        try row("SELECT * FROM job WHERE number = ?", [number]).map(JobRecord.init)
    }

    /// One job of the array has ended.
    /// - Returns: the job that stands for it, afterwards.
    package func arrayJobEnded(_ array: Int64) throws -> JobRecord? {
        try run("UPDATE job SET array_left = max(0, array_left - 1) WHERE number = ?", [array])
        return try job(number: array)
    }

    /// Remembers that all jobs of the array are to end.
    package func cancelArray(_ array: JobRecord) throws {
        try run("UPDATE job SET cancel_requested = 1 WHERE number = ?", [array.number])
    }

    /// The jobs of an array in the order of their indices.
    package func jobs(of array: JobRecord) throws -> [JobRecord] {
        try rows("SELECT * FROM job WHERE array = ? AND array <> 0 ORDER BY number", [array.number]).map(JobRecord.init)
    }

    /// How many jobs of an array are in which state.
    package func states(of array: JobRecord) throws -> [JobState: Int] {
        try rows(
            "SELECT state, count(*) AS n FROM job WHERE array = ? AND array <> 0 GROUP BY state", [array.number]
        ).reduce(into: [:]) { counts, row in
            guard let state = JobState(rawValue: row["state"]) else { return }
            counts[state] = row["n"]
        }
    }
}
