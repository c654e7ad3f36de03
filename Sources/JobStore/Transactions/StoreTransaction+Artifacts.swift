extension StoreTransaction {
    /// Keeps an artifact under the next version of its name. Its blob must be there.
    package func insert(_ artifact: NewArtifact, jobID: String?, nowMS: Int64) throws -> ArtifactRecord {
        let newest: Int =
            try row(
                "SELECT max(version) AS n FROM artifact WHERE kind = ? AND name = ?", [artifact.kind, artifact.name])?[
                "n"]
            ?? 0
        try run(
            """
            INSERT INTO artifact (kind, name, version, sha256, size, created_ms, job, facts)
            VALUES (?, ?, ?, ?, ?, ?, (SELECT number FROM job WHERE id = ?), ?)
            """,
            [
                artifact.kind, artifact.name, newest &+ 1, artifact.sha256, artifact.size, nowMS, jobID,
                artifact.facts,
            ])
        return ArtifactRecord(
            kind: artifact.kind, name: artifact.name, version: newest &+ 1, sha256: artifact.sha256,
            size: artifact.size, createdMS: nowMS, jobID: jobID ?? "", facts: artifact.facts)
    }

    /// One version of a name, or the newest.
    package func artifact(kind: Int, name: String, version: Int? = nil) throws -> ArtifactRecord? {
        try row(
            Self.artifacts
                + " WHERE artifact.kind = ? AND artifact.name = ? AND (?3 IS NULL OR version = ?3) ORDER BY version DESC LIMIT 1",
            [kind, name, version]
        ).map(ArtifactRecord.init)
    }

    /// All artifacts, or all of one kind, by name and version.
    package func artifacts(kind: Int? = nil) throws -> [ArtifactRecord] {
        try rows(
            Self.artifacts + " WHERE ?1 IS NULL OR artifact.kind = ?1 ORDER BY artifact.kind, name, version", [kind]
        )
        .map(ArtifactRecord.init)
    }

    /// Those that a job made, in the order in which it did.
    package func artifacts(of jobID: String) throws -> [ArtifactRecord] {
        try rows(Self.artifacts + " WHERE job.id = ? ORDER BY artifact.kind, name, version", [jobID])
            .map(ArtifactRecord.init)
    }

    /// The names that a kind has, each with its newest version.
    package func artifactNames(kind: Int, limit: Int) throws -> [(name: String, version: Int)] {
        try rows(
            "SELECT name, max(version) AS version FROM artifact WHERE kind = ? GROUP BY name ORDER BY name LIMIT ?",
            [kind, limit]
        ).map { ($0["name"], $0["version"]) }
    }

    private static let artifacts = """
        SELECT artifact.*, coalesce(job.id, '') AS job_id FROM artifact LEFT JOIN job ON job.number = artifact.job
        """

    /// Says that a blob is there. Only after its file is durable. Said again after an hour, its age counts anew: somebody is
    /// about to use it.
    package func insertBlob(sha256: String, size: Int64, nowMS: Int64) throws {
        try run(
            """
            INSERT INTO blob (sha256, size, created_ms) VALUES (?, ?, ?)
            ON CONFLICT (sha256) DO UPDATE SET created_ms = excluded.created_ms
            WHERE excluded.created_ms > created_ms + 3600000
            """, [sha256, size, nowMS])
    }

    /// The size of a blob that is there.
    package func blobSize(_ sha256: String) throws -> Int64? {
        try row("SELECT size FROM blob WHERE sha256 = ?", [sha256])?["size"]
    }
}

extension ArtifactRecord {
    init(_ row: Row) {
        self.init(
            kind: row["kind"], name: row["name"], version: row["version"], sha256: row["sha256"], size: row["size"],
            createdMS: row["created_ms"], jobID: row["job_id"], facts: row.bytes("facts"))
    }
}
