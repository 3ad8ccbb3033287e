import Foundation

/// The layout of the state directory.
///
/// - `index.sqlite`: the index and the jobs
/// - `instances/aa/DIGEST.dcm`: what was received, named by the SHA-256 of its data set
/// - `results/aa/DIGEST.EXT`: what was found, named by the SHA-256 of the file
/// - `quarantine/DIGEST`: what cannot be kept, named by the SHA-256 of the file
/// - `incoming/`: files being written; emptied at the start
/// - `identity`: a name drawn once, by which a backup knows the archive that it is of
/// - `control`: the socket of the running node, made by it
/// - `lock`: held by the process that has the directory open
///
/// No name comes from a peer. There is one level of 256 directories, all made at the start: with 65,536 on a second level
/// nearly every file would be the first of its directory, and pay for synchronising that one's name too.
struct StateDirectory: Sendable {
    let path: String
    let fileSystem: any FileSystem

    var index: String { path + "/index.sqlite" }
    var lock: String { path + "/lock" }
    var incoming: String { path + "/incoming" }
    var quarantine: String { path + "/quarantine" }

    static let instances = "instances"
    static let results = "results"

    /// Makes what is missing of the tree, all of it, so that storing a file never waits for a directory.
    ///
    /// That a directory exists does not say that its name is on the disk, so each start synchronises the few parents.
    func create() throws(ArchiveError) {
        try makeDirectories(path)
        let folders = [Self.instances, Self.results]
        try fileSystem.makeDirectories((folders + ["incoming", "quarantine"]).map { "\(path)/\($0)" })
        try fileSystem.synchronizeDirectory(path)
        for folder in folders {
            let digits = "0123456789abcdef"
            try fileSystem.makeDirectories(
                digits.flatMap { first in digits.map { "\(path)/\(folder)/\(first)\($0)" } })
            try fileSystem.synchronizeDirectory("\(path)/\(folder)")
        }
    }

    private func makeDirectories(_ path: String) throws(ArchiveError) {
        guard access(path, F_OK) != 0 else { return }
        let parent = (path as NSString).deletingLastPathComponent
        if !parent.isEmpty { try makeDirectories(parent) }
        try fileSystem.makeDirectories([path])
        try fileSystem.synchronizeDirectory(parent.isEmpty ? "." : parent)
    }

    /// Whether there are files that an index should name.
    var holdsFiles: Bool {
        let digits = "0123456789abcdef"
        let folders = [Self.instances, Self.results].flatMap { folder in
            digits.flatMap { first in digits.map { self.folder(in: folder, digest: "\(first)\($0)") } }
        }
        return (folders + [quarantine]).contains { folder in
            (try? FileManager.default.contentsOfDirectory(atPath: folder))?.isEmpty == false
        }
    }

    /// What it then is.
    var isWithoutIndex: ArchiveError { .torn(reason: "\(index) is not there, and files are that it should name") }

    /// The archive's name; nil where none was given yet.
    var identity: String? { try? String(contentsOfFile: identityFile, encoding: .utf8) }

    var identityFile: String { path + "/identity" }

    /// Gives the archive its name, where it has none.
    func identify() throws(ArchiveError) {
        guard access(identityFile, F_OK) != 0 else { return }
        let draft = "\(incoming)/identity"
        do { try Data(UUID().uuidString.utf8).write(to: URL(fileURLWithPath: draft)) } catch {
            throw .system("write", draft, code: EIO)
        }
        try fileSystem.synchronizeFile(draft)
        try fileSystem.rename(draft, to: identityFile)
        try fileSystem.synchronizeDirectory(path)
    }

    /// Removes what was being received or written when the process last ended: none of it was acknowledged.
    func removeLeftovers() throws(ArchiveError) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: incoming) else { return }
        for name in names {
            let path = "\(incoming)/\(name)"
            // The folder of a reading that was cut short.
            if (try? FileManager.default.contentsOfDirectory(atPath: path)) != nil {
                try? FileManager.default.removeItem(atPath: path)
            } else {
                try fileSystem.remove(path)
            }
        }
    }

    /// Where a file of a digest belongs.
    func file(in folder: String, digest: String, extension: String) -> String {
        "\(self.folder(in: folder, digest: digest))/\(digest).\(`extension`)"
    }

    /// The directory in which a file of a digest belongs.
    func folder(in folder: String, digest: String) -> String {
        "\(path)/\(folder)/\(digest.prefix(2))"
    }

    /// Moves a file to the place of its digest, durably: when this returns, file and name outlive a power cut.
    ///
    /// A file that is there already has the same contents, whatever its history, and is replaced at one stroke.
    /// - Returns: its new path.
    func place(
        _ file: String, in folder: String, digest: String, extension: String
    ) throws(ArchiveError) -> String {
        try fileSystem.synchronizeFile(file)
        let destination = self.file(in: folder, digest: digest, extension: `extension`)
        try fileSystem.rename(file, to: destination)
        try fileSystem.synchronizeDirectory(self.folder(in: folder, digest: digest))
        return destination
    }

    /// Free space in bytes for an unprivileged process.
    func availableBytes() throws(ArchiveError) -> Int {
        let status = try diskStatus()
        return Int(status.f_bavail) * Int(status.f_frsize)
    }

    /// The size of the disk in bytes.
    func diskBytes() throws(ArchiveError) -> Int {
        let status = try diskStatus()
        return Int(status.f_blocks) * Int(status.f_frsize)
    }

    private func diskStatus() throws(ArchiveError) -> statvfs {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw .system("measure", path) }
        return status
    }
}

/// Keeps a second node out of a state directory for as long as it lives.
final class DirectoryLock: Sendable {
    private let file: Int32

    init(_ path: String, directory: String) throws(ArchiveError) {
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw .system("open", path) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            // Whole by now, the value closes the file as it goes.
            let code = errno
            throw code == EWOULDBLOCK ? .inUse(directory: directory) : .system("lock", path, code: code)
        }
    }

    deinit { close(file) }
}
