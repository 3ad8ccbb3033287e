import Synchronization

/// How much was received of late, in bins of a minute, so that it costs nothing to keep.
package final class Throughput: Sendable {
    /// What came within a time.
    package struct Amount: Sendable, Equatable, Codable {
        /// Images.
        package var instances = 0
        /// Their data sets, in bytes.
        package var bytes = 0

        /// So much.
        package init(instances: Int = 0, bytes: Int = 0) { (self.instances, self.bytes) = (instances, bytes) }
    }

    private struct Bin {
        var minute = -1
        var amount = Amount()
    }

    private static let minutes = 60
    private let start: ContinuousClock.Instant
    private let bins = Mutex([Bin](repeating: Bin(), count: minutes))

    package init(start: ContinuousClock.Instant = .now) { self.start = start }

    /// Notes an image that was stored.
    package func note(bytes: Int, at now: ContinuousClock.Instant) {
        let minute = minute(now)
        bins.withLock { bins in
            if bins[minute % Self.minutes].minute != minute { bins[minute % Self.minutes] = Bin(minute: minute) }
            bins[minute % Self.minutes].amount.instances += 1
            bins[minute % Self.minutes].amount.bytes += bytes
        }
    }

    /// What came in this minute and those before it, at most an hour.
    package func last(minutes: Int, at now: ContinuousClock.Instant) -> Amount {
        let first = minute(now) - minutes + 1
        return bins.withLock { bins in
            bins.filter { $0.minute >= max(first, 0) }.reduce(into: Amount()) { sum, bin in
                sum.instances += bin.amount.instances
                sum.bytes += bin.amount.bytes
            }
        }
    }

    private func minute(_ now: ContinuousClock.Instant) -> Int { max(Int((now - start) / .seconds(60)), 0) }
}
