import DICOM
import Foundation
import GRDB

/// What is not as the index says.
public struct ArchiveDamage: Sendable, Equatable, Codable {
    /// What kind of damage it is.
    public enum Kind: String, Sendable, Codable {
        /// The index itself: SQLite finds it torn, or rows that point at nothing.
        case index
        /// A file is not there.
        case missing
        /// A file's contents are not those it is named after.
        case altered
        /// A file cannot be read.
        case unreadable
    }

    /// What kind of damage it is.
    public let kind: Kind
    /// The file.
    public let path: String
    /// The study that it belongs to; nil where it belongs to none.
    public let studyInstanceUID: String?
    /// What was found, in words.
    public let detail: String
}

/// What a check of a state directory, or of a backup, found.
public struct VerificationReport: Sendable, Codable {
    /// Files that were compared with the index.
    public internal(set) var files = 0
    /// Their length, in bytes.
    public internal(set) var bytes = 0
    /// What is wrong.
    public internal(set) var damages: [ArchiveDamage] = []
    /// Files that no row names; they harm nobody, and a node removes them in time.
    public internal(set) var orphans = 0
}

extension Archive {
    /// Compares every file with the index: whether it is there, and whether its digest is the one it is named after.
    ///
    /// Reads only, and may be called beside a running node: what is removed meanwhile is not missing.
    /// - Parameter progress: told how many files were looked at; false ends the check early.
    /// - Throws: where there is no index, or a newer version wrote it. One that is torn is a finding.
    public static func verify(
        directory: String, progress: (_ files: Int) -> Bool = { _ in true }
    ) throws(ArchiveError) -> VerificationReport {
        var report = VerificationReport()
        do throws(ArchiveError) {
            let archive = try inspect(directory: directory)
            defer { try? archive.close() }
            try archive.verifyIndex(&report)
            for kind in NamedFile.Kind.allCases {
                guard try archive.verifyFiles(kind, &report, progress) else { break }
            }
            report.orphans = try archive.countOrphans()
        } catch {
            let detail: String
            switch error {
            case .index where access(directory, W_OK) != 0:
                throw .unsuitable(
                    path: directory,
                    reason:
                        "its index cannot be read where nothing can be written beside it: verify it as its owner, or a copy"
                )
            case .index(let reason): detail = "\(reason); uptake rebuild makes a new one from the files"
            case .torn: detail = "\(error)"
            default: throw error
            }
            report.damages.append(
                ArchiveDamage(
                    kind: .index, path: directory + "/index.sqlite", studyInstanceUID: nil, detail: detail))
        }
        return report
    }

    private func verifyIndex(_ report: inout VerificationReport) throws(ArchiveError) {
        let found = try read { database in
            let damage = try String.fetchAll(database, sql: "PRAGMA integrity_check(100)").filter { $0 != "ok" }
            let dangling = try database.rows("PRAGMA foreign_key_check").prefix(100).map { row in
                "a row of \(row["table"] as String) points at a row of \(row["parent"] as String) that is not there"
            }
            return damage + dangling
        }
        report.damages += found.map {
            ArchiveDamage(kind: .index, path: state.index, studyInstanceUID: nil, detail: $0)
        }
    }

    /// - Returns: whether to go on.
    private func verifyFiles(
        _ kind: NamedFile.Kind, _ report: inout VerificationReport, _ progress: (Int) -> Bool
    ) throws(ArchiveError) -> Bool {
        var last: Int64 = 0
        while true {
            let files = try namedFiles(kind, after: last, limit: 200)
            guard let end = files.last?.row else { return true }
            for file in files {
                report.files += 1
                report.bytes += file.size
                // What retention or an operator has removed since is not missing.
                if let damage = damage(of: file), try isNamed(file) { report.damages.append(damage) }
            }
            guard progress(report.files) else { return false }
            last = end
        }
    }

    /// What is wrong with a file; nil where it is what the index says.
    func damage(of file: NamedFile) -> ArchiveDamage? {
        func damage(_ kind: ArchiveDamage.Kind, _ detail: String) -> ArchiveDamage {
            ArchiveDamage(kind: kind, path: file.path, studyInstanceUID: file.study, detail: detail)
        }
        guard access(file.path, F_OK) == 0 else {
            return errno == ENOENT ? damage(.missing, "the file is not there") : damage(.unreadable, reason(errno))
        }
        do throws(ArchiveError) {
            guard let offset = file.digestOffset else {
                return damage(.altered, "it is no DICOM file any more")
            }
            return try digest(ofFile: file.path, from: offset) == file.digest
                ? nil : damage(.altered, "its contents are not those that were taken in")
        } catch { return damage(.unreadable, "\(error)") }
    }

    private func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

    private func countOrphans() throws(ArchiveError) -> Int {
        var count = 0
        for folder in 0..<Self.sweptFolders {
            count += try orphans(inFolder: folder, before: .distantFuture, limit: .max).count
        }
        return count
    }
}
