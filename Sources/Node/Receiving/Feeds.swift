import DICOM
import Foundation

/// Which open associations feed which studies, and which study is just being removed.
package final class Feeds: Sendable {
    private let condition = NSCondition()
    /// The studies of each association that is open. Guarded by `condition`, like the next.
    private nonisolated(unsafe) var studies: [UInt64: Set<UID>] = [:]
    private nonisolated(unsafe) var removing: Set<UID> = []

    package init() {}

    /// Notes that an association brought an instance of a study. Waits out a removal of that study, lest the instance is
    /// taken for one that is there.
    package func note(_ study: UID, from association: UInt64) {
        condition.withLock {
            while removing.contains(study) { condition.wait() }
            _ = studies[association, default: []].insert(study)
        }
    }

    /// Forgets an association that has ended.
    package func end(_ association: UInt64) {
        condition.withLock { _ = studies.removeValue(forKey: association) }
    }

    /// Whether an open association has fed a study.
    package func isFed(_ study: UID) -> Bool {
        condition.withLock { studies.values.contains { $0.contains(study) } }
    }

    /// Removes a study while nobody feeds it.
    /// - Returns: what the removal returns; nil where an open association has fed the study.
    package func whileUnfed<T>(_ study: UID, _ remove: () throws -> T?) rethrows -> T? {
        let isFree = condition.withLock {
            guard !studies.values.contains(where: { $0.contains(study) }) else { return false }
            removing.insert(study)
            return true
        }
        guard isFree else { return nil }
        defer {
            condition.withLock {
                removing.remove(study)
                condition.broadcast()
            }
        }
        return try remove()
    }
}
