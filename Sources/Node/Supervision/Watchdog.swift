import Foundation
import Logging
import Synchronization

/// Gives the service manager signs of life, each after the node has answered its own C-ECHO and none of its workers hangs.
///
/// A process whose listener or work hangs is thereby ended and started anew, though it is alive in every other respect.
public final class Watchdog: Sendable {
    private let thread: Worker

    /// Starts to look, three times within the supervisor's limit.
    /// - Parameter check: throws where the node is not well.
    /// - Returns: nil where the supervisor sets no limit.
    init?(_ supervisor: Supervisor, log: Logger, check: @escaping @Sendable () throws -> Void) {
        guard let limit = supervisor.watchdogSeconds else { return nil }
        let pause = limit / 3
        let next = Mutex(ContinuousClock.now)
        thread = Worker(
            name: "watchdog", bell: Bell(), log: log,
            nextDue: { Date().addingTimeInterval(max((next.withLock { $0 } - .now) / .seconds(1), 0)) },
            work: {
                guard next.withLock({ $0 }) <= .now else { return false }
                next.withLock { $0 = .now + .seconds(pause) }
                do {
                    try check()
                    supervisor.alive()
                } catch {
                    log.error("no sign of life is given, and after \(limit) s the node is ended: \(error)")
                }
                return false
            })
    }

    /// Ends the looking, and waits for the end of a look in hand.
    public func stop() {
        thread.stop()
        thread.join(until: .now() + 5)
    }
}
