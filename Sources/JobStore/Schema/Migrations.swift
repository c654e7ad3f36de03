internal import GRDB

/// The schema, as the steps that led to it. Append only: a released step is never changed, a new one gets a new name.
enum Migrations {
    /// "GRV1", so that a tool that meets the file can tell whose it is.
    static let applicationID = 0x4752_5631

    static var all: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 jobs") { try $0.execute(sql: jobs) }
        migrator.registerMigration("2 artifacts and blobs") { try $0.execute(sql: artifacts) }
        migrator.registerMigration("3 timers") { try $0.execute(sql: Scheduling.lanesAndTimers) }
        migrator.registerMigration("4 gates") { try $0.execute(sql: Scheduling.gates) }
        migrator.registerMigration("5 arrays") { try $0.execute(sql: Scheduling.arrays) }
        migrator.registerMigration("20 retention") { try $0.execute(sql: retention) }
        migrator.registerMigration("21 results in terms") { try $0.execute(sql: resultsInTerms) }
        return migrator
    }

    /// `queue` and `lease` are the hot tables: a row a waiting or running job, narrow, gone when the job ends. `job` and
    /// the rest grow with history, and claiming never walks them. A lower `job.number` is an older job.
    private static let jobs = """
        CREATE TABLE job (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            slot INTEGER NOT NULL,
            state INTEGER NOT NULL,
            priority INTEGER NOT NULL,
            user TEXT NOT NULL,
            submitted_ms INTEGER NOT NULL,
            started_ms INTEGER NOT NULL DEFAULT 0,
            finished_ms INTEGER NOT NULL DEFAULT 0,
            attempts INTEGER NOT NULL DEFAULT 0,
            interruptions INTEGER NOT NULL DEFAULT 0,
            losses INTEGER NOT NULL DEFAULT 0,
            worker TEXT NOT NULL DEFAULT '',
            cancel_requested INTEGER NOT NULL DEFAULT 0,
            failure_code INTEGER NOT NULL DEFAULT 0,
            failure_message TEXT NOT NULL DEFAULT ''
        ) STRICT;
        CREATE INDEX job_state ON job (state, number);

        CREATE TABLE spec (
            job INTEGER PRIMARY KEY REFERENCES job ON DELETE CASCADE,
            bytes BLOB NOT NULL
        ) STRICT;

        CREATE TABLE queue (
            job INTEGER PRIMARY KEY REFERENCES job ON DELETE CASCADE,
            slot INTEGER NOT NULL,
            priority INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX queue_order ON queue (slot, priority DESC, job);

        CREATE TABLE lease (
            job INTEGER PRIMARY KEY REFERENCES job ON DELETE CASCADE,
            attempt INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE attempt (
            job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
            number INTEGER NOT NULL,
            worker TEXT NOT NULL,
            incarnation BLOB NOT NULL,
            started_ms INTEGER NOT NULL,
            ended_ms INTEGER NOT NULL DEFAULT 0,
            ending TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (job, number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE file (
            job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
            role TEXT NOT NULL CHECK (role IN ('result', 'checkpoint')),
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            size INTEGER NOT NULL,
            media_type TEXT NOT NULL,
            PRIMARY KEY (job, role, position)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE idempotency (
            key TEXT PRIMARY KEY,
            digest BLOB NOT NULL,
            job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idempotency_job ON idempotency (job);

        CREATE TABLE log (
            job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
            number INTEGER NOT NULL,
            time_ms INTEGER NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (job, number)
        ) STRICT, WITHOUT ROWID;
        """

    private static let artifacts = """
        CREATE TABLE blob (
            sha256 TEXT PRIMARY KEY,
            size INTEGER NOT NULL,
            created_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE artifact (
            kind INTEGER NOT NULL,
            name TEXT NOT NULL,
            version INTEGER NOT NULL,
            sha256 TEXT NOT NULL REFERENCES blob,
            size INTEGER NOT NULL,
            created_ms INTEGER NOT NULL,
            job INTEGER REFERENCES job ON DELETE SET NULL,
            facts BLOB NOT NULL,
            PRIMARY KEY (kind, name, version)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX artifact_job ON artifact (job);
        CREATE INDEX artifact_blob ON artifact (sha256);
        """
}
