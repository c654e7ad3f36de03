/// Which jobs come after which. The rows stay when the jobs have ended: they say whose products a child means.
extension StoreTransaction {
    /// Adds the jobs with these ids as parents; those that have succeeded already hold up nothing.
    func insertParents(_ ids: [String], of child: Int64) throws {
        for id in ids {
            try run(
                "INSERT OR IGNORE INTO dependency (child, parent) SELECT ?, number FROM job WHERE id = ?", [child, id])
        }
        try run(
            """
            UPDATE job SET parents_left = (
                SELECT count(*) FROM dependency JOIN job AS parent ON parent.number = dependency.parent
                WHERE dependency.child = ?1 AND parent.state <> ?2
            ) WHERE number = ?1
            """, [child, JobState.succeeded.rawValue])
    }

    /// The jobs that a job comes after, oldest first.
    package func parents(of job: JobRecord) throws -> [JobRecord] {
        try rows(
            """
            SELECT job.* FROM dependency JOIN job ON job.number = dependency.parent WHERE dependency.child = ?
            ORDER BY job.number
            """, [job.number]
        ).map(JobRecord.init)
    }

    /// The jobs that still wait for a job, oldest first.
    package func waitingChildren(of job: JobRecord) throws -> [JobRecord] {
        // CROSS JOIN keeps SQLite to this order: by their state it would walk all jobs that wait.
        try rows(
            """
            SELECT job.* FROM dependency CROSS JOIN job ON job.number = dependency.child
            WHERE dependency.parent = ? AND job.state = ? ORDER BY job.number
            """, [job.number, JobState.waiting.rawValue]
        ).map(JobRecord.init)
    }

    /// One parent of the child has succeeded.
    /// - Returns: the child afterwards.
    package func parentSucceeded(of child: JobRecord) throws -> JobRecord? {
        try run("UPDATE job SET parents_left = max(0, parents_left - 1) WHERE number = ?", [child.number])
        return try job(child.id)
    }

    /// These jobs, their parents, the parents of those and so on, until there are `limit` of them; oldest first.
    package func ancestors(of ids: [String], limit: Int) throws -> [JobRecord] {
        var found: [Int64: JobRecord] = [:]
        var next = try ids.compactMap { try job($0) }
        while !next.isEmpty, found.count < limit {
            for job in next { found[job.number] = job }
            next = try next.flatMap { try parents(of: $0) }.filter { found[$0.number] == nil }
        }
        return found.values.sorted { $0.number < $1.number }
    }

    /// Replaces what a job is to do, once its names are known to mean something.
    package func setSpec(_ job: JobRecord, _ spec: [UInt8]) throws {
        try run("UPDATE spec SET bytes = ? WHERE job = ?", [spec, job.number])
    }
}
