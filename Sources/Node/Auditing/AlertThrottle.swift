import Foundation

/// Lets an alert through once a minute for each cause, and counts the rest: who knocks without end must not fill the
/// audit trail and so push out what is in it.
package struct AlertThrottle {
    private struct Entry {
        let admitted: Date
        var suppressed = 0
    }
    private var entries: [String: Entry] = [:]

    private static let pauseSeconds = 60.0
    /// Causes that are told apart; beyond it all others count as one.
    private static let limit = 512

    package init() {}

    /// Whether an alert may pass.
    /// - Returns: how many of its cause were held back since the last that passed; nil where this one is held back too.
    package mutating func admit(_ cause: String, now: Date) -> Int? {
        var cause = cause
        if entries[cause] == nil, entries.count >= Self.limit {
            entries = entries.filter { now.timeIntervalSince($0.value.admitted) < Self.pauseSeconds }
            if entries.count >= Self.limit { cause = "" }
        }
        if let entry = entries[cause], abs(now.timeIntervalSince(entry.admitted)) < Self.pauseSeconds {
            entries[cause]?.suppressed += 1
            return nil
        }
        let suppressed = entries[cause]?.suppressed ?? 0
        entries[cause] = Entry(admitted: now)
        return suppressed
    }
}
