import GRDB

extension Schema {
    /// What queries match and return beyond the first schema: names folded for comparison, and the series of results.
    ///
    /// Results stay out of `series` and `instance`, which are what was received: a reading must not read its own report.
    static let queries = """
        ALTER TABLE patient ADD COLUMN folded_name_alphabetic TEXT NOT NULL DEFAULT '';
        ALTER TABLE patient ADD COLUMN folded_name_ideographic TEXT NOT NULL DEFAULT '';
        ALTER TABLE patient ADD COLUMN folded_name_phonetic TEXT NOT NULL DEFAULT '';
        ALTER TABLE study ADD COLUMN folded_referring_alphabetic TEXT NOT NULL DEFAULT '';
        ALTER TABLE study ADD COLUMN folded_referring_ideographic TEXT NOT NULL DEFAULT '';
        ALTER TABLE study ADD COLUMN folded_referring_phonetic TEXT NOT NULL DEFAULT '';

        CREATE INDEX patient_folded_name_alphabetic ON patient (folded_name_alphabetic)
            WHERE folded_name_alphabetic <> '';
        CREATE INDEX patient_folded_name_ideographic ON patient (folded_name_ideographic)
            WHERE folded_name_ideographic <> '';
        CREATE INDEX patient_folded_name_phonetic ON patient (folded_name_phonetic) WHERE folded_name_phonetic <> '';
        -- The one that keeps identities apart is partial, and serves no query that might be for an empty ID.
        CREATE INDEX patient_patient_id ON patient (patient_id);
        CREATE INDEX patient_birth_date ON patient (patient_birth_date);
        CREATE INDEX study_study_date ON study (study_date);
        CREATE INDEX study_accession_number ON study (accession_number);
        CREATE INDEX study_study_id ON study (study_id);
        CREATE INDEX study_folded_referring_alphabetic ON study (folded_referring_alphabetic)
            WHERE folded_referring_alphabetic <> '';
        CREATE INDEX study_folded_referring_ideographic ON study (folded_referring_ideographic)
            WHERE folded_referring_ideographic <> '';
        CREATE INDEX study_folded_referring_phonetic ON study (folded_referring_phonetic)
            WHERE folded_referring_phonetic <> '';
        -- Covers the search for the modalities of a study.
        CREATE INDEX series_study_modality ON series (study, modality);
        DROP INDEX series_study;

        CREATE TABLE result_series (
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
        CREATE INDEX result_series_study_modality ON result_series (study, modality);

        -- What a result is as a DICOM object; `result` says where it came from and where it lies.
        CREATE TABLE result_object (
            result INTEGER PRIMARY KEY REFERENCES result,
            series INTEGER NOT NULL REFERENCES result_series,
            transfer_syntax_uid TEXT NOT NULL CHECK (length(transfer_syntax_uid) BETWEEN 1 AND 64),
            instance_number INTEGER,
            acquisition_number INTEGER,
            image_type TEXT NOT NULL,
            number_of_frames INTEGER,
            number_of_rows INTEGER,
            number_of_columns INTEGER,
            frame_of_reference_uid TEXT NOT NULL
        );
        CREATE INDEX result_object_series ON result_object (series);

        CREATE VIEW result_instance AS
            SELECT result.id AS id, result_object.series AS series, result.sop_instance_uid AS sop_instance_uid,
                result.sop_class_uid AS sop_class_uid, result.digest AS digest,
                result_object.transfer_syntax_uid AS transfer_syntax_uid,
                result_object.instance_number AS instance_number,
                result_object.acquisition_number AS acquisition_number, result_object.image_type AS image_type,
                result_object.number_of_frames AS number_of_frames, result_object.number_of_rows AS number_of_rows,
                result_object.number_of_columns AS number_of_columns,
                result_object.frame_of_reference_uid AS frame_of_reference_uid
            FROM result_object JOIN result ON result.id = result_object.result;
        """

    /// Folds the names that are there already.
    static func foldNames(in database: Database) throws {
        for row in try Row.fetchAll(database, sql: "SELECT id, patient_name FROM patient") {
            try fold(row["patient_name"], ofPatient: row["id"], in: database)
        }
        for row in try Row.fetchAll(database, sql: "SELECT id, referring_physician_name FROM study") {
            try fold(row["referring_physician_name"], ofReferringPhysicianOf: row["id"], in: database)
        }
    }

    /// Keeps a patient's name for comparison.
    static func fold(_ name: String, ofPatient id: Int64, in database: Database) throws {
        try database.run(
            """
            UPDATE patient SET folded_name_alphabetic = ?, folded_name_ideographic = ?, folded_name_phonetic = ?
            WHERE id = ?
            """, StatementArguments(PersonNameFolding(name).groups) + [id])
    }

    /// Keeps the name of a study's referring physician for comparison.
    static func fold(_ name: String, ofReferringPhysicianOf id: Int64, in database: Database) throws {
        guard !name.isEmpty else { return }
        try database.run(
            """
            UPDATE study SET folded_referring_alphabetic = ?, folded_referring_ideographic = ?,
                folded_referring_phonetic = ? WHERE id = ?
            """, StatementArguments(PersonNameFolding(name).groups) + [id])
    }
}
