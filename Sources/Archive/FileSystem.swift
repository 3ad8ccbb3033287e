import Foundation

/// The steps by which bytes become durable: what a fault layer stands in for.
package protocol FileSystem: Sendable {
    /// Forces a file's contents to the disk.
    func synchronizeFile(_ path: String) throws(ArchiveError)
    /// Forces a directory's entries to the disk.
    func synchronizeDirectory(_ path: String) throws(ArchiveError)
    /// Makes those of some directories that are not there.
    func makeDirectories(_ paths: [String]) throws(ArchiveError)
    /// Gives a file another name in the same file system, replacing what had that name.
    func rename(_ from: String, to destination: String) throws(ArchiveError)
    /// Takes a name away.
    func remove(_ path: String) throws(ArchiveError)
    /// The last step before the index commits.
    func willCommit() throws(ArchiveError)
}

/// The disk.
package struct Disk: FileSystem {
    package init() {}

    package func synchronizeFile(_ path: String) throws(ArchiveError) {
        // fdatasync: contents and length; when it was written is of no account.
        try synchronize(path, O_RDONLY | O_CLOEXEC, fdatasync)
    }

    package func synchronizeDirectory(_ path: String) throws(ArchiveError) {
        try synchronize(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, fsync)
    }

    private func synchronize(_ path: String, _ flags: Int32, _ force: (Int32) -> Int32) throws(ArchiveError) {
        let file = open(path, flags)
        guard file >= 0 else { throw .system("open", path) }
        defer { close(file) }
        if force(file) != 0 { throw .system("synchronize", path) }
    }

    package func makeDirectories(_ paths: [String]) throws(ArchiveError) {
        for path in paths where mkdir(path, 0o750) != 0 && errno != EEXIST { throw .system("make directory", path) }
    }

    package func rename(_ from: String, to destination: String) throws(ArchiveError) {
        if Foundation.rename(from, destination) != 0 { throw .system("rename to", destination) }
    }

    package func remove(_ path: String) throws(ArchiveError) {
        if unlink(path) != 0, errno != ENOENT { throw .system("remove", path) }
    }

    package func willCommit() throws(ArchiveError) {}
}
