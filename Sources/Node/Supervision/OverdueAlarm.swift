import Archive
import Foundation
import Logging
import Synchronization

/// Tells whoever reads the log, once a day at most and after a start, of work that lies about: what waits, is in hand or was given up for
/// longer than it should be. Each of these states ends by itself or by an operator, who has to hear of it.
package final class OverdueAlarm: Sendable {
    /// Seconds between two looks.
    private static let lookSeconds = 600.0
    /// Seconds between two alarms.
    private static let alarmSeconds = 86_400.0
    /// Twice what any pause can be set to.
    private static let longestPauseSeconds = 2 * 86_400.0

    private let archive: Archive
    private let afterHours: Int
    private let bell: Bell
    private let log: Logger
    private let schedule = Mutex(Schedule())

    private struct Schedule {
        var next = Date.distantPast
        var alarmedAt = Date.distantPast
    }

    /// - Parameter afterHours: how long a job may be tried; 0 for any time.
    package init(archive: Archive, afterHours: Int, bell: Bell, log: Logger) {
        (self.archive, self.afterHours, self.bell, self.log) = (archive, afterHours, bell, log)
    }

    /// When to look next.
    package var nextDue: Date { schedule.withLock { $0.next } }

    /// Looks, if it is time to.
    /// - Returns: false: there is never more to be done at once.
    package func doNext(now: Date = Date()) throws -> Bool {
        try schedule.withLock { schedule in
            // A clock that was set back must not hold it up for longer than a look.
            guard now >= schedule.next || schedule.next > now.addingTimeInterval(Self.lookSeconds) else { return false }
            schedule.next = now.addingTimeInterval(Self.lookSeconds)
            let redated = try archive.redateJobs(beyond: now.addingTimeInterval(Self.longestPauseSeconds), now: now)
            if redated > 0 {
                log.warning(
                    "the clock was ahead: work that it had put off falls due now", metadata: ["jobs": "\(redated)"])
                bell.ring()
            }
            guard afterHours > 0, abs(now.timeIntervalSince(schedule.alarmedAt)) >= Self.alarmSeconds else {
                return false
            }
            let overdue = try archive.overdueJobs(triedBefore: now.addingTimeInterval(-Double(afterHours) * 3600))
            guard let oldest = overdue.map(\.oldestSince).min() else { return false }
            schedule.alarmedAt = now
            log.error(
                """
                ALARM: work has not been done for more than \(afterHours) hours; uptake jobs lists it: mend what holds it \
                up, or have it tried again (uptake jobs retry) or given up (uptake jobs cancel)
                """,
                metadata: [
                    "jobs":
                        "\(overdue.map { "\($0.count) \($0.kind.rawValue) \($0.state.rawValue)" }.joined(separator: ", "))",
                    "since": "\(oldest.formatted(.iso8601))",
                ])
            return false
        }
    }
}
