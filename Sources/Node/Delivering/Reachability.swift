import DICOMNetwork
import Foundation
import Synchronization

/// Whether a destination is worth calling: after an association that brought nothing it is left alone for a while, and
/// then called for one object, so that a queue of thousands costs a dead PACS one call and not one each.
package final class Reachability: Sendable {
    /// What is known.
    package struct Outage: Sendable, Equatable, Codable {
        /// Calls in vain, in a row.
        package var failures: Int
        /// When the first was.
        package let since: Date
        /// Not called before.
        package var until: Date
        /// What the last one came to.
        package var reason: String
    }

    private let current = Mutex<Outage?>(nil)

    package init() {}

    /// The outage, if there is one.
    package var outage: Outage? { current.withLock { $0 } }

    /// Notes a call in vain.
    /// - Parameters:
    ///   - isReached: whether the association was had, so that the trouble may be with the object: pauses do not grow, as
    ///     other objects may fare better.
    ///   - atLeast: failures known otherwise, such as from before a restart.
    /// - Returns: the outage as it now stands.
    package func noteFailure(
        _ error: NetworkError, isReached: Bool, schedule: DeliverySchedule, atLeast: Int, now: Date, seed: UInt64
    ) -> Outage {
        current.withLock { outage in
            let failures = isReached ? 1 : max((outage?.failures ?? 0) + 1, atLeast)
            let pace: DeliverySchedule.Pace = error.isTransient ? .growing : .slow
            let pause = schedule.pauseSeconds(afterFailures: failures, pace: pace, seed: seed)
            let noted = Outage(
                failures: failures, since: outage?.since ?? now, until: now.addingTimeInterval(pause),
                reason: "\(error)")
            outage = noted
            return noted
        }
    }

    /// Ends an outage: the destination answered, or an operator wants it called at once.
    /// - Returns: the outage that there was.
    @discardableResult
    package func end() -> Outage? {
        current.withLock { outage in
            defer { outage = nil }
            return outage
        }
    }
}
