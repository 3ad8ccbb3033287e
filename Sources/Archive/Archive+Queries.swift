import DICOM
import Foundation
import GRDB

extension Archive {
    /// The studies with their status, those that received last in front.
    public func studies(limit: Int = 1000) throws(ArchiveError) -> [StudySummary] {
        try read {
            try Self.studies("GROUP BY study.id ORDER BY last_received_at DESC, study.id DESC LIMIT ?", [limit], in: $0)
        }
    }

    /// One study; nil where there is none.
    public func study(_ uid: UID) throws(ArchiveError) -> StudySummary? {
        try read { database in
            // Before the grouping, which else goes through every instance of the archive.
            try Self.studies("WHERE study.study_instance_uid = ? GROUP BY study.id", [uid.description], in: database)
                .first
        }
    }

    /// The instances of a study as they are now, ordered by arrival.
    public func instances(ofStudy uid: UID) throws(ArchiveError) -> [StoredInstance] {
        try read { database in
            try instances("WHERE study.study_instance_uid = ?", [uid.description], in: database)
        }
    }

    /// The instances of a revision of a study, ordered by arrival.
    public func instances(ofStudy uid: UID, revision: Int) throws(ArchiveError) -> [StoredInstance] {
        try read { database in
            try instances(
                """
                JOIN study_revision_instance AS member ON member.instance = instance.id
                JOIN study_revision ON study_revision.id = member.revision
                WHERE study.study_instance_uid = ? AND study_revision.number = ?
                """, [uid.description, revision], in: database)
        }
    }

    /// The instance of a SOP Instance UID; nil where there is none.
    public func instance(_ uid: UID) throws(ArchiveError) -> StoredInstance? {
        try read { try instances("WHERE instance.sop_instance_uid = ?", [uid.description], in: $0).first }
    }

    /// The revisions of a study, first to last.
    public func revisions(ofStudy uid: UID) throws(ArchiveError) -> [StudyRevision] {
        try read { database in
            try database.rows(
                """
                SELECT study_revision.*, (SELECT count(*) FROM study_revision_instance AS member
                    WHERE member.revision = study_revision.id) AS instances
                FROM study_revision JOIN study ON study.id = study_revision.study
                WHERE study.study_instance_uid = ? ORDER BY number
                """, [uid.description]
            ).map { row in
                StudyRevision(
                    studyInstanceUID: uid, number: row["number"],
                    closedAt: Date(timeIntervalSince1970: row["closed_at"]), closingSignal: row["closing_signal"],
                    closingNote: row["closing_note"], plan: try (row["plan"] as String?).map(ReadingPlan.init(json:)),
                    instanceCount: row["instances"])
            }
        }
    }

    /// The results of a study, over all its revisions.
    public func results(ofStudy uid: UID) throws(ArchiveError) -> [StoredResult] {
        try read { try results("study.study_instance_uid = ?", [uid.description], in: $0) }
    }

    /// The result that a delivery is about; nil where there is none.
    public func result(_ id: Int64) throws(ArchiveError) -> StoredResult? {
        try read { try results("result.id = ?", [id], in: $0).first }
    }

    /// How much there is of everything.
    public func counts() throws(ArchiveError) -> ArchiveCounts {
        try read { database in
            let row = try database.row(
                """
                SELECT (SELECT count(*) FROM patient) AS patients, (SELECT count(*) FROM study) AS studies,
                    (SELECT count(*) FROM series) AS series, (SELECT count(*) FROM instance) AS instances,
                    (SELECT COALESCE(sum(size), 0) FROM instance) AS bytes, (SELECT count(*) FROM result) AS results,
                    (SELECT count(*) FROM quarantine) AS quarantined
                """)!
            var jobs: [String: [String: Int]] = [:]
            for row in try database.rows("SELECT kind, state, count(*) AS jobs FROM job GROUP BY kind, state") {
                jobs[row["kind"], default: [:]][row["state"]] = row["jobs"]
            }
            return ArchiveCounts(
                patients: row["patients"], studies: row["studies"], series: row["series"],
                instances: row["instances"], instanceBytes: row["bytes"], results: row["results"],
                quarantined: row["quarantined"], jobs: jobs)
        }
    }
}

// MARK: - Rows

extension Archive {
    static func studies(
        _ tail: String, _ arguments: StatementArguments, in database: Database
    ) throws -> [StudySummary] {
        try database.rows(
            """
            SELECT study.*, patient.patient_id, patient.patient_name, study_status.status, study_status.reason,
                study_revision.number AS revision_number, study_revision.closing_signal,
                count(DISTINCT series.id) AS series_count, count(instance.id) AS instance_count,
                max(instance.received_at) AS last_received_at
            FROM study JOIN patient ON patient.id = study.patient
            JOIN study_status ON study_status.study = study.id
            LEFT JOIN study_revision ON study_revision.id = study_status.revision
            JOIN series ON series.study = study.id JOIN instance ON instance.series = series.id
            \(tail)
            """, arguments
        ).map { row in
            guard let uid = UID(row["study_instance_uid"]), let status = StudyStatus(rawValue: row["status"]) else {
                throw ArchiveError.index(reason: "study \(row["id"] as Int64) is damaged")
            }
            let modalities = try database.rows(
                "SELECT DISTINCT modality FROM series WHERE study = ? ORDER BY modality", [row["id"] as Int64])
            return StudySummary(
                studyInstanceUID: uid, patientID: row["patient_id"], patientName: row["patient_name"],
                studyDate: row["study_date"], studyDescription: row["study_description"],
                accessionNumber: row["accession_number"], modalities: modalities.map { $0["modality"] },
                seriesCount: row["series_count"], instanceCount: row["instance_count"],
                lastReceivedAt: Date(timeIntervalSince1970: row["last_received_at"]),
                revision: row["revision_number"], closingSignal: row["closing_signal"], status: status,
                reason: row["reason"])
        }
    }

    func instances(
        _ tail: String, _ arguments: StatementArguments, in database: Database
    ) throws -> [StoredInstance] {
        try database.rows(
            """
            SELECT instance.*, series.series_instance_uid, series.modality, series.series_description
            FROM instance JOIN series ON series.id = instance.series JOIN study ON study.id = series.study
            \(tail) ORDER BY instance.id
            """, arguments
        ).map(instance)
    }

    private func instance(_ row: Row) throws -> StoredInstance {
        guard let instance = UID(row["sop_instance_uid"]), let sopClass = UID(row["sop_class_uid"]),
            let syntax = UID(row["transfer_syntax_uid"]), let series = UID(row["series_instance_uid"])
        else { throw ArchiveError.index(reason: "instance \(row["id"] as Int64) is damaged") }
        func values(_ column: String) -> [String] {
            (row[column] as String).split(separator: "\\", omittingEmptySubsequences: false).map(String.init)
        }
        func numbers(_ column: String) -> [Double] { values(column).compactMap(Double.init).filter(\.isFinite) }
        let digest: String = row["digest"]
        return StoredInstance(
            path: state.file(in: StateDirectory.instances, digest: digest, extension: "dcm"), digest: digest,
            size: row["size"], receivedAt: Date(timeIntervalSince1970: row["received_at"]),
            sourceAETitle: row["source_ae_title"], sopInstanceUID: instance, sopClassUID: sopClass,
            transferSyntaxUID: syntax, seriesInstanceUID: series, modality: row["modality"],
            seriesDescription: row["series_description"], instanceNumber: row["instance_number"],
            acquisitionNumber: row["acquisition_number"], imageType: values("image_type").filter { !$0.isEmpty },
            numberOfFrames: row["number_of_frames"], rows: row["number_of_rows"], columns: row["number_of_columns"],
            imagePositionPatient: numbers("image_position_patient"),
            imageOrientationPatient: numbers("image_orientation_patient"),
            frameOfReferenceUID: UID(row["frame_of_reference_uid"]), imagesInAcquisition: row["images_in_acquisition"],
            numberOfSlices: row["number_of_slices"], numberOfTimeSlices: row["number_of_time_slices"],
            seriesType: values("series_type").filter { !$0.isEmpty })
    }

    private func results(
        _ condition: String, _ arguments: StatementArguments, in database: Database
    ) throws -> [StoredResult] {
        try database.rows(
            """
            SELECT result.*, study.study_instance_uid, study_revision.number AS revision_number
            FROM result JOIN study_revision ON study_revision.id = result.revision
            JOIN study ON study.id = study_revision.study WHERE \(condition) ORDER BY result.id
            """, arguments
        ).map { row in
            guard let study = UID(row["study_instance_uid"]) else {
                throw ArchiveError.index(reason: "result \(row["id"] as Int64) is damaged")
            }
            let destinations = try database.rows(
                "SELECT destination FROM job WHERE result = ? AND state = 'done' ORDER BY destination",
                [row["id"] as Int64])
            return StoredResult(
                id: row["id"], kind: row["kind"], studyInstanceUID: study, revision: row["revision_number"],
                sopClassUID: (row["sop_class_uid"] as String?).flatMap(UID.init),
                sopInstanceUID: (row["sop_instance_uid"] as String?).flatMap(UID.init),
                path: state.file(
                    in: StateDirectory.results, digest: row["digest"], extension: row["file_extension"]),
                digest: row["digest"], size: row["size"], createdAt: Date(timeIntervalSince1970: row["created_at"]),
                deliveredTo: destinations.map { $0["destination"] }, isWithdrawn: row["withdrawn_by"] != nil)
        }
    }
}
