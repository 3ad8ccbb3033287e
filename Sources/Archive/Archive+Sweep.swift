import Foundation
import GRDB

// MARK: - Files without rows

extension Archive {
    /// Takes a file from the disk, unless a row names it again: the same object may have been sent anew meanwhile.
    /// - Returns: whether it was taken.
    @discardableResult
    public func discard(_ file: DiscardedFile) throws(ArchiveError) -> Bool {
        switch file.kind {
        case .inputs:
            return try exclusively(file: file.digest) { () throws(ArchiveError) in try removeUnlessNamed(file) }
        case .results:
            resultsLock.lock()
            defer { resultsLock.unlock() }
            return try removeUnlessNamed(file)
        }
    }

    private func removeUnlessNamed(_ file: DiscardedFile) throws(ArchiveError) -> Bool {
        guard try read({ try Self.isNamed(file, in: $0) }) == false else { return false }
        try state.fileSystem.remove(
            state.file(in: file.kind.folder, digest: file.digest, extension: file.fileExtension))
        return true
    }

    /// How many folders there are to sweep.
    public static let sweptFolders = 2 * 256

    /// Finds files that no row names in one of the folders: what a crash left between a row and its file.
    /// - Parameters:
    ///   - folder: 0 to below `sweptFolders`.
    ///   - before: only files whose name is older, so that none is found that is just being taken in.
    ///   - limit: no more than so many.
    public func orphans(inFolder folder: Int, before: Date, limit: Int) throws(ArchiveError) -> [DiscardedFile] {
        let kind: RetainedKind = folder < 256 ? .inputs : .results
        let prefix = String(folder % 256 + 256, radix: 16).dropFirst()
        let path = state.folder(in: kind.folder, digest: String(prefix))
        // Names first: what gets a name later gets a row later still, and is no candidate.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let named = try read { database in
            Set(
                try database.rows(
                    "SELECT digest FROM \(kind.table) WHERE digest >= ? AND digest < ?",
                    [String(prefix), String(prefix) + "g"]
                ).map { $0["digest"] as String })
        }
        let found = names.lazy.compactMap { name -> DiscardedFile? in
            let parts = name.split(separator: ".", maxSplits: 1)
            guard parts.count == 2, parts[0].utf8.count == 64, !named.contains(String(parts[0])),
                Self.namedAt("\(path)/\(name)").map({ $0 < before }) == true
            else { return nil }
            return DiscardedFile(kind: kind, digest: String(parts[0]), fileExtension: String(parts[1]))
        }
        return Array(found.prefix(limit))
    }

    /// When a file got its name, or was changed otherwise.
    private static func namedAt(_ path: String) -> Date? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Date(timeIntervalSince1970: Double(status.st_ctim.tv_sec))
    }

    private static func isNamed(_ file: DiscardedFile, in database: Database) throws -> Bool {
        try database.row("SELECT id FROM \(file.kind.table) WHERE digest = ?", [file.digest]) != nil
    }
}

extension RetainedKind {
    var folder: String { self == .inputs ? StateDirectory.instances : StateDirectory.results }
    fileprivate var table: String { self == .inputs ? "instance" : "result" }
}
