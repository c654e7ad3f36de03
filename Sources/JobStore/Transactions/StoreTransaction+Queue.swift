internal import GRDB

/// The hot tables: `queue`, in lanes, and `timer`.
extension StoreTransaction {
    /// Makes a waiting job one that may run, as the one of its age in its lane.
    package func enqueue(_ job: JobRecord, lane key: LaneKey, readyMS: Int64) throws {
        let lane = try laneNumber(key)
        try run("INSERT OR IGNORE INTO queue (lane, job, ready_ms) VALUES (?, ?, ?)", [lane, job.number, readyMS])
        guard database.changesCount > 0 else { return }
        if job.lane != lane { try run("UPDATE job SET lane = ? WHERE number = ?", [lane, job.number]) }
        journal.queued(lane)
    }

    /// Makes it one that may not, whatever its state.
    package func dequeue(_ job: JobRecord) throws {
        try dequeue(number: job.number, lane: job.lane)
    }

    func dequeue(number: Int64, lane: Int64) throws {
        try run("DELETE FROM queue WHERE lane = ? AND job = ?", [lane, number])
        if database.changesCount > 0 { journal.dequeued(lane) }
    }

    func laneNumber(_ key: LaneKey) throws -> Int64 {
        if let known = laneNumbers[key] { return known }
        let number = try storedLaneNumber(key)
        laneNumbers.remember(key, number)
        return number
    }

    private func storedLaneNumber(_ key: LaneKey) throws -> Int64 {
        let values: [(any Bindable)?] = [
            key.slot, key.priority, key.user, key.kind, key.model, key.modelName, key.array, key.isAlone ? 1 : 0,
            key.arrayLimit,
        ]
        let found = try row(
            """
            SELECT number FROM lane WHERE slot = ? AND priority = ? AND user = ? AND kind = ? AND model = ?
            AND model_name = ? AND array = ? AND alone = ? AND array_limit = ?
            """, values)
        if let found { return found["number"] }
        try run(
            """
            INSERT INTO lane (slot, priority, user, kind, model, model_name, array, alone, array_limit)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, values)
        return database.lastInsertedRowID
    }

    /// All lanes in which jobs wait. Walks the queue: for the start of a broker.
    package func lanes() throws -> [LaneRecord] {
        try rows("SELECT lane AS number, count(*) AS n FROM queue GROUP BY lane").map { counted in
            let number: Int64 = counted["number"]
            return LaneRecord(
                number: number, key: try laneKey(number), waiting: counted["n"], head: try head(of: number))
        }
    }

    package func laneKey(_ number: Int64) throws -> LaneKey {
        guard let row = try row("SELECT * FROM lane WHERE number = ?", [number]) else {
            throw StoreError(
                kind: .corrupt, message: "the job database has no lane \(number), but jobs in it; restore a backup")
        }
        return LaneKey(row)
    }

    package func head(of lane: Int64) throws -> LaneHead? {
        try row("SELECT job, ready_ms FROM queue WHERE lane = ? ORDER BY job LIMIT 1", [lane])
            .map { LaneHead(job: $0["job"], readyMS: $0["ready_ms"]) }
    }

    /// How many jobs of the lane are older than `job`, counted up to `limit`.
    package func waiting(in lane: Int64, before job: Int64, limit: Int) throws -> Int {
        try row(
            "SELECT count(*) AS n FROM (SELECT 1 FROM queue WHERE lane = ? AND job < ? LIMIT ?)", [lane, job, limit])?[
                "n"] ?? 0
    }

    /// What the batch has changed since this was last asked.
    package func takeQueueChanges() -> QueueChanges {
        defer { journal.changes = QueueChanges() }
        return journal.changes
    }
}

// MARK: Timers

extension StoreTransaction {
    /// When to look at a waiting job again; `nil` for never.
    package func setTimer(_ job: JobRecord, at time: Int64?) throws {
        try setTimer(number: job.number, at: time)
    }

    func setTimer(number: Int64, at time: Int64?) throws {
        if let time {
            try run("INSERT OR REPLACE INTO timer (job, at_ms) VALUES (?, ?)", [number, time])
        } else {
            try run("DELETE FROM timer WHERE job = ?", [number])
        }
        if database.changesCount > 0 { journal.changes.timers = true }
    }

    /// Has every waiting job that time concerns looked at again.
    package func makeTimersDue(nowMS: Int64) throws {
        try run("UPDATE timer SET at_ms = ?1 WHERE at_ms > ?1", [nowMS])
        if database.changesCount > 0 { journal.changes.timers = true }
    }

    /// Jobs whose time has come, the most overdue first.
    package func dueTimers(nowMS: Int64, limit: Int) throws -> [JobRecord] {
        try rows(
            "SELECT job.* FROM timer JOIN job ON job.number = timer.job WHERE at_ms <= ? ORDER BY at_ms LIMIT ?",
            [nowMS, limit]
        ).map(JobRecord.init)
    }

    package func nextTimer() throws -> Int64? {
        try row("SELECT at_ms FROM timer ORDER BY at_ms LIMIT 1")?["at_ms"]
    }
}

extension LaneKey {
    init(_ row: Row) {
        self.init(
            slot: row["slot"], priority: row["priority"], user: row["user"], kind: row["kind"], model: row["model"],
            modelName: row["model_name"], array: row["array"], arrayLimit: row["array_limit"], isAlone: row["alone"])
    }
}
