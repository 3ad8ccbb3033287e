import Synchronization

/// When a thread last gave a sign of life.
package final class Pulse: Sendable {
    /// That of the thread that asks; nil outside a worker's.
    @TaskLocal package static var current: Pulse?

    // A machine that was suspended has not hung.
    private let last = Mutex(SuspendingClock.now)

    package init() {}

    /// A sign of life of the thread that calls: to be given in every loop of work that may take minutes.
    static func beat() { current?.beat() }

    /// A sign of life.
    func beat() { last.withLock { $0 = .now } }

    /// How long there has been none, in seconds.
    var silenceSeconds: Double { (SuspendingClock.now - last.withLock { $0 }) / .seconds(1) }
}
