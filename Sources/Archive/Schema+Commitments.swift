import GRDB

extension Schema {
    /// Requests for storage commitment, and a kind of job that reports on them.
    ///
    /// A table's checks cannot be altered, so `job` is made anew, and the views over it with it. A job to report belongs
    /// to no study: what a peer asks about may be of several, or not be there.
    static let commitments = """
        CREATE TABLE commitment (
            id INTEGER PRIMARY KEY,
            transaction_uid TEXT NOT NULL CHECK (length(transaction_uid) BETWEEN 1 AND 64),
            peer_ae_title TEXT NOT NULL CHECK (length(peer_ae_title) BETWEEN 1 AND 16),
            requested_at DOUBLE PRECISION NOT NULL,
            -- When the instances were verified; their outcome stands from then on, whenever it is reported.
            verified_at DOUBLE PRECISION,
            UNIQUE (transaction_uid, peer_ae_title)
        );
        CREATE TABLE commitment_item (
            commitment INTEGER NOT NULL REFERENCES commitment,
            position INTEGER NOT NULL,
            sop_class_uid TEXT NOT NULL CHECK (length(sop_class_uid) BETWEEN 1 AND 64),
            sop_instance_uid TEXT NOT NULL CHECK (length(sop_instance_uid) BETWEEN 1 AND 64),
            -- Failure Reason (PS3.3 section C.14.1.1); none for what is committed to.
            failure_reason INTEGER,
            PRIMARY KEY (commitment, position)
        );

        DROP VIEW study_status;
        DROP VIEW study_latest;
        CREATE TABLE new_job (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('close', 'read', 'deliver', 'commit')),
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
            CHECK (attempt <= max_attempts),
            CHECK (state <> 'running' OR attempt >= 1),
            CHECK (state <> 'failed' OR reason IS NOT NULL),
            CHECK ((kind IN ('read', 'deliver')) = (revision IS NOT NULL)),
            CHECK ((kind = 'deliver') = (result IS NOT NULL)),
            CHECK ((kind = 'commit') = (commitment IS NOT NULL)),
            CHECK ((kind = 'commit') = (study IS NULL)),
            CHECK ((kind IN ('deliver', 'commit')) = (destination IS NOT NULL))
        );
        INSERT INTO new_job (id, kind, state, study, revision, result, destination, due, attempt, max_attempts, reason,
                detail, created_at)
            SELECT id, kind, state, study, revision, result, destination, due, attempt, max_attempts, reason, detail,
                created_at FROM job;
        DROP TABLE job;
        ALTER TABLE new_job RENAME TO job;
        CREATE UNIQUE INDEX job_close_waiting ON job (study) WHERE kind = 'close' AND state = 'waiting';
        CREATE UNIQUE INDEX job_close_running ON job (study) WHERE kind = 'close' AND state = 'running';
        CREATE UNIQUE INDEX job_read ON job (revision) WHERE kind = 'read' AND state IN ('waiting', 'running');
        CREATE UNIQUE INDEX job_delivery ON job (result, destination) WHERE kind = 'deliver';
        -- A peer that asks again after it was answered is answered again.
        CREATE UNIQUE INDEX job_commitment ON job (commitment) WHERE state IN ('waiting', 'running');
        CREATE INDEX job_due ON job (due, id) WHERE state = 'waiting';
        CREATE INDEX job_study ON job (study);
        CREATE INDEX job_revision ON job (revision);

        """ + statusViews

    /// A request that is forgotten takes its jobs along, which have to be found by it.
    static let forgetting = "CREATE INDEX job_commitment_all ON job (commitment) WHERE commitment IS NOT NULL;"
}
