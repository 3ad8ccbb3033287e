import Foundation

/// When a delivery that failed is tried again, and when it is given up. Time and chance are arguments.
///
/// Pauses double from the first to the longest. Each is shortened by up to a quarter, lest what failed together comes
/// together again; the share follows from a seed, so that a schedule can be repeated.
public struct DeliverySchedule: Sendable, Equatable {
    /// The pause after the first failure, in seconds.
    public var firstPauseSeconds = 30.0
    /// No pause is longer, in seconds.
    public var longestPauseSeconds = 3600.0
    /// So long after it was first due a delivery is tried for the last time, in seconds.
    public var giveUpAfterSeconds = 4.0 * 86_400

    /// The defaults: half a minute, an hour, four days.
    public init() {}

    /// How a failure is met.
    package enum Pace: Sendable, Equatable {
        /// It may pass by itself: pauses grow.
        case growing
        /// Somebody has to change something at the peer: the longest pause at once.
        case slow
    }

    /// The pause after failures in a row, in seconds.
    /// - Parameter failures: 1 or more.
    package func pauseSeconds(afterFailures failures: Int, pace: Pace = .growing, seed: UInt64) -> Double {
        let grown = firstPauseSeconds * pow(2, Double(min(failures, 60) - 1))
        let pause = pace == .slow ? longestPauseSeconds : min(grown, longestPauseSeconds)
        return pause * (1 - Self.share(seed, UInt64(failures)) / 4)
    }

    /// The next attempt; nil where the delivery is to be given up.
    ///
    /// However the pauses fall, the last attempt comes at the very end of the time.
    /// - Parameter since: when it was first due.
    package func nextAttempt(
        afterFailures failures: Int, pace: Pace = .growing, since: Date, now: Date, seed: UInt64
    ) -> Date? {
        let next = now.addingTimeInterval(pauseSeconds(afterFailures: failures, pace: pace, seed: seed))
        return limited(next, since: since, now: now)
    }

    /// A moment of a next attempt, brought forward to the end of the time; nil where that has passed.
    package func limited(_ next: Date, since: Date, now: Date) -> Date? {
        let end = since.addingTimeInterval(giveUpAfterSeconds)
        return now < end ? min(next, end) : nil
    }

    /// A number from 0 to below 1 that looks like chance: two rounds of SplitMix64.
    private static func share(_ seed: UInt64, _ count: UInt64) -> Double {
        var mixed = seed &* 0x9E37_79B9_7F4A_7C15 &+ count &* 0xD1B5_4A32_D192_ED03
        for _ in 0..<2 {
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            mixed ^= mixed >> 31
        }
        return Double(mixed >> 11) / Double(1 << 53)
    }
}
