import Archive
import Foundation
import Synchronization

/// A disk that fails or loses power at a given step, and then keeps no more than a disk must.
final class FaultDisk: FileSystem {
    enum Fault: Sendable { case none, error(Int32), powerCut }

    private struct Memory {
        var steps = 0
        var isDead = false
        /// Files whose contents were forced to disk.
        var synchronized: Set<String> = []
        /// New names whose directory was not forced to disk, with the names they had.
        var renamed: [String: String] = [:]
        /// New directories whose parent was not.
        var made: Set<String> = []
    }

    private let disk = Disk()
    private let fault: Fault
    private let faultyStep: Int
    private let memory = Mutex(Memory())

    init(_ fault: Fault, at step: Int) { (self.fault, faultyStep) = (fault, step) }

    /// The steps taken so far.
    var steps: Int { memory.withLock { $0.steps } }

    private func step(_ path: String) throws(ArchiveError) {
        try memory.withLock { memory throws(ArchiveError) in
            defer { memory.steps += 1 }
            if memory.isDead { throw .file(operation: "reach", path: path, code: ENODEV) }
            guard memory.steps == faultyStep else { return }
            switch fault {
            case .none: return
            case .error(ENOSPC): throw .outOfSpace(path: path)
            case .error(let code): throw .file(operation: "use", path: path, code: code)
            case .powerCut:
                memory.isDead = true
                throw .file(operation: "reach", path: path, code: ENODEV)
            }
        }
    }

    func synchronizeFile(_ path: String) throws(ArchiveError) {
        try step(path)
        memory.withLock { _ = $0.synchronized.insert(path) }
    }

    func synchronizeDirectory(_ path: String) throws(ArchiveError) {
        try step(path)
        memory.withLock { memory in
            memory.renamed = memory.renamed.filter { Self.parent($0.key) != path }
            memory.made = memory.made.filter { Self.parent($0) != path }
        }
    }

    func makeDirectories(_ paths: [String]) throws(ArchiveError) {
        try step(paths[0])
        let new = paths.filter { access($0, F_OK) != 0 }
        try disk.makeDirectories(paths)
        memory.withLock { $0.made.formUnion(new) }
    }

    func rename(_ from: String, to destination: String) throws(ArchiveError) {
        try step(destination)
        let replaces = access(destination, F_OK) == 0
        try disk.rename(from, to: destination)
        memory.withLock { memory in
            if memory.synchronized.remove(from) != nil { memory.synchronized.insert(destination) }
            if !replaces { memory.renamed[destination] = from }
        }
    }

    func remove(_ path: String) throws(ArchiveError) {
        try step(path)
        try disk.remove(path)
        memory.withLock { _ = $0.renamed.removeValue(forKey: path) }
    }

    func willCommit() throws(ArchiveError) { try step("the index") }

    private static func parent(_ path: String) -> String { (path as NSString).deletingLastPathComponent }

    /// Takes from the disk what was not forced to it; of each such thing chance decides whether it survives.
    func losePower<G: RandomNumberGenerator>(directory: String, using generator: inout G) throws {
        let memory = memory.withLock { $0 }
        for folder in ["incoming", "instances", "results", "quarantine"] {
            let names = FileManager.default.enumerator(atPath: "\(directory)/\(folder)")?.allObjects as? [String] ?? []
            for path in names.sorted().map({ "\(directory)/\(folder)/\($0)" }) {
                guard !memory.synchronized.contains(path), let data = FileManager.default.contents(atPath: path)
                else { continue }
                try data.prefix(Int.random(in: 0...data.count, using: &generator)).write(
                    to: URL(fileURLWithPath: path))
            }
        }
        for (new, old) in memory.renamed.sorted(by: { $0.key < $1.key }) where Bool.random(using: &generator) {
            try FileManager.default.moveItem(atPath: new, toPath: old)
        }
        for path in memory.made.sorted() where Bool.random(using: &generator) {
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}
