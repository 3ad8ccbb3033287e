import Archive
import DICOMNetwork
import Foundation
import Logging

/// Delivers results to one destination; each destination has its own thread, so that a dead one delays itself alone.
package struct Delivery: Sendable {
    let archive: Archive
    package let destination: NodeConfiguration.Destination
    /// The destination as it is reached.
    let peer: Peer
    /// Told of what is sent; nil where there is no audit trail.
    let audit: Audit?
    let log: Logger
    /// Whether it is worth calling.
    package let reachability = Reachability()
    /// How it is asked to commit to what it was sent; nil where it is not.
    package let confirmation: DeliveryConfirmation?
    /// So many objects at most go on one association.
    private static let batch = 32

    package init(
        archive: Archive, destination: NodeConfiguration.Destination, peer: Peer, audit: Audit? = nil, log: Logger
    ) {
        (self.archive, self.destination, self.peer, self.audit, self.log) = (archive, destination, peer, audit, log)
        confirmation =
            destination.asksForCommitment
            ? DeliveryConfirmation(archive: archive, destination: destination, peer: peer, log: log) : nil
    }

    private typealias Attempt = (job: Job, result: StoredResult)

    /// Sends what is due in one association; during an outage one object.
    /// - Returns: whether there was anything.
    package func doNext(now: Date = Date()) throws -> Bool {
        let outage = reachability.outage
        if let outage, now < outage.until { return false }
        let attempts = try claim(upTo: outage == nil ? Self.batch : 1, now: now)
        guard !attempts.isEmpty else { return false }
        let (sent, unsent) = try parted(attempts)
        if !unsent.isEmpty {
            let outcomes = send(unsent.map(\.result))
            try settle(zip(unsent, outcomes).map { ($0, DeliveryVerdict($1.result)) }, now: now)
        }
        try confirmation?.ask(sent.map(\.job) + unsent.map(\.job).filter(archive.isSent), now: now)
        return true
    }

    /// What is to be asked about only, and what is to be sent.
    private func parted(_ attempts: [Attempt]) throws -> (sent: [Attempt], unsent: [Attempt]) {
        guard confirmation != nil else { return ([], attempts) }
        let isSent = try attempts.map { try archive.isSent($0.job) }
        let parted = zip(attempts, isSent)
        return (parted.filter(\.1).map(\.0), parted.filter { !$0.1 }.map(\.0))
    }

    /// When there is something to do, as far as is known.
    package func nextDue() throws -> Date? {
        let due = try archive.oldestWaitingJob(kind: .deliver, destination: destination.name)?.progress.due
        return due.map { max($0, reachability.outage?.until ?? $0) }
    }

    private func claim(upTo count: Int, now: Date) throws -> [Attempt] {
        var attempts: [Attempt] = []
        while attempts.count < count,
            let job = try archive.claimNextJob(kinds: [.deliver], destination: destination.name, now: now)
        {
            guard let id = job.resultID, let result = try archive.result(id) else {
                try archive.fail(job, reason: "its result is gone", retryAt: nil)
                continue
            }
            attempts.append((job, result))
        }
        return attempts
    }

    private func send(_ results: [StoredResult]) -> [StorageSCU.Outcome] {
        var outcomes: [StorageSCU.Outcome] = []
        let send = {
            outcomes = StorageSCU.send(results.map(\.path), to: peer) { _ in Pulse.beat() }
            return outcomes.map { DeliveryVerdict($0.result).isDelivered ? nil : "\($0.result)" }
        }
        if let audit { audit.delivering(results, to: peer, in: archive, send) } else { _ = send() }
        return outcomes
    }

    // MARK: Settling

    private func settle(_ settled: [(attempt: Attempt, verdict: DeliveryVerdict)], now: Date) throws {
        // First what the peer has: a crash from here on costs it no duplicate.
        for (attempt, verdict) in settled {
            guard case .delivered(let note) = verdict else { continue }
            if confirmation == nil {
                try archive.complete(attempt.job, reason: note)
            } else {
                try archive.noteSent(attempt.job, now: now)
            }
            log.info("result delivered\(note.map { ": \($0)" } ?? "")", metadata: metadata(attempt.job))
        }
        let isReached = settled.contains { !$0.verdict.isWithoutAnswer || $0.verdict.isInterrupted }
        let outage = noteOutage(settled, isReached: isReached, now: now)
        for (attempt, verdict) in settled {
            switch verdict {
            case .delivered: break
            case .failed(let reason, let pace): try fail(attempt.job, reason, pace, now: now)
            case .interrupted(let error): try fail(attempt.job, "\(error)", .growing, now: now)
            case .hopeless(let reason): try park(attempt.job, reason)
            case .untried(let error): try putOff(attempt.job, error, outage, isReached: isReached, now: now)
            }
        }
    }

    /// An association on which the peer answered for nothing is a call in vain; one answer is a sign of life.
    private func noteOutage(
        _ settled: [(attempt: Attempt, verdict: DeliveryVerdict)], isReached: Bool, now: Date
    ) -> Reachability.Outage? {
        guard settled.allSatisfy(\.verdict.isWithoutAnswer),
            let error = settled.lazy.compactMap(\.verdict.trouble).first
        else {
            if let outage = reachability.end() {
                log.notice(
                    "destination answers again",
                    metadata: [
                        "destination": "\(destination.name)", "away since": "\(outage.since.formatted(.iso8601))",
                    ])
            }
            return nil
        }
        let attempts = settled.map(\.attempt.job.progress.attempt).min() ?? 1
        let outage = reachability.noteFailure(
            error, isReached: isReached, schedule: destination.schedule, atLeast: attempts, now: now,
            seed: seed(settled[0].attempt.job))
        log.warning(
            "destination cannot be reached: \(error)",
            metadata: [
                "destination": "\(destination.name)", "calls in vain": "\(outage.failures)",
                "next": "\(outage.until.formatted(.iso8601))",
            ])
        return outage
    }

    private func fail(_ job: Job, _ reason: String, _ pace: DeliverySchedule.Pace, now: Date) throws {
        let next = destination.schedule.nextAttempt(
            afterFailures: job.progress.attempt, pace: pace, since: job.progress.since, now: now, seed: seed(job))
        log.warning("delivery failed: \(reason)", metadata: metadata(job))
        try end(job, reason, next)
    }

    private func park(_ job: Job, _ reason: String) throws {
        log.error("delivery is parked: \(reason)", metadata: metadata(job))
        try archive.fail(job, reason: reason, retryAt: nil)
    }

    /// Where the destination was not reached the attempt counts, and the next is the destination's; else another object
    /// ended the association, and this one has lost nothing but time.
    private func putOff(
        _ job: Job, _ error: NetworkError, _ outage: Reachability.Outage?, isReached: Bool, now: Date
    ) throws {
        guard let outage, !isReached else {
            try archive.postpone(job, until: outage?.until ?? now, reason: "its turn did not come: \(error)")
            return
        }
        try end(job, "\(error)", destination.schedule.limited(outage.until, since: job.progress.since, now: now))
    }

    private func end(_ job: Job, _ reason: String, _ next: Date?) throws {
        let after = try archive.fail(job, reason: reason, retryAt: next)
        guard after.progress.state == .failed else { return }
        log.error("delivery is given up; uptake jobs retry replays it", metadata: metadata(job))
    }

    private func seed(_ job: Job) -> UInt64 { UInt64(bitPattern: job.id) }

    private func metadata(_ job: Job) -> Logger.Metadata {
        ["destination": "\(destination.name)", "job": "\(job.id)"]
    }
}

extension DeliveryVerdict {
    fileprivate var isDelivered: Bool { if case .delivered = self { true } else { false } }

    /// What ended the association, or kept it from being had.
    fileprivate var trouble: NetworkError? {
        switch self {
        case .untried(let error), .interrupted(let error): error
        case .delivered, .failed, .hopeless: nil
        }
    }

    fileprivate var isInterrupted: Bool { if case .interrupted = self { true } else { false } }

    /// Whether the peer said nothing of the object.
    fileprivate var isWithoutAnswer: Bool {
        switch self {
        case .untried, .interrupted, .hopeless: true
        case .delivered, .failed: false
        }
    }
}
