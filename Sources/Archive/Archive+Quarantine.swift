import DICOM
import Foundation
import GRDB

/// A file set aside.
public struct QuarantinedFile: Sendable, Equatable, Codable {
    /// Where it lies.
    public let path: String
    /// SHA-256 of the file.
    public let digest: String
    /// Bytes.
    public let size: Int
    /// Why it was set aside.
    public let reason: String
    /// Who sent it.
    public let sourceAETitle: String
    /// The instance it says it is, where that could be read.
    public let sopInstanceUID: UID?
    /// When it first came.
    public let firstSeenAt: Date
    /// When it came last.
    public let lastSeenAt: Date
    /// How often it came: the same bytes are kept once.
    public let occurrences: Int
}

extension Archive {
    /// Sets a file aside with a reason: what cannot be kept is never thrown away.
    ///
    /// The file is moved, durably; it may lie in `incoming/` or anywhere in the file system of the archive. Where that fails
    /// it lies where it was.
    /// - Returns: the name under which it is kept: its digest.
    @discardableResult
    public func quarantine(
        file: String, reason: String, sourceAETitle: String, sopInstanceUID: UID? = nil, now: Date
    ) throws(ArchiveError) -> String {
        let digest = try digest(ofFile: file)
        let size = try size(ofFile: file)
        try state.fileSystem.synchronizeFile(file)
        quarantineLock.lock()
        defer { quarantineLock.unlock() }
        let kept = "\(state.quarantine)/\(digest)"
        let wasKept = FileManager.default.fileExists(atPath: kept)
        try state.fileSystem.rename(file, to: kept)
        do throws(ArchiveError) {
            try state.fileSystem.synchronizeDirectory(state.quarantine)
            try noteQuarantined(digest, size, reason, sourceAETitle, sopInstanceUID, now)
        } catch {
            // Without a row nobody would find it. The same bytes from before have theirs.
            if !wasKept { try? state.fileSystem.rename(kept, to: file) }
            throw error
        }
        return digest
    }

    private func noteQuarantined(
        _ digest: String, _ size: Int, _ reason: String, _ sourceAETitle: String, _ sopInstanceUID: UID?, _ now: Date
    ) throws(ArchiveError) {
        let moment = now.timeIntervalSince1970
        try write { database in
            try database.run(
                """
                INSERT INTO quarantine (digest, size, reason, source_ae_title, sop_instance_uid, first_seen_at,
                    last_seen_at, occurrences)
                VALUES (?, ?, ?, ?, ?, ?, ?, 1)
                ON CONFLICT (digest) DO UPDATE SET reason = excluded.reason,
                    source_ae_title = excluded.source_ae_title, last_seen_at = excluded.last_seen_at,
                    occurrences = quarantine.occurrences + 1
                """, [digest, size, reason, sourceAETitle, sopInstanceUID?.description, moment, moment])
        }
    }

    /// What was set aside, newest first.
    public func quarantinedFiles(limit: Int = .max) throws(ArchiveError) -> [QuarantinedFile] {
        try read { database in
            try database.rows("SELECT * FROM quarantine ORDER BY last_seen_at DESC, id DESC LIMIT ?", [limit])
                .map(quarantined)
        }
    }

    /// The one file that was set aside whose digest begins so.
    /// - Throws: `ArchiveError.unknown` where there is none, or more than one.
    public func quarantinedFile(_ prefix: String) throws(ArchiveError) -> QuarantinedFile {
        let found = try read { database in
            try database.rows(
                "SELECT * FROM quarantine WHERE substr(digest, 1, ?) = ? LIMIT 2", [prefix.count, prefix]
            ).map(quarantined)
        }
        guard found.count == 1, !prefix.isEmpty else {
            throw .unknown("single file \"\(prefix)\" in quarantine; uptake quarantine lists them")
        }
        return found[0]
    }

    private func quarantined(_ row: Row) -> QuarantinedFile {
        QuarantinedFile(
            path: "\(state.quarantine)/\(row["digest"] as String)", digest: row["digest"], size: row["size"],
            reason: row["reason"], sourceAETitle: row["source_ae_title"],
            sopInstanceUID: (row["sop_instance_uid"] as String?).flatMap(UID.init),
            firstSeenAt: Date(timeIntervalSince1970: row["first_seen_at"]),
            lastSeenAt: Date(timeIntervalSince1970: row["last_seen_at"]), occurrences: row["occurrences"])
    }
}

// MARK: - What becomes of it

extension Archive {
    /// Takes a file out of quarantine as if it had just come from who sent it; the operator answers for what it is.
    /// - Returns: what came of it; after a conflict it lies in quarantine as before.
    public func release(
        _ file: QuarantinedFile, now: Date, quietPeriodSeconds: Double
    ) throws(ArchiveError) -> Acceptance {
        let path = incomingPath()
        // A copy: a crash on the way leaves the file where it is, and so does a conflict.
        guard (try? FileManager.default.copyItem(atPath: file.path, toPath: path)) != nil else {
            throw .system("copy out of quarantine", file.path)
        }
        let header: InstanceHeader
        do throws(InstanceHeaderError) {
            header = try InstanceHeader(path: path)
        } catch {
            try? state.fileSystem.remove(path)
            throw .header(path: file.path, reason: "\(error)")
        }
        let incoming = IncomingInstance(path: path, header: header, sourceAETitle: file.sourceAETitle)
        let acceptance = try accept(incoming, now: now, quietPeriodSeconds: quietPeriodSeconds)
        if case .conflict = acceptance {
            try write { try Self.note(file, in: $0) }
        } else {
            try drop(file)
        }
        return acceptance
    }

    /// An operator's attempt is not an occurrence.
    private static func note(_ file: QuarantinedFile, in database: Database) throws {
        try database.run(
            "UPDATE quarantine SET last_seen_at = ?, occurrences = ? WHERE digest = ?",
            [file.lastSeenAt.timeIntervalSince1970, file.occurrences, file.digest])
    }

    /// Throws a file away that was set aside.
    public func drop(_ file: QuarantinedFile) throws(ArchiveError) {
        // The same bytes may be set aside again at this moment, and must not lose their file to this.
        quarantineLock.lock()
        defer { quarantineLock.unlock() }
        try write { try $0.run("DELETE FROM quarantine WHERE digest = ?", [file.digest]) }
        try state.fileSystem.remove(file.path)
    }
}

// MARK: - Removing

extension Archive {
    /// Bytes of all that is set aside.
    public func quarantinedBytes() throws(ArchiveError) -> Int {
        try read { try $0.row("SELECT COALESCE(sum(size), 0) AS bytes FROM quarantine")!["bytes"] }
    }

    /// Takes away what was last seen longest ago.
    /// - Parameters:
    ///   - before: only what has not been seen since.
    ///   - excessBytes: no more than it takes to be rid of so many; nil for all.
    ///   - limit: no more than so many files.
    /// - Returns: how many files went.
    public func removeQuarantined(before: Date, excessBytes: Int?, limit: Int) throws(ArchiveError) -> Int {
        let oldest = try read { database in
            try database.rows(
                "SELECT digest, size FROM quarantine WHERE last_seen_at < ? ORDER BY last_seen_at, id LIMIT ?",
                [before.timeIntervalSince1970, limit])
        }
        var left = excessBytes ?? .max
        var removed = 0
        for row in oldest where left > 0 {
            let digest: String = row["digest"]
            // The file before its row: what a crash leaves is a row that tells of a file that is gone, and goes next time.
            quarantineLock.lock()
            defer { quarantineLock.unlock() }
            try state.fileSystem.remove("\(state.quarantine)/\(digest)")
            try write { try $0.run("DELETE FROM quarantine WHERE digest = ?", [digest]) }
            left -= row["size"]
            removed += 1
        }
        return removed
    }
}
