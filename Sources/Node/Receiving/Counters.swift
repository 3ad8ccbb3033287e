import DICOMNetwork
import Synchronization

/// What is counted of peers.
package enum CountedEvent: String, Sendable, Hashable, CaseIterable, Codable {
    case accepted
    case rejectedCalledTitle = "rejected: called AE title"
    case rejectedCallingTitle = "rejected: calling AE title"
    case rejectedAddress = "rejected: address"
    case rejectedInsecure = "rejected: not secure enough"
    case rejectedPeerLimit = "rejected: the peer's limit of associations"
    case turnedAwayLimit = "turned away: the limit of associations"
    case turnedAwayNotDICOM = "turned away: not DICOM"
    case turnedAwaySlow = "turned away: too slow"
    case turnedAwayClosed = "turned away: closed without a request"
    case turnedAwayTLS = "turned away: TLS"
    case serviceRefused = "service refused"
    case stored
    case known = "stored before"
    case conflict = "set aside: contradicts what is stored"
    case unreadable = "set aside: unreadable"
    case outOfSpace = "refused: out of space"
    case notKept = "not kept"

    init(_ dismissal: Dismissal) {
        self =
            switch dismissal {
            case .tooManyAssociations: .turnedAwayLimit
            case .notDICOM: .turnedAwayNotDICOM
            case .tooSlow: .turnedAwaySlow
            case .closed: .turnedAwayClosed
            case .tlsWithoutTLS, .plainUnderTLS, .insecure: .turnedAwayTLS
            }
    }
}

/// Counts since the start, by event and peer.
///
/// Who is not configured is counted without a name: titles come from the network, and would fill the memory.
package final class Counters: Sendable {
    /// A count.
    package struct Count: Sendable, Equatable, Codable {
        /// What was counted.
        package let event: CountedEvent
        /// The configured peer's AE title; nil for all others.
        package let peer: String?
        /// How often.
        package let count: Int
    }

    private struct Key: Hashable {
        let event: CountedEvent
        let peer: String?
    }

    private let known: @Sendable () -> Set<String>
    private let counts = Mutex<[Key: Int]>([:])

    /// - Parameter peers: the titles that are configured at the time of an event.
    package init(peers: @autoclosure @escaping @Sendable () -> Set<String>) { known = peers }

    /// Counts an event.
    package func note(_ event: CountedEvent, of peer: String? = nil) {
        let known = known()
        let key = Key(event: event, peer: peer.flatMap { known.contains($0) ? $0 : nil })
        counts.withLock { $0[key, default: 0] += 1 }
    }

    /// All counts, in the order of the events and titles.
    package var all: [Count] {
        let counts = counts.withLock { $0 }
        return CountedEvent.allCases.flatMap { event in
            counts.filter { $0.key.event == event }.sorted { ($0.key.peer ?? "") < ($1.key.peer ?? "") }
                .map { Count(event: event, peer: $0.key.peer, count: $0.value) }
        }
    }
}
