import Archive
import DICOMNetwork
import Foundation
import Logging

/// Delivers results to one destination; each destination has its own thread, so that a dead one delays itself alone.
struct Delivery: Sendable {
    let archive: Archive
    let destination: NodeConfiguration.Destination
    let callingAETitle: AETitle
    let log: Logger

    /// Sends what is due in one association.
    func doNext() throws -> Bool {
        var jobs: [(job: Job, path: String)] = []
        while jobs.count < 32,
            let job = try archive.claimNextJob(kinds: [.deliver], destination: destination.name, now: Date())
        {
            guard let id = job.resultID, let result = try archive.result(id) else {
                try archive.fail(job, reason: "its result is gone", retryAt: nil)
                continue
            }
            jobs.append((job, result.path))
        }
        guard !jobs.isEmpty else { return false }
        try send(jobs)
        return true
    }

    private func send(_ jobs: [(job: Job, path: String)]) throws {
        let peer = Peer(
            host: destination.host, port: destination.port, calledAETitle: destination.aeTitle,
            callingAETitle: callingAETitle)
        for ((job, _), outcome) in zip(jobs, StorageSCU.send(jobs.map(\.path), to: peer)) {
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
        let pause = min(destination.retryAfterSeconds * pow(2, Double(min(job.progress.attempt, 20) - 1)), 3600)
        try archive.fail(job, reason: reason, retryAt: Date().addingTimeInterval(pause))
    }
}
