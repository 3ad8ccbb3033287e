import GRDB

/// The schema of the index. A migration that has shipped never changes; a new one follows it.
///
/// Plain SQL that SQLite and PostgreSQL both take, apart from the spelling of a generated key. Moments are seconds since
/// 1970 (UTC), text is UTF-8. What can be derived is not stored: a file's path follows from its digest, a study's state
/// from its jobs.
package enum Schema {
    package static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: instances, revisions, jobs, results") { try $0.execute(sql: first) }
        migrator.registerMigration("2: queries") {
            try $0.execute(sql: queries)
            try foldNames(in: $0)
        }
        migrator.registerMigration("3: storage commitment") { try $0.execute(sql: commitments) }
        migrator.registerMigration("4: plans of revisions") { try $0.execute(sql: routing) }
        migrator.registerMigration("5: since when a job is tried") { try $0.execute(sql: since) }
        migrator.registerMigration("6: retention") { try $0.execute(sql: retention) }
        migrator.registerMigration("7: storage commitment of results") { try $0.execute(sql: confirmations) }
        migrator.registerMigration("8: fetching") { try $0.execute(sql: fetching) }
        migrator.registerMigration("9: rejection notes") { try $0.execute(sql: rejections) }
        migrator.registerMigration("10: what queries do not show") { try $0.execute(sql: hiding) }
        migrator.registerMigration("11: commitments are forgotten") { try $0.execute(sql: forgetting) }
        migrator.registerMigration("12: parked work of the past") { try $0.execute(sql: settling) }
        return migrator
    }

    /// What was given up, and is not to be tried again, as something later took its place: it had stayed.
    private static let settling = """
        UPDATE job SET state = 'cancelled', reason = 'superseded by later images'
            WHERE kind = 'close' AND state = 'failed' AND EXISTS
                (SELECT 1 FROM job AS later WHERE later.kind = 'close' AND later.study = job.study AND later.id > job.id);
        UPDATE job SET state = 'cancelled', reason = 'superseded by a later revision'
            WHERE kind IN ('read', 'deliver') AND state = 'failed'
                AND EXISTS (SELECT 1 FROM study_revision AS own
                    JOIN study_revision AS later ON later.study = own.study AND later.number > own.number
                    WHERE own.id = job.revision)
                AND NOT EXISTS (SELECT 1 FROM result WHERE result.id = job.result AND result.kind = 'withdrawal');
        """

    /// A delivery is given up by the time that it has been tried for, which an operator's retry begins anew.
    private static let since = """
        ALTER TABLE job ADD COLUMN since DOUBLE PRECISION NOT NULL DEFAULT 0;
        UPDATE job SET since = created_at;
        """

    /// Retention looks at the studies that came first, and at one study's jobs and patient at a time.
    private static let retention = """
        CREATE INDEX study_first_received_at ON study (first_received_at, id);
        CREATE INDEX job_unfinished ON job (study, state) WHERE state IN ('waiting', 'running', 'failed');
        CREATE INDEX result_digest ON result (digest);
        """

    private static let first = """
        CREATE TABLE patient (
            id INTEGER PRIMARY KEY,
            patient_id TEXT NOT NULL,
            issuer_of_patient_id TEXT NOT NULL,
            patient_name TEXT NOT NULL,
            patient_birth_date TEXT NOT NULL,
            patient_sex TEXT NOT NULL
        );
        -- Two patients without an ID are not one patient.
        CREATE UNIQUE INDEX patient_identity ON patient (patient_id, issuer_of_patient_id) WHERE patient_id <> '';

        CREATE TABLE study (
            id INTEGER PRIMARY KEY,
            patient INTEGER NOT NULL REFERENCES patient,
            study_instance_uid TEXT NOT NULL UNIQUE CHECK (length(study_instance_uid) BETWEEN 1 AND 64),
            study_date TEXT NOT NULL,
            study_time TEXT NOT NULL,
            accession_number TEXT NOT NULL,
            study_id TEXT NOT NULL,
            study_description TEXT NOT NULL,
            referring_physician_name TEXT NOT NULL,
            first_received_at DOUBLE PRECISION NOT NULL
        );
        CREATE INDEX study_patient ON study (patient);

        CREATE TABLE series (
            id INTEGER PRIMARY KEY,
            study INTEGER NOT NULL REFERENCES study,
            series_instance_uid TEXT NOT NULL UNIQUE CHECK (length(series_instance_uid) BETWEEN 1 AND 64),
            modality TEXT NOT NULL,
            series_number INTEGER,
            series_date TEXT NOT NULL,
            series_time TEXT NOT NULL,
            series_description TEXT NOT NULL,
            body_part_examined TEXT NOT NULL,
            protocol_name TEXT NOT NULL,
            station_name TEXT NOT NULL,
            manufacturer TEXT NOT NULL,
            manufacturer_model_name TEXT NOT NULL
        );
        CREATE INDEX series_study ON series (study);

        CREATE TABLE instance (
            id INTEGER PRIMARY KEY,
            series INTEGER NOT NULL REFERENCES series,
            sop_instance_uid TEXT NOT NULL UNIQUE CHECK (length(sop_instance_uid) BETWEEN 1 AND 64),
            sop_class_uid TEXT NOT NULL CHECK (length(sop_class_uid) BETWEEN 1 AND 64),
            transfer_syntax_uid TEXT NOT NULL CHECK (length(transfer_syntax_uid) BETWEEN 1 AND 64),
            digest TEXT NOT NULL UNIQUE CHECK (length(digest) = 64),
            size INTEGER NOT NULL CHECK (size > 0),
            received_at DOUBLE PRECISION NOT NULL,
            source_ae_title TEXT NOT NULL,
            instance_number INTEGER,
            acquisition_number INTEGER,
            image_type TEXT NOT NULL,
            number_of_frames INTEGER,
            number_of_rows INTEGER,
            number_of_columns INTEGER,
            image_position_patient TEXT NOT NULL,
            image_orientation_patient TEXT NOT NULL,
            frame_of_reference_uid TEXT NOT NULL,
            images_in_acquisition INTEGER,
            number_of_slices INTEGER,
            number_of_time_slices INTEGER,
            series_type TEXT NOT NULL
        );
        CREATE INDEX instance_series ON instance (series);

        CREATE TABLE study_revision (
            id INTEGER PRIMARY KEY,
            study INTEGER NOT NULL REFERENCES study,
            number INTEGER NOT NULL CHECK (number >= 1),
            closed_at DOUBLE PRECISION NOT NULL,
            closing_signal TEXT NOT NULL,
            UNIQUE (study, number)
        );
        CREATE TABLE study_revision_instance (
            revision INTEGER NOT NULL REFERENCES study_revision,
            instance INTEGER NOT NULL REFERENCES instance,
            PRIMARY KEY (revision, instance)
        );
        CREATE INDEX study_revision_instance_instance ON study_revision_instance (instance);

        CREATE TABLE result (
            id INTEGER PRIMARY KEY,
            revision INTEGER NOT NULL REFERENCES study_revision,
            kind TEXT NOT NULL CHECK (length(kind) > 0),
            sop_instance_uid TEXT UNIQUE CHECK (length(sop_instance_uid) BETWEEN 1 AND 64),
            sop_class_uid TEXT CHECK (length(sop_class_uid) BETWEEN 1 AND 64),
            digest TEXT NOT NULL CHECK (length(digest) = 64),
            file_extension TEXT NOT NULL CHECK (length(file_extension) BETWEEN 1 AND 8),
            size INTEGER NOT NULL CHECK (size > 0),
            created_at DOUBLE PRECISION NOT NULL,
            CHECK ((sop_instance_uid IS NULL) = (sop_class_uid IS NULL))
        );
        CREATE INDEX result_revision ON result (revision);

        CREATE TABLE job (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('close', 'read', 'deliver')),
            state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
            study INTEGER NOT NULL REFERENCES study,
            revision INTEGER REFERENCES study_revision,
            result INTEGER REFERENCES result,
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
            CHECK ((kind = 'close') = (revision IS NULL)),
            CHECK ((kind = 'deliver') = (result IS NOT NULL)),
            CHECK ((kind = 'deliver') = (destination IS NOT NULL))
        );
        -- One close waits for a study, one runs; a revision is read by one job at a time; a result goes once to each
        -- destination.
        CREATE UNIQUE INDEX job_close_waiting ON job (study) WHERE kind = 'close' AND state = 'waiting';
        CREATE UNIQUE INDEX job_close_running ON job (study) WHERE kind = 'close' AND state = 'running';
        CREATE UNIQUE INDEX job_read ON job (revision) WHERE kind = 'read' AND state IN ('waiting', 'running');
        CREATE UNIQUE INDEX job_delivery ON job (result, destination) WHERE kind = 'deliver';
        CREATE INDEX job_due ON job (due, id) WHERE state = 'waiting';
        CREATE INDEX job_study ON job (study);
        CREATE INDEX job_revision ON job (revision);

        CREATE TABLE quarantine (
            id INTEGER PRIMARY KEY,
            digest TEXT NOT NULL UNIQUE CHECK (length(digest) = 64),
            size INTEGER NOT NULL CHECK (size >= 0),
            reason TEXT NOT NULL,
            source_ae_title TEXT NOT NULL,
            sop_instance_uid TEXT,
            first_seen_at DOUBLE PRECISION NOT NULL,
            last_seen_at DOUBLE PRECISION NOT NULL,
            occurrences INTEGER NOT NULL CHECK (occurrences >= 1)
        );

        """ + statusViews

    /// What a study is waiting for, from its jobs alone.
    static let statusViews = """
        CREATE VIEW study_latest AS
            SELECT study.id AS study,
                (SELECT id FROM study_revision AS r WHERE r.study = study.id ORDER BY number DESC LIMIT 1) AS revision,
                (SELECT id FROM job AS j WHERE j.study = study.id AND j.kind = 'close' ORDER BY id DESC LIMIT 1)
                    AS close_job
            FROM study;

        -- What a study is waiting for, from its jobs alone.
        CREATE VIEW study_status AS
            SELECT latest.study AS study, latest.revision AS revision, CASE
                WHEN closing.state IN ('waiting', 'running') AND closing.reason IS NULL THEN 'receiving'
                WHEN closing.state IN ('waiting', 'running', 'failed') THEN 'incomplete'
                WHEN reading.state = 'waiting' THEN 'queued'
                WHEN reading.state = 'running' THEN 'reading'
                WHEN reading.state = 'failed' THEN 'failed'
                WHEN reading.state = 'done' AND reading.reason IS NOT NULL THEN 'declined'
                WHEN EXISTS (SELECT 1 FROM job AS d WHERE d.revision = latest.revision AND d.kind = 'deliver'
                    AND d.state IN ('waiting', 'running')) THEN 'delivering'
                WHEN EXISTS (SELECT 1 FROM job AS d WHERE d.revision = latest.revision AND d.kind = 'deliver'
                    AND d.state = 'failed') THEN 'undelivered'
                WHEN reading.state = 'done' THEN 'done'
                ELSE 'cancelled' END AS status,
                COALESCE(CASE WHEN closing.state IN ('waiting', 'running', 'failed') THEN closing.reason END,
                    reading.reason) AS reason
            FROM study_latest AS latest
            LEFT JOIN job AS closing ON closing.id = latest.close_job
            LEFT JOIN job AS reading ON reading.id =
                (SELECT id FROM job AS r WHERE r.revision = latest.revision AND r.kind = 'read' ORDER BY id DESC LIMIT 1);
        """
}
