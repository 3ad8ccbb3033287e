import DICOM
import Foundation
import GRDB

// Files go after their rows: a crash in between leaves a file without a row, which `sweep` finds, and never the reverse.
extension Archive {
    /// How much is held.
    public func holdings() throws(ArchiveError) -> Holdings {
        try read { database in
            let row = try database.row(
                """
                SELECT (SELECT COALESCE(sum(size), 0) FROM instance) AS inputs,
                    (SELECT COALESCE(sum(size), 0) FROM result) AS results
                """)!
            return Holdings(bytes: [.inputs: row["inputs"], .results: row["results"]])
        }
    }

    /// The studies whose files of a kind may be removed, those that came first in front.
    ///
    /// None that is being received, incomplete, unread or undelivered, none of a patient with a study in hand (it may be
    /// read as a prior), and none of which a peer has asked for a commitment that it has not been told of.
    /// - Parameter before: only those of which nothing has come, or been found, since.
    public func removableStudies(
        _ kind: RetainedKind, before: Date = .distantFuture, limit: Int
    ) throws(ArchiveError) -> [UID] {
        try read { database in
            try database.rows(
                """
                SELECT study_instance_uid FROM study WHERE \(kind.newest) < ? AND \(Self.isRemovable)
                ORDER BY first_received_at, id LIMIT ?
                """, [before.timeIntervalSince1970, limit]
            ).map { row in
                guard let uid = UID(row["study_instance_uid"]) else {
                    throw ArchiveError.index(reason: "a study's UID is damaged")
                }
                return uid
            }
        }
    }

    /// How many studies hold files of a kind that may not be removed, by their status.
    public func protectedStudies(_ kind: RetainedKind) throws(ArchiveError) -> [StudyStatus: Int] {
        try read { database in
            var counts: [StudyStatus: Int] = [:]
            let rows = try database.rows(
                """
                SELECT study_status.status AS status, count(*) AS studies FROM study
                JOIN study_status ON study_status.study = study.id
                WHERE \(kind.newest) IS NOT NULL AND NOT (\(Self.isRemovable)) GROUP BY study_status.status
                """)
            for row in rows { StudyStatus(rawValue: row["status"]).map { counts[$0] = row["studies"] } }
            return counts
        }
    }

    /// Takes the files of a study out of the index, in one transaction.
    /// - Returns: nil where the study may not be removed, or not any more.
    public func remove(_ kind: RetainedKind, ofStudy uid: UID) throws(ArchiveError) -> RemovedFiles? {
        try write { database in
            let row = try database.row(
                "SELECT id FROM study WHERE study_instance_uid = ? AND \(Self.isRemovable)", [uid.description])
            guard let study = row?["id"] as Int64? else { return nil }
            let removed = try Self.files(kind, ofStudy: study, uid, in: database)
            for statement in kind.removal { try database.run(statement, ["study": study]) }
            try Self.removeIfEmpty(study, in: database)
            return removed
        }
    }

    /// What may be removed, as a condition on `study`.
    private static let isRemovable = """
        (SELECT status FROM study_status WHERE study_status.study = study.id) IN ('done', 'declined', 'kept', 'cancelled')
            AND NOT EXISTS (SELECT 1 FROM job JOIN study AS other ON other.id = job.study
                WHERE other.patient = study.patient AND job.state IN ('waiting', 'running'))
            AND NOT EXISTS (SELECT 1 FROM job WHERE job.study = study.id AND kind NOT IN ('read', 'fetch')
                AND state = 'failed')
            AND NOT EXISTS (SELECT 1 FROM job JOIN commitment_item ON commitment_item.commitment = job.commitment
                JOIN instance ON instance.sop_instance_uid = commitment_item.sop_instance_uid
                JOIN series ON series.id = instance.series
                WHERE job.state IN ('waiting', 'running') AND series.study = study.id)
            AND NOT EXISTS (SELECT 1 FROM job JOIN commitment_item ON commitment_item.commitment = job.commitment
                JOIN result ON result.sop_instance_uid = commitment_item.sop_instance_uid
                JOIN study_revision ON study_revision.id = result.revision
                WHERE job.state IN ('waiting', 'running') AND study_revision.study = study.id)
        """

    private static func files(
        _ kind: RetainedKind, ofStudy study: Int64, _ uid: UID, in database: Database
    ) throws -> RemovedFiles {
        let rows = try database.rows(kind.files, ["study": study])
        return RemovedFiles(
            studyInstanceUID: uid, kind: kind, bytes: rows.map { $0["size"] as Int }.reduce(0, +),
            files: rows.map {
                DiscardedFile(kind: kind, digest: $0["digest"], fileExtension: $0["file_extension"])
            })
    }

    /// Forgets a study of which nothing is left, and its patient if that was the last one.
    private static func removeIfEmpty(_ study: Int64, in database: Database) throws {
        let left = try database.row(
            """
            SELECT EXISTS (SELECT 1 FROM series WHERE study = :study)
                OR EXISTS (SELECT 1 FROM result JOIN study_revision ON study_revision.id = result.revision
                    WHERE study = :study) AS isHeld, patient FROM study WHERE id = :study
            """, ["study": study])!
        guard !left["isHeld"] else { return }
        try database.run(
            """
            DELETE FROM fetched_study
            WHERE study_instance_uid = (SELECT study_instance_uid FROM study WHERE id = ?)
            """, [study])
        for table in ["job", "result_series", "study_revision"] {
            try database.run("DELETE FROM \(table) WHERE study = ?", [study])
        }
        try database.run("DELETE FROM study WHERE id = ?", [study])
        try database.run(
            "DELETE FROM patient WHERE id = ? AND NOT EXISTS (SELECT 1 FROM study WHERE study.patient = patient.id)",
            [left["patient"] as Int64])
    }
}

// MARK: - Rows

extension RetainedKind {
    /// When the newest file of a study came, or was made; NULL where there is none.
    fileprivate var newest: String {
        switch self {
        case .inputs:
            """
            (SELECT max(received_at) FROM instance JOIN series ON series.id = instance.series
                WHERE series.study = study.id)
            """
        case .results:
            """
            (SELECT max(created_at) FROM result JOIN study_revision ON study_revision.id = result.revision
                WHERE study_revision.study = study.id)
            """
        }
    }

    /// The files of `:study`.
    fileprivate var files: String {
        switch self {
        case .inputs:
            """
            SELECT digest, size, 'dcm' AS file_extension FROM instance
            WHERE series IN (SELECT id FROM series WHERE study = :study)
            """
        case .results:
            """
            SELECT digest, size, file_extension FROM result
            WHERE revision IN (SELECT id FROM study_revision WHERE study = :study)
            """
        }
    }

    /// The statements that take the rows of `:study` away, those that refer to others first.
    fileprivate var removal: [String] {
        switch self {
        case .inputs:
            [
                """
                DELETE FROM study_revision_instance
                WHERE revision IN (SELECT id FROM study_revision WHERE study = :study)
                """,
                "DELETE FROM instance WHERE series IN (SELECT id FROM series WHERE study = :study)",
                "DELETE FROM series WHERE study = :study",
                "DELETE FROM job WHERE study = :study AND kind = 'fetch'",
            ]
        case .results:
            [
                """
                DELETE FROM result_object WHERE series IN (SELECT id FROM result_series WHERE study = :study)
                """,
                "DELETE FROM job WHERE study = :study AND result IS NOT NULL",
                "DELETE FROM result WHERE revision IN (SELECT id FROM study_revision WHERE study = :study)",
                "DELETE FROM result_series WHERE study = :study",
            ]
        }
    }
}
