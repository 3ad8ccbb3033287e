import DICOM
import Foundation
import GRDB

/// An instance that was rejected.
public struct RejectedInstance: Sendable, Equatable {
    /// The instance.
    public let sopInstanceUID: UID
    /// Its series.
    public let seriesInstanceUID: UID
    /// Why.
    public let title: RejectionNote.Title
}

extension Archive {
    /// The kind of result that is a rejection note of our own.
    public static let withdrawal = "withdrawal"

    /// The Key Object Selections of a study that nobody has looked at.
    public func unreadNotes(ofStudy uid: UID) throws(ArchiveError) -> [StoredInstance] {
        try read { database in
            try instances(
                """
                WHERE study.study_instance_uid = ? AND instance.sop_class_uid = ? AND instance.sop_instance_uid NOT IN
                    (SELECT sop_instance_uid FROM rejection_note)
                """, [uid.description, UID.keyObjectSelectionDocumentStorage.description], in: database)
        }
    }

    /// Notes that a Key Object Selection rejects nothing.
    public func passOver(note uid: UID, now: Date) throws(ArchiveError) {
        try write { try Self.insertNote(uid, nil, now, in: $0) }
    }

    /// Takes instances out of use, in one transaction: readings of revisions with any of them are cancelled, and their
    /// studies are closed anew. A note that is known changes nothing.
    /// - Returns: the studies concerned.
    @discardableResult
    public func reject(_ note: RejectionNote, now: Date) throws(ArchiveError) -> [UID] {
        try write { database in
            try Self.insertNote(note.sopInstanceUID, note.title, now, in: database)
            guard database.changesCount > 0 else { return [] }
            for instance in note.instances {
                try database.run(
                    "INSERT INTO rejection (note, sop_instance_uid) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    [note.sopInstanceUID.description, instance.description])
            }
            try database.run(
                """
                UPDATE instance SET is_rejected = 1
                WHERE id IN (SELECT instance FROM rejected_instance WHERE note = ?)
                """, [note.sopInstanceUID.description])
            try Self.cancelReadings(of: note, in: database)
            let studies = try database.rows(
                """
                SELECT DISTINCT study.id, study_instance_uid FROM rejected_instance
                JOIN series ON series.id = rejected_instance.series JOIN study ON study.id = series.study
                WHERE rejected_instance.note = ?
                """, [note.sopInstanceUID.description])
            for study in studies {
                try Self.pushClose(
                    ofStudy: study["id"], due: now, now: now, maxAttempts: attempts.close, in: database)
            }
            return studies.compactMap { UID($0["study_instance_uid"]) }
        }
    }

    private static func insertNote(
        _ uid: UID, _ title: RejectionNote.Title?, _ now: Date, in database: Database
    ) throws {
        try database.run(
            """
            INSERT INTO rejection_note (sop_instance_uid, title, noted_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING
            """, [uid.description, title?.rawValue, now.timeIntervalSince1970])
    }

    /// A reading that runs is dropped when it is done.
    private static func cancelReadings(of note: RejectionNote, in database: Database) throws {
        let waiting = try jobs(
            where: """
                job.kind = 'read' AND job.state IN ('waiting', 'failed') AND job.revision IN (
                    SELECT member.revision FROM study_revision_instance AS member
                    JOIN rejected_instance ON rejected_instance.instance = member.instance
                    WHERE rejected_instance.note = ?)
                """, [note.sopInstanceUID.description], in: database)
        for job in waiting {
            try advance(job.id, .cancelled(reason: "an image was rejected: \(note.title.code.meaning)"), in: database)
        }
    }

    /// Whether a revision has instances that were rejected since.
    static func isSpoilt(revision: Int64, in database: Database) throws -> Bool {
        try database.row(
            """
            SELECT 1 FROM study_revision_instance AS member
            JOIN rejected_instance ON rejected_instance.instance = member.instance WHERE member.revision = ? LIMIT 1
            """, [revision]) != nil
    }

    /// What notes say of an instance that comes.
    /// - Returns: nil where it may not come back, else whether it is rejected.
    static func isRejected(_ instance: UID, receivedAt now: Date, in database: Database) throws -> Bool? {
        let notes = try database.rows(
            """
            SELECT title, noted_at FROM rejection
            JOIN rejection_note ON rejection_note.sop_instance_uid = rejection.note
            WHERE rejection.sop_instance_uid = ?
            """, [instance.description])
        var isRejected = false
        for note in notes {
            let title = RejectionNote.Title(rawValue: note["title"])
            if title?.barsReturn == true { return nil }
            // As `rejected_instance` has it.
            isRejected = isRejected || title != .retentionExpired || now.timeIntervalSince1970 <= note["noted_at"]
        }
        return isRejected
    }

    /// The instances of a study that may be read: all but the rejected ones, ordered by arrival.
    public func readableInstances(ofStudy uid: UID) throws(ArchiveError) -> [StoredInstance] {
        try read { database in
            try instances(
                """
                WHERE study.study_instance_uid = ? AND instance.is_rejected = 0
                """, [uid.description], in: database)
        }
    }

    /// The instances of a study that were rejected, once for each note that does so.
    public func rejectedInstances(ofStudy uid: UID) throws(ArchiveError) -> [RejectedInstance] {
        try read { database in
            try database.rows(
                """
                SELECT instance.sop_instance_uid, series_instance_uid, title FROM rejected_instance
                JOIN instance ON instance.id = rejected_instance.instance
                JOIN series ON series.id = instance.series JOIN study ON study.id = series.study
                WHERE study_instance_uid = ? ORDER BY instance.id
                """, [uid.description]
            ).compactMap { row in
                guard let instance = UID(row["sop_instance_uid"]), let series = UID(row["series_instance_uid"]),
                    let title = RejectionNote.Title(rawValue: row["title"])
                else { return nil }
                return RejectedInstance(sopInstanceUID: instance, seriesInstanceUID: series, title: title)
            }
        }
    }
}

extension Archive {
    /// Why any of some instances were rejected, whether they are here or not.
    public func rejectionTitles(of instances: [UID]) throws(ArchiveError) -> Set<RejectionNote.Title> {
        try read { database in
            let titles = try instances.flatMap { instance in
                try database.rows(
                    """
                    SELECT title FROM rejection
                    JOIN rejection_note ON rejection_note.sop_instance_uid = rejection.note
                    WHERE rejection.sop_instance_uid = ?
                    """, [instance.description]
                ).compactMap { RejectionNote.Title(rawValue: $0["title"]) }
            }
            return Set(titles)
        }
    }
}

// MARK: - Withdrawing

extension Archive {
    /// Takes results back, in one transaction: deliveries that wait are cancelled, and a note goes to every destination that
    /// has one of them or is being sent it.
    /// - Parameters:
    ///   - results: DICOM objects of one revision.
    ///   - note: a rejection note that names them, in `incoming/`; the archive takes it over.
    ///   - reason: for operators.
    /// - Returns: the destinations that are told.
    public func withdraw(
        _ results: [StoredResult], by note: IncomingResult, reason: String, now: Date
    ) throws(ArchiveError) -> [String] {
        resultsLock.lock()
        defer { resultsLock.unlock() }
        let (digest, size) = (try digest(ofFile: note.path), try size(ofFile: note.path))
        _ = try state.place(
            note.path, in: StateDirectory.results, digest: digest, extension: note.fileExtension)
        return try write { database in
            let ids = results.map { String($0.id) }.joined(separator: ", ")
            let row = try database.row(
                """
                SELECT revision, study_revision.study FROM result
                JOIN study_revision ON study_revision.id = result.revision WHERE result.id IN (\(ids)) LIMIT 1
                """)
            guard let row else { return [] }
            let destinations: [String] = try database.rows(
                """
                SELECT DISTINCT destination FROM job WHERE kind = 'deliver' AND result IN (\(ids))
                    AND (state IN ('running', 'done') OR attempt > 0 OR id IN (SELECT job FROM delivery_sent))
                ORDER BY destination
                """
            ).map { $0["destination"] }
            let waiting = try Self.jobs(
                where: "job.kind = 'deliver' AND job.state IN ('waiting', 'failed') AND job.result IN (\(ids))",
                in: database)
            for job in waiting { try Self.advance(job.id, .cancelled(reason: reason), in: database) }
            let id = try Self.insert(
                note, digest: digest, size: size, revision: row["revision"], now: now, in: database)
            let path = state.file(in: StateDirectory.results, digest: digest, extension: note.fileExtension)
            try describe(result: id, path: path, study: row["study"], in: database)
            try database.run("UPDATE result SET withdrawn_by = ? WHERE id IN (\(ids))", [id])
            for destination in destinations {
                try Self.deliver(
                    id, to: destination, study: row["study"], revision: row["revision"], now: now,
                    maxAttempts: attempts.deliver, in: database)
            }
            return destinations
        }
    }
}
