-- A database as the migration "20 retention" left it: also a job whose results were removed, an input, a blob that nothing names.
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
INSERT INTO "artifact" VALUES(1,'digits',1,'efefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefef',5,1764000004000,4,X'');
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
INSERT INTO "attempt" VALUES(3,1,'w1',X'01',1764000002000,0,'');
INSERT INTO "attempt" VALUES(4,1,'w1',X'01',1764000003000,1764000004000,'succeeded');
CREATE TABLE blob (
            sha256 TEXT PRIMARY KEY,
            size INTEGER NOT NULL,
            created_ms INTEGER NOT NULL
        , kept INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
INSERT INTO "blob" VALUES('5555555555555555555555555555555555555555555555555555555555555555',7,1764000006000,0);
INSERT INTO "blob" VALUES('abababababababababababababababababababababababababababababababab',3,1764000001000,1);
INSERT INTO "blob" VALUES('cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',4,1764000001000,1);
INSERT INTO "blob" VALUES('efefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefef',5,1764000001000,1);
CREATE TABLE dependency (
    child INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
    parent INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
    PRIMARY KEY (child, parent)
) STRICT, WITHOUT ROWID;
INSERT INTO "dependency" VALUES(2,3);
CREATE TABLE expired (
job INTEGER PRIMARY KEY REFERENCES job ON DELETE CASCADE,
time_ms INTEGER NOT NULL
) STRICT;
INSERT INTO "expired" VALUES(8,1764000005000);
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
INSERT INTO "file" VALUES(3,'checkpoint',0,'checkpoint','cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',4,'');
INSERT INTO "file" VALUES(4,'result',0,'log.txt','abababababababababababababababababababababababababababababababab',3,'text/plain');
CREATE TABLE gate (
    worker TEXT PRIMARY KEY,
    gate INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "gate" VALUES('w2',2);
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO "grdb_migrations" VALUES('1 jobs');
INSERT INTO "grdb_migrations" VALUES('2 artifacts and blobs');
INSERT INTO "grdb_migrations" VALUES('3 timers');
INSERT INTO "grdb_migrations" VALUES('4 gates');
INSERT INTO "grdb_migrations" VALUES('5 arrays');
INSERT INTO "grdb_migrations" VALUES('20 retention');
CREATE TABLE idempotency (
            key TEXT PRIMARY KEY,
            digest BLOB NOT NULL,
            job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
INSERT INTO "idempotency" VALUES('key-1',X'0102',1);
CREATE TABLE input (
job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
sha256 TEXT NOT NULL,
PRIMARY KEY (job, sha256)
) STRICT, WITHOUT ROWID;
INSERT INTO "input" VALUES(1,'abababababababababababababababababababababababababababababababab');
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
        , terms BLOB NOT NULL DEFAULT x'', lane INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0, retry_ms INTEGER NOT NULL DEFAULT 0, ran_ms INTEGER NOT NULL DEFAULT 0, parents_left INTEGER NOT NULL DEFAULT 0, retry_of INTEGER NOT NULL DEFAULT 0, array INTEGER NOT NULL DEFAULT 0, array_index INTEGER NOT NULL DEFAULT 0, array_limit INTEGER NOT NULL DEFAULT 0, array_left INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO "job" VALUES(1,'01m87zc4hkg010','sample',1,1,5,'ann',1764000000001,0,0,0,0,0,'',0,0,'',X'',1,0,0,0,0,0,0,0,0,0);
INSERT INTO "job" VALUES(2,'01m87zc4hkg011','sample',1,1,9,'ann',1764000000002,0,0,0,0,0,'',0,0,'',X'7465726D73',2,2,1764000009000,0,1,0,0,0,0,0);
INSERT INTO "job" VALUES(3,'01m87zc4hkg012','train-tree',2,2,5,'ann',1764000000003,1764000002000,0,1,0,0,'w1',0,0,'',X'',3,0,0,0,0,0,0,0,0,0);
INSERT INTO "job" VALUES(4,'01m87zc4hkg013','import-dataset',1,3,5,'ann',1764000000004,1764000003000,1764000004000,1,0,0,'w1',0,0,'',X'',0,0,0,1000,0,0,0,0,0,0);
INSERT INTO "job" VALUES(5,'01m87zc4hkg014','array',0,1,5,'ann',1764000000005,0,0,0,0,0,'',0,0,'',X'',0,0,0,0,0,0,0,0,2,2);
INSERT INTO "job" VALUES(6,'01m87zc4hkg015','sample',1,1,5,'ann',1764000000005,0,0,0,0,0,'',0,0,'',X'',4,0,0,0,0,0,5,0,2,0);
INSERT INTO "job" VALUES(7,'01m87zc4hkg016','sample',1,1,5,'ann',1764000000005,0,0,0,0,0,'',0,0,'',X'',4,0,0,0,0,0,5,1,2,0);
INSERT INTO "job" VALUES(8,'01m87zc4hkg017','import-dataset',1,3,5,'ann',1763000000000,1763000000001,1763000000002,1,0,0,'w1',0,0,'',X'',0,0,0,0,0,0,0,0,0,0);
CREATE TABLE kept (
job INTEGER PRIMARY KEY REFERENCES job ON DELETE CASCADE
) STRICT;
CREATE TABLE lane (
    number INTEGER PRIMARY KEY,
    slot INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    user TEXT NOT NULL,
    kind TEXT NOT NULL,
    model TEXT NOT NULL,
    model_name TEXT NOT NULL,
    array INTEGER NOT NULL,
    alone INTEGER NOT NULL, array_limit INTEGER NOT NULL DEFAULT 0,
    UNIQUE (slot, priority, user, kind, model, model_name, array, alone)
) STRICT;
INSERT INTO "lane" VALUES(1,1,5,'ann','sample','','',0,0,0);
INSERT INTO "lane" VALUES(2,1,9,'ann','sample','','',0,0,0);
INSERT INTO "lane" VALUES(3,2,5,'ann','train-tree','','',0,0,0);
INSERT INTO "lane" VALUES(4,1,5,'ann','sample','abc','oak',5,0,2);
CREATE TABLE lease (
            job INTEGER PRIMARY KEY REFERENCES job ON DELETE CASCADE,
            attempt INTEGER NOT NULL
        ) STRICT;
INSERT INTO "lease" VALUES(3,1);
CREATE TABLE log (
            job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
            number INTEGER NOT NULL,
            time_ms INTEGER NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (job, number)
        ) STRICT, WITHOUT ROWID;
INSERT INTO "log" VALUES(3,0,1764000002500,'begun');
CREATE TABLE queue (
    lane INTEGER NOT NULL REFERENCES lane,
    job INTEGER NOT NULL,
    ready_ms INTEGER NOT NULL,
    PRIMARY KEY (lane, job)
) STRICT, WITHOUT ROWID;
INSERT INTO "queue" VALUES(1,1,1764000000001);
INSERT INTO "queue" VALUES(4,6,1764000000005);
INSERT INTO "queue" VALUES(4,7,1764000000005);
CREATE TABLE spec (
            job INTEGER PRIMARY KEY REFERENCES job ON DELETE CASCADE,
            bytes BLOB NOT NULL
        ) STRICT;
INSERT INTO "spec" VALUES(1,X'737065632031');
INSERT INTO "spec" VALUES(2,X'737065632032');
INSERT INTO "spec" VALUES(3,X'737065632033');
INSERT INTO "spec" VALUES(4,X'737065632034');
INSERT INTO "spec" VALUES(5,X'');
INSERT INTO "spec" VALUES(6,X'737065632036');
INSERT INTO "spec" VALUES(7,X'737065632037');
INSERT INTO "spec" VALUES(8,X'737065632038');
CREATE TABLE timer (
    job INTEGER PRIMARY KEY REFERENCES job ON DELETE CASCADE,
    at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO "timer" VALUES(2,1764000009000);
CREATE INDEX job_state ON job (state, number);
CREATE INDEX idempotency_job ON idempotency (job);
CREATE INDEX artifact_job ON artifact (job);
CREATE INDEX artifact_blob ON artifact (sha256);
CREATE INDEX timer_at ON timer (at_ms);
CREATE INDEX dependency_parent ON dependency (parent);
CREATE INDEX job_array ON job (array, number) WHERE array <> 0;
CREATE INDEX input_blob ON input (sha256);
CREATE INDEX file_blob ON file (sha256);
