import Foundation

/// Wakes the workers when there may be something to do.
final class Bell: Sendable {
    private let condition = NSCondition()
    nonisolated(unsafe) private var rings: UInt64 = 0

    /// Wakes everyone.
    func ring() {
        condition.lock()
        rings += 1
        condition.broadcast()
        condition.unlock()
    }

    /// How often it has rung.
    var count: UInt64 {
        condition.lock()
        defer { condition.unlock() }
        return rings
    }

    /// Waits until it has rung more than `count` times, or the time is up.
    func wait(after count: UInt64, seconds: Double) {
        let limit = Date().addingTimeInterval(seconds)
        condition.lock()
        while rings == count, condition.wait(until: limit) {}
        condition.unlock()
    }
}
