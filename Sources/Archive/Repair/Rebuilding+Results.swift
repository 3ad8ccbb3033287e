import DICOM
import Foundation
import GRDB

/// What readings have made, and what is to become of it.
extension Rebuilding {
    mutating func look(at file: FoundFile, _ results: inout [UID: [FoundResult]]) throws {
        guard try archive.digest(ofFile: file.path) == file.digest else {
            return try setAside(file, "it was altered on the disk")
        }
        guard let identity = ResultIdentity(path: file.path, ending: file.ending) else {
            report.unassigned += 1
            return
        }
        results[identity.studyInstanceUID, default: []].append(FoundResult(file: file, identity: identity))
    }

    /// Indexes the results of a study, and offers to deliver what its last reading made.
    mutating func restore(_ uid: UID, _ results: [FoundResult]) throws {
        let now = now
        guard let study = try archive.write({ try Self.study(uid, results, now, in: $0) }) else {
            report.unassigned += results.count
            return
        }
        // Asked outside of the transaction, as it may look into a file. Where the rules cannot tell, or would not have it
        // read any more, nobody gets anything.
        let plan = try policy.plan(uid, archive).flatMap { $0.isRead ? $0 : nil } ?? ReadingPlan(destinations: [])
        let revisions = RebuiltRevision.all(of: results)
        report.doubtfulDeliveries += try archive.write { database in
            var last: (revision: RebuiltRevision, id: Int64)?
            for (index, revision) in revisions.enumerated() {
                last = (revision, try insert(revision, number: index + 1, of: study, plan, in: database))
            }
            try withdraw(results.filter(\.isWithdrawal), in: database)
            guard let last else { return 0 }
            try endClosing(of: study, after: last.id, in: database)
            return try offer(last.revision, last.id, of: study, plan, in: database)
        }
        report.results += results.count
    }

    /// The row of a study. One whose images retention has removed is known by its results.
    private static func study(
        _ uid: UID, _ results: [FoundResult], _ now: Date, in database: Database
    ) throws -> Int64? {
        let known = try database.row("SELECT id FROM study WHERE study_instance_uid = ?", [uid.description])
        if let known { return known["id"] }
        guard let object = results.first(where: { $0.identity.object != nil }),
            let header = try? InstanceHeader(path: object.file.path)
        else { return nil }
        let patient = try Archive.patient(
            header.attributes.string(.patientID) ?? "", header.attributes.string(.issuerOfPatientID) ?? "", header,
            in: database)
        return try Archive.insertStudy(header, patient: patient, object.file.time, in: database)
    }

    /// - Returns: the revision's row.
    private func insert(
        _ revision: RebuiltRevision, number: Int, of study: Int64, _ plan: ReadingPlan, in database: Database
    ) throws -> Int64 {
        let made = revision.results.filter { !$0.isWithdrawal }.map(\.file.time).max() ?? now
        try database.run(
            """
            INSERT INTO study_revision (study, number, closed_at, closing_signal, plan)
            VALUES (?, ?, ?, 'rebuilt index', ?)
            """, [study, number, made.timeIntervalSince1970, try plan.json])
        let id = database.lastInsertedRowID
        try database.run(
            """
            INSERT INTO study_revision_instance (revision, instance)
            SELECT ?, instance.id FROM instance JOIN series ON series.id = instance.series
            WHERE series.study = ? AND instance.received_at <= ?
            """, [id, study, made.timeIntervalSince1970])
        for result in revision.results { try insert(result, id, of: study, in: database) }
        try Archive.enqueue(
            .read, study: study, revision: id, due: now, now: now, maxAttempts: archive.attempts.read, in: database)
        try database.run(
            "UPDATE job SET state = 'done', attempt = 1, reason = ? WHERE kind = 'read' AND revision = ?",
            [revision.declined, id])
        return id
    }

    private func insert(_ result: FoundResult, _ revision: Int64, of study: Int64, in database: Database) throws {
        let (file, kind) = (result.file, result.identity.kind)
        let incoming =
            result.identity.object.map {
                IncomingResult(
                    kind: kind, path: file.path, sopClassUID: $0.sopClassUID, sopInstanceUID: $0.sopInstanceUID)
            } ?? IncomingResult(kind: kind, path: file.path, fileExtension: file.ending)
        let id = try Archive.insert(
            incoming, digest: file.digest, size: file.size, revision: revision, now: file.time, in: database)
        if incoming.object != nil { try archive.describe(result: id, path: file.path, study: study, in: database) }
    }

    /// Marks what rejection notes of our own name.
    private func withdraw(_ notes: [FoundResult], in database: Database) throws {
        for note in notes {
            for uid in note.identity.withdrawn {
                try database.run(
                    """
                    UPDATE result SET withdrawn_by = (SELECT id FROM result WHERE sop_instance_uid = ?)
                    WHERE sop_instance_uid = ?
                    """, [note.identity.object?.sopInstanceUID.description, uid.description])
            }
        }
    }

    // MARK: Jobs

    /// A study with results was closed. What came after its last ones makes it wait anew; so does a Key Object Selection,
    /// which may reject images.
    private func endClosing(of study: Int64, after revision: Int64, in database: Database) throws {
        try database.run(
            """
            UPDATE job SET state = 'done', attempt = 1, reason = 'rebuilt index' WHERE kind = 'close' AND study = ?
                AND NOT EXISTS (SELECT 1 FROM instance JOIN series ON series.id = instance.series
                    WHERE series.study = job.study AND (instance.sop_class_uid = ? OR instance.id NOT IN
                    (SELECT instance FROM study_revision_instance WHERE revision = ?)))
            """, [study, UID.keyObjectSelectionDocumentStorage.description, revision])
    }

    /// Lists the deliveries of a revision as failed, to whom the plan has them go. Of what is withdrawn only the note is one.
    /// - Returns: how many.
    private func offer(
        _ revision: RebuiltRevision, _ id: Int64, of study: Int64, _ plan: ReadingPlan, in database: Database
    ) throws -> Int {
        let rows = try database.rows(
            """
            SELECT id, kind FROM result WHERE revision = ? AND sop_instance_uid IS NOT NULL AND withdrawn_by IS NULL
            """, [id])
        let isDeclined = revision.declined != nil
        var count = 0
        for row in rows {
            let (result, kind) = (row["id"] as Int64, row["kind"] as String)
            // A note goes to whom any of what it withdraws went.
            let kinds = kind == Archive.withdrawal ? revision.results.map(\.identity.kind) : [kind]
            for destination in plan.destinations
            where kinds.contains(where: { $0 != Archive.withdrawal && policy.sends($0, destination, isDeclined) }) {
                try Archive.enqueue(
                    .deliver, study: study, revision: id, result: result, destination: destination, due: now, now: now,
                    maxAttempts: archive.attempts.deliver, in: database)
                count += 1
            }
        }
        try database.run(
            "UPDATE job SET state = 'failed', attempt = 1, reason = ? WHERE kind = 'deliver' AND revision = ?",
            ["the index was rebuilt, and whether this was delivered is not known: uptake jobs retry, or cancel", id])
        return count
    }

    /// Marks as fetched what has no results, came from nobody but the source that previous studies are fetched from, and is
    /// previous to another study of its patient. Read and delivered it would tell of what nobody asked for.
    /// - Returns: how many studies.
    mutating func keepPreviousStudies() throws -> Int {
        guard let source = policy.fetchedFrom else { return 0 }
        let rows = try archive.read { database in
            try database.rows(
                """
                SELECT study_instance_uid AS uid, min(received_at) AS first, max(received_at) AS last
                FROM instance JOIN series ON series.id = instance.series JOIN study ON study.id = series.study
                WHERE NOT EXISTS (SELECT 1 FROM study_revision WHERE study_revision.study = study.id)
                GROUP BY study.id HAVING min(source_ae_title) = ? AND max(source_ae_title) = ?
                """, [source, source]
            ).compactMap { row in UID(row["uid"]).map { ($0, row["first"] as Double, row["last"] as Double) } }
        }
        let previous = try rows.filter { try !archive.laterStudies(than: $0.0).isEmpty }
        try archive.write { database in
            for (uid, first, last) in previous {
                try database.run(
                    "INSERT INTO fetched_study (study_instance_uid, begun_at, ended_at) VALUES (?, ?, ?)",
                    [uid.description, first, last])
            }
        }
        return previous.count
    }
}
