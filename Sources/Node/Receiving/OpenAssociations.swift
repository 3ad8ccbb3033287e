import DICOMNetwork
import Synchronization

/// How many associations are open under each calling title.
final class OpenAssociations: Sendable {
    private let counts = Mutex<[AETitle: Int]>([:])

    /// Judges a request by what is open, and counts it where there is no objection, in one step: of two that come at the
    /// same time only one may find the last place.
    func admit(
        _ title: AETitle?, unless objection: (_ open: Int, _ all: Int) -> PeerPolicy.Objection?
    ) -> PeerPolicy.Objection? {
        counts.withLock { counts in
            let all = counts.values.reduce(0, +)
            if let found = objection(title.flatMap { counts[$0] } ?? 0, all) { return found }
            if let title { counts[title, default: 0] += 1 }
            return nil
        }
    }

    /// One that was admitted has ended.
    func end(_ title: AETitle?) {
        guard let title else { return }
        counts.withLock { counts in
            counts[title, default: 1] -= 1
            if counts[title] == 0 { counts[title] = nil }
        }
    }

    /// By title.
    var all: [String: Int] {
        counts.withLock { Dictionary(uniqueKeysWithValues: $0.map { ($0.key.description, $0.value) }) }
    }
}
