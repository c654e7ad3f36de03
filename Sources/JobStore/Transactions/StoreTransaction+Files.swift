/// The files of a job: what it left behind, and its checkpoints.
extension StoreTransaction {
    /// In the order in which they came.
    package func results(of id: String) throws -> [FileRecord] {
        try files(of: id, role: .result).map(\.file)
    }

    /// Adds results; one of the same name takes the place of an earlier one.
    func addResults(_ results: [FileRecord], of id: String) throws {
        let known = try files(of: id, role: .result)
        var next = (known.map(\.position).max() ?? -1) + 1
        var places = Dictionary(known.map { ($0.file.name, $0.position) }) { first, _ in first }
        for file in results {
            let place = places[file.name] ?? next
            if place == next { next += 1 }
            places[file.name] = place
            try put(file, of: id, role: .result, position: place)
        }
    }

    /// Remembers where a later attempt can go on, and what the job can show so far. After a checkpoint, deaths of workers
    /// before it do not count any more.
    ///
    /// - Parameters:
    ///   - checkpoint: nil where there are results only.
    ///   - isBest: keep it until there is a better one, beside the newest two.
    /// - Returns: whether the attempt holds its job; if not, nothing was changed.
    package func saveCheckpoint(
        _ attempt: AttemptKey, _ checkpoint: FileRecord?, isBest: Bool = false, results: [FileRecord] = []
    ) throws -> Bool {
        guard try isCurrent(attempt) else { return false }
        if let checkpoint {
            try keep(checkpoint, of: attempt.jobID, isBest: isBest)
            // Whatever its workers died of before, it got further.
            try run("UPDATE job SET losses = 0 WHERE id = ? AND losses > 0", [attempt.jobID])
        }
        try addResults(results, of: attempt.jobID)
        return true
    }

    /// Gives a job the checkpoint that its first attempt goes on from.
    package func plantCheckpoint(_ checkpoint: FileRecord, in id: String) throws {
        try keep(checkpoint, of: id, isBest: false)
    }

    /// The checkpoint that the next attempt goes on from.
    package func checkpoint(of id: String) throws -> FileRecord? {
        try checkpoints(of: id).newest
    }

    package func checkpoints(of id: String) throws -> CheckpointRecords {
        let kept = Dictionary(try files(of: id, role: .checkpoint).map { ($0.position, $0.file) }) { first, _ in first }
        return CheckpointRecords(
            newest: kept[CheckpointPlace.newest.rawValue], previous: kept[CheckpointPlace.previous.rawValue],
            best: kept[CheckpointPlace.best.rawValue])
    }

    private func keep(_ checkpoint: FileRecord, of id: String, isBest: Bool) throws {
        // A worker that lost the answer says it again.
        if let newest = try self.checkpoint(of: id), newest.sha256 != checkpoint.sha256 {
            try put(newest, of: id, role: .checkpoint, position: CheckpointPlace.previous.rawValue)
        }
        try put(checkpoint, of: id, role: .checkpoint, position: CheckpointPlace.newest.rawValue)
        if isBest { try put(checkpoint, of: id, role: .checkpoint, position: CheckpointPlace.best.rawValue) }
    }

    private func files(of id: String, role: FileRole) throws -> [(position: Int, file: FileRecord)] {
        try rows(
            "SELECT * FROM file WHERE job = (SELECT number FROM job WHERE id = ?) AND role = ? ORDER BY position",
            [id, role.rawValue]
        ).map { row in
            let file = FileRecord(
                name: row["name"], sha256: row["sha256"], size: row["size"], mediaType: row["media_type"])
            return (row["position"], file)
        }
    }

    private func put(_ file: FileRecord, of id: String, role: FileRole, position: Int) throws {
        try run(
            """
            INSERT OR REPLACE INTO file (job, role, position, name, sha256, size, media_type)
            SELECT number, ?, ?, ?, ?, ?, ? FROM job WHERE id = ?
            """, [role.rawValue, position, file.name, file.sha256, file.size, file.mediaType, id])
    }
}

/// The raw values are in the database.
private enum FileRole: String {
    case result
    case checkpoint
}

/// The raw values are positions in the database; 0 is what the first release had.
private enum CheckpointPlace: Int {
    case newest = 0
    case previous = 1
    case best = 2
}
