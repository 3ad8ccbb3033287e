import DICOM
import Foundation
import GRDB

/// A file that a row of the index names.
struct NamedFile: Sendable {
    /// In which table its row is.
    enum Kind: String, CaseIterable {
        case instance, result, quarantine
    }

    let kind: Kind
    let row: Int64
    let path: String
    /// Where it lies below the state directory.
    let place: String
    let digest: String
    /// In bytes, as the index says.
    let size: Int
    /// Study Instance UID; nil in quarantine.
    let study: String?

    /// From where the digest counts: instances are named by their data set alone, other files by all of it. Nil where that
    /// cannot be told any more.
    var digestOffset: Int? { kind == .instance ? (try? InstanceHeader(path: path))?.dataSetOffset : 0 }
}

extension Archive {
    /// Files that rows of a table name, in the order of the rows.
    /// - Parameter after: the last row of the batch before.
    func namedFiles(_ kind: NamedFile.Kind, after: Int64, limit: Int) throws(ArchiveError) -> [NamedFile] {
        try read { database in
            try database.rows(kind.query, [after, limit]).map { row in
                let digest: String = row["digest"]
                let place = "\(kind.folder(digest))/\(digest)\((row["ending"] as String?).map { "." + $0 } ?? "")"
                return NamedFile(
                    kind: kind, row: row["id"], path: "\(state.path)/\(place)", place: place, digest: digest,
                    size: row["size"], study: row["study"])
            }
        }
    }

    /// Whether a row names the file still.
    func isNamed(_ file: NamedFile) throws(ArchiveError) -> Bool {
        try read { try $0.row("SELECT id FROM \(file.kind.rawValue) WHERE digest = ?", [file.digest]) != nil }
    }
}

extension Archive {
    /// Files in quarantine that no row names.
    func namesWithoutRow(inQuarantineOf state: StateDirectory) throws(ArchiveError) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: state.quarantine)) ?? []
        let known = try read { try Set(String.fetchAll($0, sql: "SELECT digest FROM quarantine")) }
        return names.filter { $0.utf8.count == 64 && !known.contains($0) }
    }
}

extension NamedFile.Kind {
    fileprivate func folder(_ digest: String) -> String {
        switch self {
        case .instance: "\(StateDirectory.instances)/\(digest.prefix(2))"
        case .result: "\(StateDirectory.results)/\(digest.prefix(2))"
        case .quarantine: "quarantine"
        }
    }

    fileprivate var query: String {
        switch self {
        case .instance:
            """
            SELECT instance.id, digest, size, 'dcm' AS ending, study.study_instance_uid AS study FROM instance
            JOIN series ON series.id = instance.series JOIN study ON study.id = series.study
            WHERE instance.id > ? ORDER BY instance.id LIMIT ?
            """
        case .result:
            """
            SELECT result.id, digest, size, file_extension AS ending, study.study_instance_uid AS study FROM result
            JOIN study_revision ON study_revision.id = result.revision JOIN study ON study.id = study_revision.study
            WHERE result.id > ? ORDER BY result.id LIMIT ?
            """
        case .quarantine:
            """
            SELECT id, digest, size, NULL AS ending, NULL AS study FROM quarantine WHERE id > ? ORDER BY id LIMIT ?
            """
        }
    }
}
