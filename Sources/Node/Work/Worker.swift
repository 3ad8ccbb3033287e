import Archive
import Foundation
import Logging
import Synchronization

/// A thread that does one kind of work, job after job.
package final class Worker: Sendable {
    /// How long a worker sleeps at most, lest a changed clock or a missed ring let work lie.
    static let longestWaitSeconds = 5.0

    private let isStopping = Atomic(false)
    private let finished = DispatchSemaphore(value: 0)
    private let isOver = Atomic(false)
    private let bell: Bell
    private let pulse = Pulse()
    /// What it does.
    package let name: String

    /// Starts the thread.
    /// - Parameters:
    ///   - work: does what is due and says whether there was anything; called again at once while there is.
    ///   - nextDue: when there will be something to do, as far as is known.
    ///   - release: gives back the jobs in hand when `work` has thrown, lest they are taken for running for ever.
    package init(
        name: String, bell: Bell, log: Logger, nextDue: @escaping @Sendable () throws -> Date?,
        release: @escaping @Sendable (any Error) throws -> Void = { _ in }, work: @escaping @Sendable () throws -> Bool
    ) {
        (self.name, self.bell) = (name, bell)
        let thread = Thread { [self] in
            var failure: (any Error)?
            while !isStopping.load(ordering: .acquiring) {
                let rung = bell.count
                pulse.beat()
                do {
                    if let error = failure {
                        try release(error)
                        failure = nil
                    }
                    if try Pulse.$current.withValue(pulse, operation: work) { continue }
                    let wait = try nextDue().map { $0.timeIntervalSinceNow } ?? Self.longestWaitSeconds
                    bell.wait(after: rung, seconds: min(max(wait, 0.01), Self.longestWaitSeconds))
                } catch {
                    log.error("\(name): \(error)")
                    failure = failure ?? error
                    bell.wait(after: rung, seconds: 1)
                }
            }
            // Another may be at this work next, and takes up only what waits.
            if let failure {
                do { try release(failure) } catch { log.error("\(name): \(error)") }
            }
            isOver.store(true, ordering: .releasing)
            finished.signal()
        }
        thread.name = name
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Asks the thread to end after its present job.
    package func stop() {
        isStopping.store(true, ordering: .releasing)
        bell.ring()
    }

    /// Whether the thread has ended.
    package var hasEnded: Bool { isOver.load(ordering: .acquiring) }

    /// Since its last sign of life, in seconds; 0 where it has ended.
    package var silenceSeconds: Double { hasEnded ? 0 : pulse.silenceSeconds }

    /// Waits for the end, but no longer than to a deadline.
    package func join(until deadline: DispatchTime = .distantFuture) {
        // Given back for the next who asks.
        if finished.wait(timeout: deadline) == .success { finished.signal() }
    }
}
