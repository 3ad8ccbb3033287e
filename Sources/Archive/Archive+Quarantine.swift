import DICOM
import Foundation

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
    /// The file is moved, durably; it may lie in `incoming/` or anywhere in the file system of the archive.
    /// - Returns: the name under which it is kept: its digest.
    @discardableResult
    public func quarantine(
        file: String, reason: String, sourceAETitle: String, sopInstanceUID: UID? = nil, now: Date
    ) throws(ArchiveError) -> String {
        let digest = try digest(ofFile: file)
        let size = try size(ofFile: file)
        try state.fileSystem.synchronizeFile(file)
        try state.fileSystem.rename(file, to: "\(state.quarantine)/\(digest)")
        try state.fileSystem.synchronizeDirectory(state.quarantine)
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
        return digest
    }

    /// What was set aside, newest first.
    public func quarantinedFiles() throws(ArchiveError) -> [QuarantinedFile] {
        try read { database in
            try database.rows("SELECT * FROM quarantine ORDER BY last_seen_at DESC, id DESC").map { row in
                QuarantinedFile(
                    path: "\(state.quarantine)/\(row["digest"] as String)", digest: row["digest"], size: row["size"],
                    reason: row["reason"], sourceAETitle: row["source_ae_title"],
                    sopInstanceUID: (row["sop_instance_uid"] as String?).flatMap(UID.init),
                    firstSeenAt: Date(timeIntervalSince1970: row["first_seen_at"]),
                    lastSeenAt: Date(timeIntervalSince1970: row["last_seen_at"]), occurrences: row["occurrences"])
            }
        }
    }
}
