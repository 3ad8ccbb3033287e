import DICOMNetwork
import Foundation
import Synchronization

/// The threads that report on storage commitments, one for each title that may have asked.
///
/// That of a title which may associate no more stays: it still owes what was asked of it.
final class CommitmentWorkers: Sendable {
    private let committing: Committing
    private let jobs: JobWorkers
    private let workers = Mutex<[AETitle: Worker]>([:])

    init(_ committing: Committing, jobs: JobWorkers) { (self.committing, self.jobs) = (committing, jobs) }

    /// Starts the threads of those titles that are new.
    func follow(_ configuration: NodeConfiguration) {
        workers.withLock { workers in
            for title in Set(configuration.peers.map(\.aeTitle)) where workers[title] == nil {
                workers[title] = jobs.worker("commit \(title)", .commit, destination: title.description) {
                    [committing] in try committing.doNext(for: title)
                }
            }
        }
    }

    /// The threads.
    var all: [Worker] { workers.withLock { Array($0.values) } }

    /// Asks all to end.
    func stop() { all.forEach { $0.stop() } }

    /// Waits for their end, but no longer than to a deadline.
    func join(until deadline: DispatchTime) {
        all.forEach { $0.join(until: deadline) }
    }
}
