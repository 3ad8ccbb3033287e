extension Schema {
    /// What rejection notes (IHE IOCM) say, and which results notes of our own have withdrawn.
    static let rejections = """
        -- Every Key Object Selection that was looked at; those without a title reject nothing.
        CREATE TABLE rejection_note (
            sop_instance_uid TEXT PRIMARY KEY CHECK (length(sop_instance_uid) BETWEEN 1 AND 64),
            title TEXT CHECK (title IN ('113001', '113037', '113038', '113039')),
            noted_at DOUBLE PRECISION NOT NULL
        );
        -- By UID, as a note may come before what it rejects, and holds after that is removed.
        CREATE TABLE rejection (
            note TEXT NOT NULL REFERENCES rejection_note,
            sop_instance_uid TEXT NOT NULL CHECK (length(sop_instance_uid) BETWEEN 1 AND 64),
            PRIMARY KEY (note, sop_instance_uid)
        );
        CREATE INDEX rejection_sop_instance_uid ON rejection (sop_instance_uid);

        -- What was sent anew after its retention had expired counts again.
        CREATE VIEW rejected_instance AS
            SELECT instance.id AS instance, instance.series AS series, rejection_note.title AS title,
                rejection_note.sop_instance_uid AS note
            FROM rejection JOIN rejection_note ON rejection_note.sop_instance_uid = rejection.note
            JOIN instance ON instance.sop_instance_uid = rejection.sop_instance_uid
            WHERE rejection_note.title <> '113039' OR instance.received_at <= rejection_note.noted_at;

        -- The note that took a result back.
        ALTER TABLE result ADD COLUMN withdrawn_by INTEGER REFERENCES result;
        """

    /// Queries and retrievals pass over what was rejected or withdrawn. A query counts the instances of thousands of studies:
    /// whether each is rejected stands in the index that it counts by, although `rejected_instance` says so too.
    static let hiding = """
        ALTER TABLE instance ADD COLUMN is_rejected INTEGER NOT NULL DEFAULT 0 CHECK (is_rejected IN (0, 1));
        UPDATE instance SET is_rejected = 1 WHERE id IN (SELECT instance FROM rejected_instance);
        DROP INDEX instance_series;
        CREATE INDEX instance_series ON instance (series, is_rejected);

        DROP VIEW result_instance;
        CREATE VIEW result_instance AS
            SELECT result.id AS id, result_object.series AS series, result.sop_instance_uid AS sop_instance_uid,
                result.sop_class_uid AS sop_class_uid, result.digest AS digest,
                result_object.transfer_syntax_uid AS transfer_syntax_uid,
                result_object.instance_number AS instance_number,
                result_object.acquisition_number AS acquisition_number, result_object.image_type AS image_type,
                result_object.number_of_frames AS number_of_frames, result_object.number_of_rows AS number_of_rows,
                result_object.number_of_columns AS number_of_columns,
                result_object.frame_of_reference_uid AS frame_of_reference_uid,
                CASE WHEN result.withdrawn_by IS NULL THEN 0 ELSE 1 END AS is_rejected
            FROM result_object JOIN result ON result.id = result_object.result;
        """
}
