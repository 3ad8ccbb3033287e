import Archive
import DICOMNetwork
import Foundation
import Logging

/// Delivers results to one destination; each destination has its own thread, so that a dead one delays itself alone.
package struct Delivery: Sendable {
    let archive: Archive
    let destination: NodeConfiguration.Destination
    /// The destination as it is reached.
    let peer: Peer
    let audit: Audit
    let log: Logger

    /// Sends what is due in one association.
    /// - Returns: whether there was anything.
    func doNext() throws -> Bool {
        var jobs: [(job: Job, result: StoredResult)] = []
        while jobs.count < 32,
            let job = try archive.claimNextJob(kinds: [.deliver], destination: destination.name, now: Date())
        {
            guard let id = job.resultID, let result = try archive.result(id) else {
                try archive.fail(job, reason: "its result is gone", retryAt: nil)
                continue
            }
            jobs.append((job, result))
        }
        guard !jobs.isEmpty else { return false }
        try send(jobs)
        return true
    }

    private func send(_ jobs: [(job: Job, result: StoredResult)]) throws {
        var outcomes: [StorageSCU.Outcome] = []
        audit.delivering(jobs.map(\.result), to: peer, in: archive) {
            outcomes = StorageSCU.send(jobs.map(\.result.path), to: peer)
            return outcomes.map { $0.isStored ? nil : "\($0.result)" }
        }
        for ((job, _), outcome) in zip(jobs, outcomes) {
            if outcome.isStored {
                try archive.complete(job)
                log.info("result delivered", metadata: ["destination": "\(destination.name)", "job": "\(job.id)"])
            } else {
                log.warning(
                    "delivery failed: \(outcome.result)",
                    metadata: ["destination": "\(destination.name)", "job": "\(job.id)"])
                try retry(job, reason: "\(outcome.result)")
            }
        }
    }

    private func retry(_ job: Job, reason: String) throws {
        let pause = Self.pauseSeconds(after: job.progress.attempt, first: destination.retryAfterSeconds)
        try archive.fail(job, reason: reason, retryAt: Date().addingTimeInterval(pause))
    }

    /// The pause after a failed attempt (counted from 1): it doubles each time, up to an hour.
    package static func pauseSeconds(after attempt: Int, first: Double) -> Double {
        min(first * pow(2, Double(min(attempt, 20) - 1)), 3600)
    }
}
