import DICOM
import Foundation
import GRDB

/// The making of a new index from files.
struct Rebuilding {
    let archive: Archive
    let destinations: [String]
    let quietPeriodSeconds: Double
    let now: Date
    var report = RebuildReport()

    private var looked = 0
    private var state: StateDirectory { archive.state }

    /// A file and when it came.
    private struct Found {
        let path: String
        let digest: String
        let ending: String
        let size: Int
        let time: Date
    }

    init(archive: Archive, destinations: [String], quietPeriodSeconds: Double, now: Date) {
        (self.archive, self.destinations) = (archive, destinations)
        (self.quietPeriodSeconds, self.now) = (quietPeriodSeconds, now)
    }

    mutating func run(_ progress: (Int) -> Void) throws {
        try listQuarantine()
        for folder in folders(StateDirectory.instances) {
            for file in files(in: folder) { try take(file) }
            progress(looked)
        }
        for folder in folders(StateDirectory.results) {
            for file in files(in: folder) { try takeResult(file) }
            progress(looked)
        }
        try closeWhatIsRead()
    }

    private func folders(_ kind: String) -> [String] {
        (0..<256).map { "\(state.path)/\(kind)/" + String($0 + 256, radix: 16).dropFirst() }
    }

    private mutating func files(in folder: String) -> [Found] {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        looked += names.count
        return names.compactMap { name in
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            var status = stat()
            guard parts[0].utf8.count == 64, stat("\(folder)/\(name)", &status) == 0, status.st_size > 0 else {
                return nil
            }
            return Found(
                path: "\(folder)/\(name)", digest: parts[0], ending: parts.count > 1 ? parts[1] : "",
                size: Int(status.st_size), time: Date(timeIntervalSince1970: Double(status.st_mtim.tv_sec)))
        }
    }

    // MARK: Quarantine

    private mutating func listQuarantine() throws {
        for file in files(in: state.quarantine) {
            try note(
                file.digest, file.size, "in quarantine when the index was rebuilt; its reason went with the old one",
                file.time)
            report.quarantined += 1
        }
    }

    private func note(_ digest: String, _ size: Int, _ reason: String, _ time: Date) throws {
        try archive.write { database in
            try database.run(
                """
                INSERT INTO quarantine (digest, size, reason, source_ae_title, sop_instance_uid, first_seen_at,
                    last_seen_at, occurrences) VALUES (?, ?, ?, '', NULL, ?, ?, 1) ON CONFLICT DO NOTHING
                """, [digest, size, reason, time.timeIntervalSince1970, time.timeIntervalSince1970])
        }
    }

    private mutating func setAside(_ file: Found, _ reason: String) throws {
        report.setAside.append("\(file.path): \(reason)")
        try archive.quarantine(file: file.path, reason: reason, sourceAETitle: "", now: now)
    }

    // MARK: Instances

    private mutating func take(_ file: Found) throws {
        let header: InstanceHeader
        do throws(InstanceHeaderError) { header = try InstanceHeader(path: file.path) } catch {
            return try setAside(file, "the header cannot be read: \(error)")
        }
        guard try archive.digest(ofFile: file.path, from: header.dataSetOffset) == file.digest else {
            return try setAside(file, "it was altered on the disk")
        }
        let (attempts, due) = (archive.attempts, now.addingTimeInterval(quietPeriodSeconds))
        let incoming = IncomingInstance(
            path: file.path, header: header, sourceAETitle: header.sourceApplicationEntityTitle ?? "")
        let conflict = try archive.write { database -> Conflict? in
            let known = try database.row(
                "SELECT id FROM instance WHERE sop_instance_uid = ?", [header.sopInstanceUID.description])
            guard known == nil else { return .differingBytes }
            return try Archive.insert(
                incoming, digest: file.digest, size: file.size, now: file.time, closeDue: due, attempts: attempts,
                in: database)
        }
        if let conflict { return try setAside(file, conflict.description) }
        report.instances += 1
    }

    // MARK: Results

    private mutating func takeResult(_ file: Found) throws {
        guard try archive.digest(ofFile: file.path) == file.digest else {
            return try setAside(file, "it was altered on the disk")
        }
        guard let result = ResultIdentity(path: file.path, ending: file.ending),
            try insert(result, file)
        else {
            report.unassigned += 1
            return
        }
        report.results += 1
    }

    /// - Returns: false where its study is not here.
    private mutating func insert(_ result: ResultIdentity, _ file: Found) throws -> Bool {
        let (now, destinations, attempts) = (now, destinations, archive.attempts)
        let revision = try archive.write { database -> (study: Int64, revision: Int64)? in
            let study = try database.row(
                "SELECT id FROM study WHERE study_instance_uid = ?", [result.studyInstanceUID.description])
            guard let study = study?["id"] as Int64? else { return nil }
            let revision = try Self.revision(of: study, now, in: database)
            try database.run(
                """
                INSERT INTO result (revision, kind, sop_instance_uid, sop_class_uid, digest, file_extension, size,
                    created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """,
                [
                    revision, result.kind, result.object?.sopInstanceUID.description,
                    result.object?.sopClassUID.description, file.digest, file.ending, file.size,
                    file.time.timeIntervalSince1970,
                ])
            guard database.changesCount > 0, result.object != nil else { return (study, revision) }
            let id = database.lastInsertedRowID
            try archive.describe(result: id, path: file.path, study: study, in: database)
            for destination in destinations {
                try Archive.enqueue(
                    .deliver, study: study, revision: revision, result: id, destination: destination, due: now,
                    now: now,
                    maxAttempts: attempts.deliver, in: database)
            }
            return (study, revision)
        }
        return revision != nil
    }

    /// The revision that results of a study hang on, made with the first of them.
    private static func revision(of study: Int64, _ now: Date, in database: Database) throws -> Int64 {
        if let known = try database.row("SELECT id FROM study_revision WHERE study = ?", [study]) { return known["id"] }
        try database.run(
            "INSERT INTO study_revision (study, number, closed_at, closing_signal) VALUES (?, 1, ?, 'rebuilt index')",
            [study, now.timeIntervalSince1970])
        return database.lastInsertedRowID
    }

    // MARK: Jobs

    /// Studies with results were closed and read. What came after their last result makes them wait anew; so does a Key
    /// Object Selection, which may reject images.
    private mutating func closeWhatIsRead() throws {
        let (now, reads) = (now, archive.attempts.read)
        report.doubtfulDeliveries = try archive.write { database in
            for row in try database.rows("SELECT id, study FROM study_revision") {
                let (revision, study) = (row["id"] as Int64, row["study"] as Int64)
                try database.run(
                    """
                    INSERT INTO study_revision_instance (revision, instance)
                    SELECT ?, instance.id FROM instance JOIN series ON series.id = instance.series
                    WHERE series.study = ? AND instance.received_at <=
                        (SELECT max(created_at) FROM result WHERE result.revision = ?)
                    """, [revision, study, revision])
                try Archive.enqueue(
                    .read, study: study, revision: revision, due: now, now: now, maxAttempts: reads, in: database)
                try database.run(
                    "UPDATE job SET state = 'done', attempt = 1 WHERE kind = 'read' AND revision = ?", [revision])
                try database.run(
                    """
                    UPDATE job SET state = 'done', attempt = 1, reason = 'rebuilt index' WHERE kind = 'close' AND study = ?
                        AND NOT EXISTS (SELECT 1 FROM instance JOIN series ON series.id = instance.series
                            WHERE series.study = job.study AND (instance.sop_class_uid = ? OR instance.id NOT IN
                            (SELECT instance FROM study_revision_instance WHERE revision = ?)))
                    """, [study, UID.keyObjectSelectionDocumentStorage.description, revision])
            }
            try database.run(
                """
                UPDATE job SET state = 'failed', attempt = 1, reason = ? WHERE kind = 'deliver'
                """,
                ["the index was rebuilt, and whether this was delivered is not known: uptake jobs retry, or cancel"])
            return database.changesCount
        }
    }
}
