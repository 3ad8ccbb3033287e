import DICOM
import Foundation
import GRDB

/// What a backup came to.
public struct BackupReport: Sendable, Codable {
    /// Files that the backup holds.
    public internal(set) var files = 0
    /// Those of them that were copied now; the others were there from an earlier backup.
    public internal(set) var copied = 0
    /// What was copied, in bytes.
    public internal(set) var bytes = 0
    /// Files of an earlier backup that no row names any more, and were removed.
    public internal(set) var removed = 0
    /// What is wrong with the files of the archive, and could not be backed up.
    public internal(set) var damages: [ArchiveDamage] = []
}

extension Archive {
    /// Copies a state directory, beside the node that may use it, into a folder that is a state directory itself.
    ///
    /// The index is copied as of one moment, then every file that it names; files are named by their digests, so that what an
    /// earlier backup has is not copied again. What is removed from the archive meanwhile makes a new moment necessary. The
    /// copy of the index takes its place when all files are there, so that a backup that was cut short leaves the one before.
    /// - Parameters:
    ///   - folder: one that is new, empty, or an earlier backup.
    ///   - comparing: whether the contents of what an earlier backup has are looked at, and copied anew where they are
    ///     altered. Else its length is enough.
    ///   - progress: told how many files were looked at; false ends it early.
    public static func backUp(
        directory: String, to folder: String, comparing: Bool = false,
        progress: (_ files: Int) -> Bool = { _ in true }
    ) throws(ArchiveError) -> BackupReport {
        try Backup(of: inspect(directory: directory), to: folder, isComparing: comparing).run(progress)
    }
}

/// A backup on its way.
private struct Backup {
    let source: Archive
    let target: StateDirectory
    let isComparing: Bool
    private let lock: DirectoryLock
    /// The copy of the index, until it takes its place.
    private var draft: String { target.path + "/index.sqlite.draft" }
    /// So many moments are tried: each is needed only because studies were removed during the one before.
    private static let moments = 10

    init(of source: Archive, to folder: String, isComparing: Bool) throws(ArchiveError) {
        (self.source, target) = (source, StateDirectory(path: folder, fileSystem: Disk()))
        self.isComparing = isComparing
        let (own, wanted) = (Self.canonical(source.state.path), Self.canonical(folder))
        guard wanted != own else {
            throw .unsuitable(path: folder, reason: "it is the state directory itself: name another folder")
        }
        guard !wanted.hasPrefix(own + "/") else {
            throw .unsuitable(path: folder, reason: "it lies in the state directory, and would be lost with it")
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard names.isEmpty || names.contains("lock") && names.contains("instances") else {
            throw .unsuitable(path: folder, reason: "it holds something else: name a new folder, or an earlier backup")
        }
        if let other = target.identity, other != source.state.identity {
            throw .unsuitable(
                path: folder,
                reason: "it is the backup of another archive, and would lose all of it: name another folder")
        }
        try target.create()
        // Kept from a node that was started on the backup, and from a second backup.
        lock = try DirectoryLock(target.lock, directory: folder)
    }

    /// A path without symbolic links, also of what is not there yet.
    private static func canonical(_ path: String) -> String {
        var known = URL(fileURLWithPath: path).standardizedFileURL
        var rest = ""
        while known.path != "/" {
            if let real = realpath(known.path, nil) {
                defer { free(real) }
                return String(cString: real) + rest
            }
            rest = "/" + known.lastPathComponent + rest
            known.deleteLastPathComponent()
        }
        return rest
    }

    func run(_ progress: (Int) -> Bool) throws(ArchiveError) -> BackupReport {
        var report = BackupReport()
        for moment in 1... {
            try copyIndex()
            let index = try Archive.inspect(index: draft, of: target)
            defer { try? index.close() }
            let isWhole = try copyFiles(named: index, &report, progress)
            guard isWhole || moment == Self.moments else { continue }
            guard isWhole else {
                throw .unsuitable(
                    path: target.path, reason: "the archive removes files faster than they can be copied: try again")
            }
            try index.close()
            try putInPlace()
            if source.state.identity != nil { try duplicate(source.state.identityFile, as: target.identityFile) }
            report.removed = try removeOthers()
            try copyAuditTrail()
            return report
        }
        return report
    }

    private func copyIndex() throws(ArchiveError) {
        for ending in ["", "-wal", "-shm"] { try target.fileSystem.remove(draft + ending) }
        do {
            let copy = try DatabaseQueue(path: draft)
            try source.index.backup(to: copy)
            // With a journal of the usual kind the copy can be read where nothing can be written, as on a disk mounted so.
            try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try copy.close()
        } catch { throw ArchiveError(error, index: draft) }
    }

    /// Copies what a copy of the index names and the backup does not have.
    /// - Returns: false where something has been removed from the archive since that copy was made.
    private func copyFiles(
        named index: Archive, _ report: inout BackupReport, _ progress: (Int) -> Bool
    ) throws(ArchiveError) -> Bool {
        report.files = 0
        report.damages = []
        var folders: Set<String> = []
        for kind in NamedFile.Kind.allCases {
            var last: Int64 = 0
            while case let files = try index.namedFiles(kind, after: last, limit: 200), let end = files.last?.row {
                for file in files {
                    report.files += 1
                    if try isHere(file) { continue }
                    if let damage = source.damage(of: inSource(file)) {
                        guard try source.isNamed(file) else { return false }
                        report.damages.append(damage)
                        continue
                    }
                    try copy(file)
                    folders.insert((file.path as NSString).deletingLastPathComponent)
                    report.copied += 1
                    report.bytes += file.size
                }
                guard progress(report.files) else {
                    throw .unsuitable(path: target.path, reason: "the backup was cut short")
                }
                last = end
            }
        }
        for folder in folders { try target.fileSystem.synchronizeDirectory(folder) }
        return true
    }

    /// By name and length and, where they are compared, by contents.
    private func isHere(_ file: NamedFile) throws(ArchiveError) -> Bool {
        guard access(file.path, F_OK) == 0, try source.size(ofFile: file.path) == file.size else { return false }
        return !isComparing || source.damage(of: file) == nil
    }

    private func inSource(_ file: NamedFile) -> NamedFile {
        NamedFile(
            kind: file.kind, row: file.row, path: "\(source.state.path)/\(file.place)", place: file.place,
            digest: file.digest, size: file.size, study: file.study)
    }

    private func copy(_ file: NamedFile) throws(ArchiveError) {
        try duplicate("\(source.state.path)/\(file.place)", as: file.path)
    }

    private func duplicate(_ from: String, as path: String) throws(ArchiveError) {
        let draft = target.incoming + "/" + (path as NSString).lastPathComponent
        try target.fileSystem.remove(draft)
        do {
            try FileManager.default.copyItem(atPath: from, toPath: draft)
        } catch { throw Self.failure(error, path) }
        try keepTime(of: from, on: draft)
        try target.fileSystem.synchronizeFile(draft)
        try target.fileSystem.rename(draft, to: path)
    }

    /// A rebuilt index dates what arrived by its file.
    private func keepTime(of from: String, on path: String) throws(ArchiveError) {
        var status = stat()
        guard stat(from, &status) == 0 else { throw .system("examine", from) }
        let times = [status.st_atim, status.st_mtim]
        guard utimensat(AT_FDCWD, path, times, 0) == 0 else { throw .system("date", path) }
    }

    private static func failure(_ error: any Error, _ path: String) -> ArchiveError {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        return .system("copy to", path, code: Int32(underlying?.code ?? Int(EIO)))
    }

    private func putInPlace() throws(ArchiveError) {
        for ending in ["-wal", "-shm"] {
            try target.fileSystem.remove(draft + ending)
            try target.fileSystem.remove(target.index + ending)
        }
        try target.fileSystem.synchronizeFile(draft)
        try target.fileSystem.rename(draft, to: target.index)
        try target.fileSystem.synchronizeDirectory(target.path)
    }

    /// Removes what the new index does not name.
    private func removeOthers() throws(ArchiveError) -> Int {
        let index = try Archive.inspect(directory: target.path)
        defer { try? index.close() }
        var removed = 0
        for folder in 0..<Archive.sweptFolders {
            for file in try index.orphans(inFolder: folder, before: .distantFuture, limit: .max) {
                removed += 1
                try target.fileSystem.remove(
                    target.file(
                        in: file.kind.folder, digest: file.digest, extension: file.fileExtension))
            }
        }
        for name in try index.namesWithoutRow(inQuarantineOf: target) {
            removed += 1
            try target.fileSystem.remove("\(target.quarantine)/\(name)")
        }
        return removed
    }

    private func copyAuditTrail() throws(ArchiveError) {
        let (from, to) = (source.state.path + "/audit", target.path + "/audit")
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: from) else { return }
        try target.fileSystem.makeDirectories([to])
        for name in names {
            do throws(ArchiveError) {
                try duplicate("\(from)/\(name)", as: "\(to)/\(name)")
            } catch {
                // Renamed or dropped by the node meanwhile.
                guard access("\(from)/\(name)", F_OK) != 0 else { throw error }
            }
        }
        // What the node has dropped by its own limit is not kept here either.
        let kept = (try? FileManager.default.contentsOfDirectory(atPath: to)) ?? []
        for name in kept where access("\(from)/\(name)", F_OK) != 0 { try target.fileSystem.remove("\(to)/\(name)") }
        try target.fileSystem.synchronizeDirectory(to)
    }
}
