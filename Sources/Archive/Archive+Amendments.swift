import DICOM
import Foundation
import GRDB

/// Studies that are read anew without an image of theirs having come or gone.
extension Archive {
    /// The studies here that were made of the same patient after a study, first to last.
    public func laterStudies(than uid: UID) throws(ArchiveError) -> [UID] {
        try read { database in
            try database.rows(
                """
                SELECT other.study_instance_uid FROM \(Self.studiesOfThePatient)
                WHERE study.study_instance_uid = ? AND study.study_date <> ''
                    AND study.study_date || study.study_time < other.study_date || other.study_time
                ORDER BY other.study_date || other.study_time, other.id
                """, [uid.description]
            ).compactMap { UID($0["study_instance_uid"]) }
        }
    }

    /// Has a revision read once more under the next number, in one transaction, as a later reading says something else of
    /// the same images. What waits to be delivered of the revision is cancelled.
    /// - Parameters:
    ///   - number: the revision, the study's last.
    ///   - signal: what is the occasion, for operators.
    /// - Returns: nil where there is a later revision, which is read in any case, and where images are not here any more.
    @discardableResult
    public func readAnew(
        _ uid: UID, revision number: Int, signal: String, note: String, now: Date
    ) throws(ArchiveError) -> StudyRevision? {
        try write { database in
            let last = try database.row(
                """
                SELECT study_revision.* FROM study_revision JOIN study ON study.id = study_revision.study
                WHERE study_instance_uid = ? ORDER BY number DESC LIMIT 1
                """, [uid.description])
            guard let last, last["number"] == number else { return nil }
            let members = try database.rows(
                "SELECT instance AS id FROM study_revision_instance WHERE revision = ?", [last["id"] as Int64])
            guard !members.isEmpty else { return nil }
            let revision = StudyRevision(
                studyInstanceUID: uid, number: number + 1, closedAt: now, closingSignal: signal, closingNote: note,
                plan: try (last["plan"] as String?).map(ReadingPlan.init(json:)), instanceCount: members.count)
            try Self.insert(revision, of: last["study"], members.map { $0["id"] }, in: database)
            try Self.supersede(last["study"], by: revision.number, in: database)
            try Self.enqueueReading(
                ofStudy: last["study"], revision: revision.number, now: now, maxAttempts: attempts.read, in: database)
            return revision
        }
    }

    /// Whether PET or CT images have come meanwhile to a study of which images are compared with.
    static func hasMore(than compared: [UID], in database: Database) throws -> Bool {
        let known = Set(compared.map(\.description))
        var studies: Set<Int64> = []
        for uid in known {
            let row = try database.row(
                """
                SELECT series.study FROM instance JOIN series ON series.id = instance.series
                WHERE instance.sop_instance_uid = ? AND series.modality = 'PT'
                """, [uid])
            if let row { studies.insert(row["study"]) }
        }
        for study in studies {
            let images = try database.rows(
                """
                SELECT instance.sop_instance_uid FROM instance JOIN series ON series.id = instance.series
                WHERE series.study = ? AND series.modality IN ('PT', 'CT') AND instance.is_rejected = 0
                """, [study])
            if images.contains(where: { !known.contains($0["sop_instance_uid"]) }) { return true }
        }
        return false
    }

    /// Whether instances or results that another study was compared with were rejected or withdrawn meanwhile.
    static func isAnyOutOfUse(_ compared: [UID], in database: Database) throws -> Bool {
        for uid in compared {
            let found = try database.row(
                """
                SELECT 1 FROM rejected_instance JOIN instance ON instance.id = rejected_instance.instance
                WHERE instance.sop_instance_uid = :uid
                UNION ALL SELECT 1 FROM result WHERE sop_instance_uid = :uid AND withdrawn_by IS NOT NULL LIMIT 1
                """, ["uid": uid.description])
            if found != nil { return true }
        }
        return false
    }

    /// A study with each `other` one of its patient, where both say whose they are.
    static let studiesOfThePatient = """
        study JOIN patient ON patient.id = study.patient
        JOIN patient AS person ON person.patient_id = patient.patient_id AND person.patient_id <> ''
            AND (person.issuer_of_patient_id = patient.issuer_of_patient_id
                OR person.issuer_of_patient_id = '' OR patient.issuer_of_patient_id = '')
        JOIN study AS other ON other.patient = person.id AND other.id <> study.id
        """
}
