import GRDB

extension Schema {
    /// What was decided of a study when it was closed, and what its closing had to leave open.
    static let routing = """
        -- The plan as JSON text: a list has no column of its own, and nobody searches it.
        ALTER TABLE study_revision ADD COLUMN plan TEXT;
        -- Why the revision is kept and not read; none where it is.
        ALTER TABLE study_revision ADD COLUMN not_read_reason TEXT CHECK (length(not_read_reason) > 0);
        -- What the study was closed without, in words.
        ALTER TABLE study_revision ADD COLUMN closing_note TEXT CHECK (length(closing_note) > 0);
        -- A study's requests for storage commitment are found by its instances.
        CREATE INDEX commitment_item_instance ON commitment_item (sop_instance_uid);

        DROP VIEW study_status;
        DROP VIEW study_latest;

        """ + statusViewsWithPlans

    /// As `statusViews`, and studies that are kept without being read.
    static let statusViewsWithPlans = """
        CREATE VIEW study_latest AS
            SELECT study.id AS study,
                (SELECT id FROM study_revision AS r WHERE r.study = study.id ORDER BY number DESC LIMIT 1) AS revision,
                (SELECT id FROM job AS j WHERE j.study = study.id AND j.kind = 'close' ORDER BY id DESC LIMIT 1)
                    AS close_job
            FROM study;

        CREATE VIEW study_status AS
            SELECT latest.study AS study, latest.revision AS revision, CASE
                WHEN closing.state IN ('waiting', 'running') AND closing.reason IS NULL THEN 'receiving'
                WHEN closing.state IN ('waiting', 'running', 'failed') THEN 'incomplete'
                WHEN revision.not_read_reason IS NOT NULL THEN 'kept'
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
                    revision.not_read_reason, reading.reason) AS reason
            FROM study_latest AS latest
            LEFT JOIN study_revision AS revision ON revision.id = latest.revision
            LEFT JOIN job AS closing ON closing.id = latest.close_job
            LEFT JOIN job AS reading ON reading.id =
                (SELECT id FROM job AS r WHERE r.revision = latest.revision AND r.kind = 'read' ORDER BY id DESC LIMIT 1);
        """
}
