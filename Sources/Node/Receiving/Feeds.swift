import DICOM
import Synchronization

/// Which open associations feed which studies.
package final class Feeds: Sendable {
    /// The studies of each association that is open.
    private let studies = Mutex<[UInt64: Set<UID>]>([:])

    package init() {}

    /// Notes that an association brought an instance of a study.
    package func note(_ study: UID, from association: UInt64) {
        studies.withLock { _ = $0[association, default: []].insert(study) }
    }

    /// Forgets an association that has ended.
    package func end(_ association: UInt64) {
        studies.withLock { _ = $0.removeValue(forKey: association) }
    }

    /// Whether an open association has fed a study.
    package func isFed(_ study: UID) -> Bool {
        studies.withLock { $0.values.contains { $0.contains(study) } }
    }
}
