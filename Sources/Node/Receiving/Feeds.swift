import DICOM
import Synchronization

/// Which open associations feed which studies.
final class Feeds: Sendable {
    private let studies = Mutex<[UInt64: Set<UID>]>([:])

    /// Notes that an association brought an instance of a study.
    func note(_ study: UID, from association: UInt64) {
        studies.withLock { _ = $0[association, default: []].insert(study) }
    }

    /// Forgets an association that has ended.
    func end(_ association: UInt64) {
        studies.withLock { _ = $0.removeValue(forKey: association) }
    }

    /// Whether an open association has fed a study.
    func isFed(_ study: UID) -> Bool {
        studies.withLock { $0.values.contains { $0.contains(study) } }
    }
}
