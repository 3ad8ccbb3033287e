import Archive
import Foundation
import Logging

/// Makes the threads that do jobs.
struct JobWorkers {
    let archive: Archive
    let bell: Bell
    let log: Logger
    /// How long a job waits after an error that is not its own, such as a full disk.
    private static let pauseAfterErrorSeconds = 60.0
    /// How often a thread looks whether its turn has come.
    private static let turnSeconds = 0.2

    /// Starts a thread for the jobs of a kind, or of a kind and a destination.
    /// - Parameter nextDue: when there is something to do, where that is not when the first job is due.
    func worker(
        _ name: String, _ kind: Job.Kind, destination: String? = nil,
        nextDue: (@Sendable () throws -> Date?)? = nil, _ work: @escaping @Sendable () throws -> Bool
    ) -> Worker {
        Worker(
            name: name, bell: bell, log: log,
            nextDue: nextDue ?? { [archive] in
                try archive.oldestWaitingJob(kind: kind, destination: destination)?.progress.due
            },
            release: { [archive] error in
                try archive.releaseRunningJobs(
                    kinds: [kind], destination: destination, reason: "\(error)",
                    retryAt: Date().addingTimeInterval(Self.pauseAfterErrorSeconds),
                    costsAttempt: (error as? ArchiveError)?.isTransient != true)
            }, work: work)
    }

    /// Starts the thread of a destination.
    /// - Parameter mayWork: asked before each step; another thread may still be at it.
    func worker(for delivery: Delivery, _ mayWork: @escaping @Sendable () -> Bool) -> Worker {
        let name = delivery.destination.name
        return worker(
            "deliver \(name)", .deliver, destination: name,
            nextDue: { mayWork() ? try delivery.nextDue() : Date().addingTimeInterval(Self.turnSeconds) }
        ) { try mayWork() && delivery.doNext() }
    }

    /// Starts the thread that fetches what studies lack.
    func worker(for fetching: Fetching) -> Worker {
        worker("fetch", .fetch, nextDue: fetching.nextDue) { try fetching.doNext() }
    }

    /// Starts the thread that removes what is kept no longer.
    func worker(for retention: Retention) -> Worker {
        Worker(name: "retention", bell: bell, log: log, nextDue: { retention.nextDue }) { try retention.doNext() }
    }

    /// Starts the thread that tells of what lies about.
    func worker(for alarm: OverdueAlarm) -> Worker {
        Worker(name: "alarm", bell: bell, log: log, nextDue: { alarm.nextDue }) { try alarm.doNext() }
    }
}
