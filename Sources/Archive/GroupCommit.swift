import Foundation
import GRDB

/// Lets threads that store at the same time share one transaction, and so one synchronisation of the index.
///
/// Whoever comes while nobody commits leads: it takes along all that wait, commits for them, and tells each its outcome.
/// While it does, the next ones gather. A thread that stores alone is its own leader and waits for nobody.
final class GroupCommit: Sendable {
    private final class Entry {
        let body: (Database) throws -> Void
        var outcome: Result<Void, ArchiveError>?

        init(_ body: @escaping (Database) throws -> Void) { self.body = body }
    }

    /// So many instances share a transaction at most, that a reader of the index never waits long for the checkpoint.
    private static let largestGroup = 64

    private let index: DatabasePool
    private let fileSystem: any FileSystem
    private let failures: IndexFailures
    private let condition = NSCondition()
    nonisolated(unsafe) private var waiting: [Entry] = []
    nonisolated(unsafe) private var isLed = false

    init(index: DatabasePool, fileSystem: any FileSystem, failures: IndexFailures) {
        (self.index, self.fileSystem, self.failures) = (index, fileSystem, failures)
    }

    /// Runs `body` in a transaction that commits durably or not at all.
    func run<T>(_ body: @escaping (Database) throws -> T) throws(ArchiveError) -> T {
        var value: T?
        let entry = Entry { value = try body($0) }
        condition.lock()
        waiting.append(entry)
        while entry.outcome == nil {
            if isLed { condition.wait() } else { lead() }
        }
        condition.unlock()
        try entry.outcome!.get()
        return value!
    }

    /// Commits for all that wait. Called, and returns, with the lock held.
    private func lead() {
        isLed = true
        let group = Array(waiting.prefix(Self.largestGroup))
        waiting.removeFirst(group.count)
        condition.unlock()
        commit(group)
        condition.lock()
        isLed = false
        condition.broadcast()
    }

    private func commit(_ group: [Entry]) {
        var outcomes = [Result<Void, ArchiveError>](repeating: .success(()), count: group.count)
        do {
            try index.write { database in
                for index in group.indices where outcomes[index].isSuccess {
                    do {
                        try run(group[index], alone: group.count == 1, in: database)
                    } catch {
                        guard group.count > 1 else { throw error }
                        outcomes[index] = .failure(failures.failure(error))
                    }
                }
                try fileSystem.willCommit()
            }
        } catch {
            let failure = failures.failure(error)
            for index in group.indices where outcomes[index].isSuccess { outcomes[index] = .failure(failure) }
        }
        condition.lock()
        for (entry, outcome) in zip(group, outcomes) { entry.outcome = outcome }
        condition.unlock()
    }

    /// One thread's failure must not undo what the others did.
    private func run(_ entry: Entry, alone: Bool, in database: Database) throws {
        if alone { return try entry.body(database) }
        try database.inSavepoint {
            try entry.body(database)
            return .commit
        }
    }
}

extension Result {
    fileprivate var isSuccess: Bool { if case .success = self { true } else { false } }
}
