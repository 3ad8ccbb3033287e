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
}
