extension Migrations {
    /// What keeps a blob: results and checkpoints (`file`), artifacts, and now inputs of jobs. What the specs of older jobs
    /// name is not known here, so blobs from before are kept for good.
    static let retention = """
        CREATE TABLE input (
            job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
            sha256 TEXT NOT NULL,
            PRIMARY KEY (job, sha256)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX input_blob ON input (sha256);
        CREATE INDEX file_blob ON file (sha256);

        ALTER TABLE blob ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
        UPDATE blob SET kept = 1;

        -- A job whose results were removed, and when: what is left of them.
        CREATE TABLE expired (
            job INTEGER PRIMARY KEY REFERENCES job ON DELETE CASCADE,
            time_ms INTEGER NOT NULL
        ) STRICT;
        -- Jobs whose results stay for good.
        CREATE TABLE kept (
            job INTEGER PRIMARY KEY REFERENCES job ON DELETE CASCADE
        ) STRICT;
        """

    /// How long results stay is in a job's terms.
    static let resultsInTerms = "DROP TABLE kept;"
}
