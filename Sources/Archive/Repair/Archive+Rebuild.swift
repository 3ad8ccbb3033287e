import DICOM
import Foundation
import GRDB

/// What a new index was made of.
public struct RebuildReport: Sendable, Codable {
    /// Instances that are indexed again.
    public internal(set) var instances = 0
    /// Results that are indexed again.
    public internal(set) var results = 0
    /// Files in quarantine that are listed again.
    public internal(set) var quarantined = 0
    /// Files that are not what they are named after, or contradict another, and were set aside.
    public internal(set) var setAside: [String] = []
    /// Results that say of no study that they belong to it; a node removes them in time.
    public internal(set) var unassigned = 0
    /// Deliveries of which is not known whether they were made, and which wait for an operator.
    public internal(set) var doubtfulDeliveries = 0
    /// Studies that are taken for previous studies that were fetched, and not read.
    public internal(set) var keptAsPrevious = 0
    /// Where the old index lies now; nil where there was none.
    public internal(set) var oldIndex: String?
}

extension Archive {
    /// Makes a new index from the files alone.
    ///
    /// A study without results is read, as if it had just come. One with results counts as read; whether its results were
    /// delivered nobody knows any more, so that the deliveries that its plan wants are failed jobs, for an operator to retry
    /// or to cancel: of its last reading alone, and not of what a note of ours withdraws. Gone are who had asked for storage
    /// commitments, the history of jobs, and the reasons of what is in quarantine. The new index takes its place when it is
    /// whole; the old one is kept under another name.
    /// - Parameters:
    ///   - policy: what the configuration says.
    ///   - anyway: also where the index is sound.
    ///   - progress: told how many files were looked at.
    /// - Throws: `ArchiveError.inUse` beside a running node, `.newerSchema`, and `.unsuitable` where the index is sound.
    public static func rebuild(
        directory: String, policy: RebuildPolicy, anyway: Bool = false, now: Date,
        progress: (_ files: Int) -> Void = { _ in }
    ) throws(ArchiveError) -> RebuildReport {
        let state = StateDirectory(path: directory, fileSystem: Disk())
        guard access(directory, F_OK) == 0 else { throw .unknown("state directory \(directory)") }
        try state.create()
        let lock = try DirectoryLock(state.lock, directory: directory)
        defer { withExtendedLifetime(lock) {} }
        if !anyway, try isSound(state) {
            throw .unsuitable(
                path: state.index, reason: "it is sound; to lose the history of its jobs all the same, give --anyway")
        }
        try state.removeLeftovers()
        try state.identify()
        let draft = state.index + ".draft"
        for ending in ["", "-wal", "-shm"] { try state.fileSystem.remove(draft + ending) }
        do {
            let archive = Archive(state, AttemptLimits(), try openIndex(at: draft, of: state), nil)
            var rebuilding = Rebuilding(archive: archive, policy: policy, now: now)
            try rebuilding.run(progress)
            // Only what is in the file itself moves with it.
            try archive.index.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try archive.close()
            for ending in ["-wal", "-shm"] { try state.fileSystem.remove(draft + ending) }
            rebuilding.report.oldIndex = try exchange(draft, in: state, now)
            return rebuilding.report
        } catch { throw ArchiveError(error, index: draft) }
    }

    /// Whether there is an index that SQLite finds nothing wrong with.
    private static func isSound(_ state: StateDirectory) throws(ArchiveError) -> Bool {
        guard access(state.index, F_OK) == 0 else { return false }
        do throws(ArchiveError) {
            let archive = try inspect(directory: state.path)
            defer { try? archive.close() }
            return try archive.read {
                guard try $0.tableExists("instance") else { return false }
                let damage = try String.fetchAll($0, sql: "PRAGMA integrity_check(1)")
                return try damage == ["ok"] && $0.rows("PRAGMA foreign_key_check").isEmpty
            }
        } catch {
            switch error {
            case .index, .torn: return false
            default: throw error
            }
        }
    }

    /// Puts the new index in place of the old.
    private static func exchange(
        _ draft: String, in state: StateDirectory, _ now: Date
    ) throws(ArchiveError) -> String? {
        let stamp = Int(now.timeIntervalSince1970)
        let old = "\(state.index).before-\(stamp)"
        let wasThere = access(state.index, F_OK) == 0
        try state.fileSystem.synchronizeFile(draft)
        // The index first: without its journal it would be an older one, and what came later would be taken for leftovers. A node
        // that is started where there is none refuses.
        for ending in ["", "-wal", "-shm"] where access(state.index + ending, F_OK) == 0 {
            try state.fileSystem.rename(state.index + ending, to: old + ending)
        }
        try state.fileSystem.rename(draft, to: state.index)
        try state.fileSystem.synchronizeDirectory(state.path)
        return wasThere ? old : nil
    }
}
