import GRDB

extension Schema {
    /// A kind of job that fetches what a study lacks, and the previous studies that were fetched.
    ///
    /// A table's checks cannot be altered, so `job` is made anew, and the views over it with it.
    static let fetching = """
        -- Studies that were fetched for another's sake: they are kept and not read. By UID, as the mark is on the disk
        -- before the first instance is. None of what comes after `ended_at` was fetched.
        CREATE TABLE fetched_study (
            study_instance_uid TEXT PRIMARY KEY CHECK (length(study_instance_uid) BETWEEN 1 AND 64),
            begun_at DOUBLE PRECISION NOT NULL,
            ended_at DOUBLE PRECISION
        );

        DROP VIEW study_status;
        DROP VIEW study_latest;
        CREATE TABLE new_job (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('close', 'read', 'deliver', 'commit', 'fetch')),
            state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
            study INTEGER REFERENCES study,
            revision INTEGER REFERENCES study_revision,
            result INTEGER REFERENCES result,
            commitment INTEGER REFERENCES commitment,
            destination TEXT,
            due DOUBLE PRECISION NOT NULL,
            attempt INTEGER NOT NULL CHECK (attempt >= 0),
            max_attempts INTEGER NOT NULL CHECK (max_attempts >= 1),
            reason TEXT,
            detail TEXT,
            created_at DOUBLE PRECISION NOT NULL,
            since DOUBLE PRECISION NOT NULL DEFAULT 0,
            CHECK (attempt <= max_attempts),
            CHECK (state <> 'running' OR attempt >= 1),
            CHECK (state <> 'failed' OR reason IS NOT NULL),
            CHECK ((kind IN ('read', 'deliver')) = (revision IS NOT NULL)),
            CHECK ((kind = 'deliver') = (result IS NOT NULL)),
            CHECK ((kind = 'commit') = (commitment IS NOT NULL)),
            CHECK ((kind = 'commit') = (study IS NULL)),
            CHECK ((kind IN ('deliver', 'commit', 'fetch')) = (destination IS NOT NULL)),
            CHECK (kind <> 'fetch' OR detail IS NOT NULL)
        );
        INSERT INTO new_job (id, kind, state, study, revision, result, commitment, destination, due, attempt,
                max_attempts, reason, detail, created_at, since)
            SELECT id, kind, state, study, revision, result, commitment, destination, due, attempt, max_attempts, reason,
                detail, created_at, since FROM job;
        DROP TABLE job;
        ALTER TABLE new_job RENAME TO job;
        CREATE UNIQUE INDEX job_close_waiting ON job (study) WHERE kind = 'close' AND state = 'waiting';
        CREATE UNIQUE INDEX job_close_running ON job (study) WHERE kind = 'close' AND state = 'running';
        CREATE UNIQUE INDEX job_read ON job (revision) WHERE kind = 'read' AND state IN ('waiting', 'running');
        CREATE UNIQUE INDEX job_delivery ON job (result, destination) WHERE kind = 'deliver';
        CREATE UNIQUE INDEX job_commitment ON job (commitment) WHERE state IN ('waiting', 'running');
        -- Nothing is fetched twice for a study.
        CREATE UNIQUE INDEX job_fetch ON job (study, detail) WHERE kind = 'fetch';
        CREATE INDEX job_due ON job (due, id) WHERE state = 'waiting';
        CREATE INDEX job_study ON job (study);
        CREATE INDEX job_revision ON job (revision);
        CREATE INDEX job_unfinished ON job (study, state) WHERE state IN ('waiting', 'running', 'failed');

        """ + statusViewsWithPlans
}
