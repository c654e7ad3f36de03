extension Migrations {
    /// What decides when a job runs.
    enum Scheduling {
        /// A job that may run now is a row in `queue`, under the lane that it shares with its like; `queue` names no job
        /// by a foreign key, because no row of `job` goes while the job waits. `timer` says when time alone may change
        /// where a waiting job stands. What waits for other jobs, or for its hour, is in neither or in `timer` only.
        static let lanesAndTimers = """
            ALTER TABLE job ADD COLUMN terms BLOB NOT NULL DEFAULT x'';
            ALTER TABLE job ADD COLUMN lane INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE job ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE job ADD COLUMN retry_ms INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE job ADD COLUMN ran_ms INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE job ADD COLUMN parents_left INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE job ADD COLUMN retry_of INTEGER NOT NULL DEFAULT 0;

            CREATE TABLE lane (
                number INTEGER PRIMARY KEY,
                slot INTEGER NOT NULL,
                priority INTEGER NOT NULL,
                user TEXT NOT NULL,
                kind TEXT NOT NULL,
                model TEXT NOT NULL,
                model_name TEXT NOT NULL,
                array INTEGER NOT NULL,
                alone INTEGER NOT NULL,
                UNIQUE (slot, priority, user, kind, model, model_name, array, alone)
            ) STRICT;
            INSERT INTO lane (slot, priority, user, kind, model, model_name, array, alone)
                SELECT DISTINCT slot, priority, user, kind, '', '', 0, 0 FROM job WHERE state IN (1, 2);
            UPDATE job SET lane = (
                SELECT lane.number FROM lane WHERE lane.slot = job.slot AND lane.priority = job.priority
                AND lane.user = job.user AND lane.kind = job.kind
            ) WHERE state IN (1, 2);

            ALTER TABLE queue RENAME TO old_queue;
            CREATE TABLE queue (
                lane INTEGER NOT NULL REFERENCES lane,
                job INTEGER NOT NULL,
                ready_ms INTEGER NOT NULL,
                PRIMARY KEY (lane, job)
            ) STRICT, WITHOUT ROWID;
            INSERT INTO queue (lane, job, ready_ms)
                SELECT job.lane, job.number, job.submitted_ms FROM old_queue JOIN job ON job.number = old_queue.job;
            DROP TABLE old_queue;

            CREATE TABLE timer (
                job INTEGER PRIMARY KEY REFERENCES job ON DELETE CASCADE,
                at_ms INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX timer_at ON timer (at_ms);

            CREATE TABLE dependency (
                child INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
                parent INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
                PRIMARY KEY (child, parent)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX dependency_parent ON dependency (parent);
            """

        /// What is held back by hand: the queue (""), or a worker by its name. No row: open.
        static let gates = """
            CREATE TABLE gate (
                worker TEXT PRIMARY KEY,
                gate INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            """

        /// A job of an array names the job that stands for it; that one counts how many have not ended yet.
        static let arrays = """
            ALTER TABLE job ADD COLUMN array INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE job ADD COLUMN array_index INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE job ADD COLUMN array_limit INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE job ADD COLUMN array_left INTEGER NOT NULL DEFAULT 0;
            CREATE INDEX job_array ON job (array, number) WHERE array <> 0;
            ALTER TABLE lane ADD COLUMN array_limit INTEGER NOT NULL DEFAULT 0;
            """
    }
}
