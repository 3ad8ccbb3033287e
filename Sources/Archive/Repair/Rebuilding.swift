import DICOM
import Foundation
import GRDB

/// The making of a new index from files.
struct Rebuilding {
    let archive: Archive
    let policy: RebuildPolicy
    let now: Date
    var report = RebuildReport()

    private var looked = 0
    private var state: StateDirectory { archive.state }

    init(archive: Archive, policy: RebuildPolicy, now: Date) {
        (self.archive, self.policy, self.now) = (archive, policy, now)
    }

    mutating func run(_ progress: (Int) -> Void) throws {
        try listQuarantine()
        for folder in folders(StateDirectory.instances) {
            for file in files(in: folder) { try take(file) }
            progress(looked)
        }
        var results: [UID: [FoundResult]] = [:]
        for folder in folders(StateDirectory.results) {
            for file in files(in: folder) { try look(at: file, &results) }
            progress(looked)
        }
        for (study, results) in results.sorted(by: { $0.key.description < $1.key.description }) {
            try restore(study, results)
        }
        report.keptAsPrevious = try keepPreviousStudies()
    }

    private func folders(_ kind: String) -> [String] {
        (0..<256).map { "\(state.path)/\(kind)/" + String($0 + 256, radix: 16).dropFirst() }
    }

    private mutating func files(in folder: String) -> [FoundFile] {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        looked += names.count
        return names.compactMap { name in
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            var status = stat()
            guard parts[0].utf8.count == 64, stat("\(folder)/\(name)", &status) == 0, status.st_size > 0 else {
                return nil
            }
            return FoundFile(
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

    mutating func setAside(_ file: FoundFile, _ reason: String) throws {
        report.setAside.append("\(file.path): \(reason)")
        try archive.quarantine(file: file.path, reason: reason, sourceAETitle: "", now: now)
    }

    // MARK: Instances

    private mutating func take(_ file: FoundFile) throws {
        let header: InstanceHeader
        do throws(InstanceHeaderError) { header = try InstanceHeader(path: file.path) } catch {
            return try setAside(file, "the header cannot be read: \(error)")
        }
        guard try archive.digest(ofFile: file.path, from: header.dataSetOffset) == file.digest else {
            return try setAside(file, "it was altered on the disk")
        }
        let (attempts, due) = (archive.attempts, now.addingTimeInterval(policy.quietPeriodSeconds))
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
}
