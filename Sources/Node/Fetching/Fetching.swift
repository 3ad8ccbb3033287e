import Archive
import DICOM
import DICOMNetwork
import Foundation
import Logging

/// Has what studies lack, and their patients' previous studies, fetched job by job from the source of the configuration in
/// force.
struct Fetching: Sendable {
    let archive: Archive
    let current: CurrentConfiguration
    let retrieving: Retrieving
    let bell: Bell
    let log: Logger
    /// Whether the source is worth calling.
    let reachability = Reachability()

    /// Does the next `fetch` job that is due.
    /// - Returns: whether there was one.
    func doNext(now: Date = Date()) throws -> Bool {
        // One job is of one configuration, whatever is taken up meanwhile.
        guard let fetch = SourceFetch(current, archive: archive, retrieving: retrieving) else { return false }
        if let outage = reachability.outage, now < outage.until { return false }
        guard let job = try archive.claimNextJob(kinds: [.fetch], now: now) else { return false }
        guard let order = FetchOrder(job), let study = job.studyInstanceUID else {
            try archive.fail(job, reason: "it does not say what to fetch", retryAt: nil)
            return true
        }
        do {
            let outcome = try fetch.fetch(order, for: study)
            reachability.end()
            try settle(job, of: study, outcome, fetch)
        } catch let error as ArchiveError {
            throw error
        } catch {
            try settle(job, of: study, error, fetch)
        }
        try archive.hastenClosing(ofStudy: study, due: Date())
        bell.ring()
        return true
    }

    /// When there is something to do, as far as is known.
    func nextDue() throws -> Date? {
        guard current.now.fetching != nil else { return nil }
        let due = try archive.oldestWaitingJob(kind: .fetch)?.progress.due
        return due.map { max($0, reachability.outage?.until ?? $0) }
    }

    /// Fetches by a changed configuration from now on: what waits is asked of its source. Where it has none, it waits for one.
    func follow(_ configuration: NodeConfiguration) {
        reachability.end()
        guard let source = configuration.fetching?.source else { return }
        do throws(ArchiveError) {
            try archive.redirectFetches(to: source.name)
        } catch {
            // They are asked of the new source all the same, and listed under the name of the old.
            log.error("what is to be fetched is listed under the former source: \(error)")
        }
    }

    // MARK: Orders

    /// Orders what a study lacks, once, if it is to be read.
    func order(for study: UID, _ evidence: CompletionEvidence, isRead: () throws -> Bool) throws {
        guard let (settings, source) = current.now.fetching else { return }
        let known = Set(try archive.fetches(forStudy: study).compactMap(FetchOrder.init))
        let orders = FetchPolicy(settings).orders(for: evidence).subtracting(known)
        guard !orders.isEmpty, try isRead() else { return }
        try archive.order(orders, forStudy: study, from: source.name, now: Date())
        bell.ring()
    }

    /// What of a study is being fetched.
    func pending(forStudy study: UID, since begun: Date) throws -> CompletionEvidence.PendingFetch? {
        guard let (settings, _) = current.now.fetching else { return nil }
        return FetchPolicy(settings).pending(try archive.fetches(forStudy: study), since: begun)
    }

    // MARK: Outcomes

    private func settle(_ job: Job, of study: UID, _ outcome: SourceFetch.Outcome, _ fetch: SourceFetch) throws {
        switch outcome {
        case .done(let text):
            try archive.complete(job, reason: text)
            log.info("fetched: \(text)", metadata: fetch.metadata(job, study))
        case .absent(let text):
            // That it never came is no failure: nobody has to do anything about it.
            guard let next = fetch.nextAttempt(job) else { return try archive.complete(job, reason: text) }
            try archive.fail(job, reason: text, retryAt: next)
        }
    }

    private func settle(_ job: Job, of study: UID, _ error: any Error, _ fetch: SourceFetch) throws {
        guard retrieving.goesOn else {
            try archive.postpone(job, until: Date(), reason: "the node was stopped while it fetched")
            return
        }
        if let error = error as? NetworkError {
            _ = reachability.noteFailure(
                error, isReached: false, schedule: fetch.settings.schedule, atLeast: 1, now: Date(), seed: job.seed)
        }
        log.warning("nothing was fetched: \(error)", metadata: fetch.metadata(job, study))
        let after = try archive.fail(job, reason: "\(error)", retryAt: fetch.nextAttempt(job))
        if after.progress.state == .failed {
            log.error("fetching is given up; uptake jobs retry tries again", metadata: fetch.metadata(job, study))
        }
    }
}

extension SourceFetch {
    fileprivate func nextAttempt(_ job: Job) -> Date? {
        settings.schedule.nextAttempt(
            afterFailures: job.progress.attempt, since: job.progress.since, now: Date(), seed: job.seed)
    }

    fileprivate func metadata(_ job: Job, _ study: UID) -> Logger.Metadata {
        ["study": "\(study)", "source": "\(source.name)", "job": "\(job.id)"]
    }
}

extension Job {
    fileprivate var seed: UInt64 { UInt64(bitPattern: id) }
}
