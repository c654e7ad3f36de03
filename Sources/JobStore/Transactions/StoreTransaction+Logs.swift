extension StoreTransaction {
    /// Appends lines to a job's log and drops the oldest beyond `keeping`.
    package func appendLog(_ id: String, _ lines: [String], keeping: Int, nowMS: Int64) throws {
        guard !lines.isEmpty, let number: Int64 = try row("SELECT number FROM job WHERE id = ?", [id])?["number"] else {
            return
        }
        let first: Int = try row("SELECT coalesce(max(number) + 1, 0) AS n FROM log WHERE job = ?", [number])?["n"] ?? 0
        for (index, line) in lines.enumerated() {
            try run(
                "INSERT INTO log (job, number, time_ms, text) VALUES (?, ?, ?, ?)",
                [number, first &+ index, nowMS, line])
        }
        let oldest = first &+ lines.count - keeping
        if oldest > 0 { try run("DELETE FROM log WHERE job = ? AND number < ?", [number, oldest]) }
    }

    /// Lines from number `from` on. When lines before the first one kept were asked for, that first one is preceded by a
    /// line, under the number before it, that says how many are gone.
    package func log(_ id: String, from: Int, limit: Int) throws -> [LogRecord] {
        let lines = try rows(
            """
            SELECT number, time_ms, text FROM log WHERE job = (SELECT number FROM job WHERE id = ?) AND number >= ?
            ORDER BY number LIMIT ?
            """, [id, from, limit]
        ).map { LogRecord(number: $0["number"], timeMS: $0["time_ms"], text: $0["text"]) }
        guard let first = lines.first, first.number > from else { return lines }
        let mark = LogRecord(
            number: first.number - 1, timeMS: first.timeMS,
            text: "(\(first.number - from) earlier lines were dropped; a job keeps its newest lines only)")
        return [mark] + lines.prefix(max(limit - 1, 0))
    }

    /// The newest lines, in their order.
    package func lastLog(_ id: String, limit: Int) throws -> [LogRecord] {
        try rows(
            """
            SELECT number, time_ms, text FROM log WHERE job = (SELECT number FROM job WHERE id = ?)
            ORDER BY number DESC LIMIT ?
            """, [id, limit]
        ).reversed().map { LogRecord(number: $0["number"], timeMS: $0["time_ms"], text: $0["text"]) }
    }
}
