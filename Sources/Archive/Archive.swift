import DICOM
import Foundation
import GRDB

/// The instances that a node holds, their index, and the jobs that are due.
///
/// One process has a state directory open. Any thread may call; calls block on the disk, so they belong on dedicated
/// threads, never on the cooperative pool. There is no clock in here: each moment is an argument. All SQL is in this
/// module.
public final class Archive: Sendable {
    /// How often a job of each kind is attempted before it is parked as failed.
    public struct AttemptLimits: Sendable {
        /// Attempts to close; postponements do not count.
        public var close = 5
        /// Attempts to read: a study that kills its reader does so this often.
        public var read = 3
        /// Attempts to deliver: a limit for what ends the process each time, as others are given up by their time.
        public var deliver = 10_000
        /// Attempts to report on a storage commitment.
        public var commit = 100
        /// Attempts to fetch: as for deliveries, their time is over before.
        public var fetch = 10_000

        /// The defaults.
        public init() {}
    }

    let state: StateDirectory
    let attempts: AttemptLimits
    let index: DatabasePool
    let commits: GroupCommit
    let failures: IndexFailures
    private let lock: DirectoryLock?
    private let instanceLocks = (0..<256).map { _ in NSLock() }
    private let fileLocks = (0..<256).map { _ in NSLock() }
    /// Held while results get their names and rows, and while the file of one is taken away.
    let resultsLock = NSLock()
    /// Held while a file set aside gets its name and row, and while it is taken away.
    let quarantineLock = NSLock()

    /// Opens a state directory, made where there is none.
    ///
    /// What a crash left in `incoming/` is removed; jobs that were running wait again, their attempt counted.
    /// - Throws: `ArchiveError.inUse` where another node has it, `.newerSchema` where a newer version wrote it, `.torn` where there
    ///   is no index and there are files: with a new one they would be taken for leftovers.
    public static func open(
        directory: String, attempts: AttemptLimits = AttemptLimits()
    ) throws(ArchiveError) -> Archive {
        try open(directory: directory, attempts: attempts, fileSystem: Disk())
    }

    package static func open(
        directory: String, attempts: AttemptLimits = AttemptLimits(), fileSystem: any FileSystem
    ) throws(ArchiveError) -> Archive {
        let state = StateDirectory(path: directory, fileSystem: fileSystem)
        try state.create()
        let lock = try DirectoryLock(state.lock, directory: directory)
        if access(state.index, F_OK) != 0, state.holdsFiles { throw state.isWithoutIndex }
        let archive: Archive
        do {
            archive = Archive(state, attempts, try openIndex(at: state.index, of: state), lock)
        } catch { throw ArchiveError(error, index: state.index) }
        do throws(ArchiveError) {
            try archive.checkIndex(withinSeconds: Self.longestCheckSeconds)
            try state.removeLeftovers()
            try state.identify()
            try archive.returnInterruptedJobs()
            try archive.describeUndescribedResults()
            try fileSystem.synchronizeDirectory(directory)
        } catch {
            // At once, not when it happens to be released: who opens again must not meet connections that are closing.
            try? archive.close()
            throw error
        }
        return archive
    }

    /// Does something in a state directory, made where there is none, that no node has open meanwhile.
    /// - Throws: `ArchiveError.inUse` where a node has it, and what `body` throws.
    public static func whileUnused<T>(directory: String, _ body: () throws -> T) throws -> T {
        let state = StateDirectory(path: directory, fileSystem: Disk())
        try state.create()
        let lock = try DirectoryLock(state.lock, directory: directory)
        return try withExtendedLifetime(lock) { try body() }
    }

    /// Opens a state directory to look at it, beside the node that may have it open; every change fails.
    /// - Throws: `ArchiveError.unknown` where there is no index.
    public static func inspect(directory: String) throws(ArchiveError) -> Archive {
        let state = StateDirectory(path: directory, fileSystem: Disk())
        guard access(state.index, R_OK) == 0 else {
            guard errno == ENOENT else { throw .system("read", state.index) }
            if state.holdsFiles { throw state.isWithoutIndex }
            throw .unknown("state directory \(directory); start the node once, or correct state_directory")
        }
        return try inspect(index: state.index, of: state)
    }

    /// Opens an index to look at it, which may be a copy under another name.
    static func inspect(index path: String, of state: StateDirectory) throws(ArchiveError) -> Archive {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        do {
            let index = try DatabasePool(path: path, configuration: configuration)
            if try index.read(Schema.migrator.hasBeenSuperseded) {
                throw ArchiveError.newerSchema(directory: state.path)
            }
            return Archive(state, AttemptLimits(), index, nil)
        } catch { throw ArchiveError(error, index: path) }
    }

    init(_ state: StateDirectory, _ attempts: AttemptLimits, _ index: DatabasePool, _ lock: DirectoryLock?) {
        (self.state, self.attempts, self.index, self.lock) = (state, attempts, index, lock)
        failures = IndexFailures(path: state.index)
        commits = GroupCommit(index: index, fileSystem: state.fileSystem, failures: failures)
    }

    /// Why the index is torn, as soon as any use of it has shown that it is; then nothing more can be relied on.
    public var damage: ArchiveError? { failures.damage }

    static func openIndex(at path: String, of state: StateDirectory) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        // The writer is alone; only a backup or an operator's shell can hold it up.
        configuration.busyMode = .timeout(10)
        let index = try DatabasePool(path: path, configuration: configuration)
        let migrator = Schema.migrator
        if try index.read(migrator.hasBeenSuperseded) { throw ArchiveError.newerSchema(directory: state.path) }
        // Set here, as the pool resets it to NORMAL while opening, under which a commit can be lost with the power.
        try index.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        try migrator.migrate(index)
        return index
    }

    /// Closes the index. The directory is free once the archive is released.
    public func close() throws(ArchiveError) {
        do { try index.close() } catch { throw ArchiveError(error, index: state.index) }
    }

    /// A path for a file about to be written, unique and within the file system of the archive.
    public func incomingPath() -> String { "\(state.incoming)/\(UUID().uuidString).part" }

    /// Throws a file away that was written to `incomingPath()` and is not kept. A node that cannot even do that finds it there
    /// when it starts.
    public func discard(_ incomingPath: String) { try? state.fileSystem.remove(incomingPath) }

    /// Free space of the state directory in bytes, for a reserve below which new objects are refused.
    public func availableBytes() throws(ArchiveError) -> Int { try state.availableBytes() }

    /// Runs a transaction that either commits durably or changes nothing.
    func write<T>(_ body: (Database) throws -> T) throws(ArchiveError) -> T {
        do {
            return try index.write { database in
                let value = try body(database)
                try state.fileSystem.willCommit()
                return value
            }
        } catch { throw failures.failure(error) }
    }

    /// Reads one consistent state of the index, alongside the writer.
    func read<T>(_ body: (Database) throws -> T) throws(ArchiveError) -> T {
        do { return try index.read(body) } catch { throw failures.failure(error) }
    }

    /// Reads what single statements find, each its own state of the index; without a transaction, which costs more than the
    /// look-up of a row.
    func look<T>(_ body: (Database) throws -> T) throws(ArchiveError) -> T {
        do { return try index.unsafeRead(body) } catch { throw failures.failure(error) }
    }

    /// Lets one thread at a time deal with an instance, so that nothing happens to its file between look and leap.
    func exclusively<T>(
        _ instance: UID, _ body: () throws(ArchiveError) -> T
    ) throws(ArchiveError) -> T {
        try Self.exclusively(instance, instanceLocks, body)
    }

    /// Lets one thread at a time deal with the file of a digest, so that none is taken away as it gets its row. Within
    /// `exclusively(_:_:)` of an instance, never around it.
    func exclusively<T>(
        file digest: String, _ body: () throws(ArchiveError) -> T
    ) throws(ArchiveError) -> T {
        try Self.exclusively(digest, fileLocks, body)
    }

    private static func exclusively<T>(
        _ key: some Hashable, _ locks: [NSLock], _ body: () throws(ArchiveError) -> T
    ) throws(ArchiveError) -> T {
        let lock = locks[Int(UInt(bitPattern: key.hashValue) % UInt(locks.count))]
        lock.lock()
        defer { lock.unlock() }
        return try body()
    }

    func digest(ofFile path: String, from offset: Int = 0) throws(ArchiveError) -> String {
        do throws(POSIXError) {
            return try SHA256Digest(ofFile: path, from: offset).description
        } catch { throw .system("read", path, code: error.code.rawValue) }
    }

    func size(ofFile path: String) throws(ArchiveError) -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .system("examine", path) }
        return Int(status.st_size)
    }
}

extension ArchiveError {
    init(_ error: any Error, index: String) {
        switch error {
        case let error as ArchiveError: self = error
        case let error as DatabaseError where error.resultCode == .SQLITE_FULL: self = .outOfSpace(path: index)
        case let error as DatabaseError where error.resultCode == .SQLITE_BUSY: self = .busy("the index")
        case let error as DatabaseError:
            // Without the statement: its arguments are a patient's data.
            let reason = "\(error.extendedResultCode): \(error.message ?? "no message")"
            let isTorn = [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
            self = isTorn ? .torn(reason: reason) : .index(reason: reason)
        default: self = .index(reason: "\(error)")
        }
    }
}

extension Database {
    /// Runs a statement that is compiled once.
    func run(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// The first row of a query that is compiled once.
    func row(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }

    /// The rows of a query.
    func rows(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws -> [Row] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
    }
}

/// How an index keeps its commits.
package struct Durability: Equatable {
    package let journalMode: String
    /// 2 is FULL: a commit is on the disk when it returns.
    package let synchronous: Int
    package let foreignKeys: Bool

    package init(journalMode: String, synchronous: Int, foreignKeys: Bool) {
        (self.journalMode, self.synchronous, self.foreignKeys) = (journalMode, synchronous, foreignKeys)
    }
}

extension Archive {
    /// The settings in force on the writing connection, as SQLite tells them.
    package func durability() throws(ArchiveError) -> Durability {
        try write { database in
            Durability(
                journalMode: try String.fetchOne(database, sql: "PRAGMA journal_mode")!,
                synchronous: try Int.fetchOne(database, sql: "PRAGMA synchronous")!,
                foreignKeys: try Bool.fetchOne(database, sql: "PRAGMA foreign_keys")!)
        }
    }
}
