import Archive
import DICOM
import Foundation
import Logging

/// Closes studies that are complete, and decides what becomes of them.
struct Closing: Sendable {
    let archive: Archive
    let feeds: Feeds
    let rule: CompletionRule
    let routing: Routing
    let counts: SourceCounts
    /// Who follows rejection notes.
    let rejecting: Rejecting
    /// Who fetches what is missing.
    let fetching: Fetching
    let bell: Bell
    let log: Logger

    /// Does the next `close` job that is due, or that no rest of its study will ever make due.
    /// - Returns: whether there was one.
    func doNext() throws -> Bool {
        let now = Date()
        let begun = now.addingTimeInterval(-rule.settings.forcedAfterSeconds)
        let next = try archive.claimNextJob(kinds: [.close], now: now) ?? archive.claimClosing(begunBy: begun)
        guard let job = next, let uid = job.studyInstanceUID else { return false }
        do {
            try rejecting.settle(uid)
            try close(job, of: uid)
        } catch is ReadingFailure {
            try archive.postpone(job, until: Date(), reason: "the node was stopped while it closed the study")
        }
        return true
    }

    private func close(_ job: Job, of uid: UID) throws {
        if try archive.isFetched(study: uid) { return try keep(job, of: uid) }
        var evidence = try evidence(job, of: uid)
        if rule.isAtRest(evidence, now: Date()) {
            try fetching.order(for: uid, evidence) { try routing.plan(ofStudy: uid, evidence.instances).isRead }
        }
        evidence.pendingFetch = try fetching.pending(forStudy: uid, since: job.createdAt)
        var judgement = rule.judge(evidence, now: Date())
        if case .complete = judgement {
            // Asked last: it costs an association, and what is known to be missing already needs no second witness.
            evidence.counted = counts.series(ofStudy: uid, evidence.instances)
            if !evidence.counted.isEmpty { judgement = rule.judge(evidence, now: Date()) }
        }
        let study: Logger.Metadata = ["study": "\(uid)"]
        switch judgement {
        case .complete(let completion): try close(job, of: uid, completion, evidence, study)
        case .wait(let seconds, let reason):
            try archive.postpone(job, until: Date().addingTimeInterval(seconds), reason: reason)
        case .incomplete(let reason):
            try archive.fail(job, reason: "incomplete: \(reason)", retryAt: nil)
            log.error("study is incomplete and not read: \(reason)", metadata: study)
        }
    }

    /// Closes a study that was fetched for another's sake, whatever it lacks: nobody waits for it, and it is not read.
    private func keep(_ job: Job, of uid: UID) throws {
        let evidence = try evidence(job, of: uid)
        guard rule.isAtRest(evidence, now: Date()) else {
            let next = Date().addingTimeInterval(rule.recheckSeconds)
            try archive.postpone(job, until: next, reason: "more of it is being fetched")
            return
        }
        try rejecting.readLaterStudiesAnew(than: uid, having: evidence.instances)
        let plan = ReadingPlan(notReadReason: "it was fetched as a previous study of its patient")
        _ = try archive.closeStudy(job, signal: CompletionSignal.quietPeriod.rawValue, plan: plan, now: Date())
        log.info("a previous study is kept", metadata: ["study": "\(uid)"])
    }

    private func evidence(_ job: Job, of uid: UID) throws -> CompletionEvidence {
        var evidence = CompletionEvidence(try archive.readableInstances(ofStudy: uid))
        evidence.isFed = feeds.isFed(uid)
        evidence.firstReceivedAt = job.createdAt
        evidence.commitment = try archive.commitmentHint(ofStudy: uid)
        return evidence
    }

    private func close(
        _ job: Job, of uid: UID, _ completion: CompletionRule.Completion, _ evidence: CompletionEvidence,
        _ study: Logger.Metadata
    ) throws {
        try rejecting.readLaterStudiesAnew(than: uid, having: evidence.instances)
        let plan = try routing.plan(ofStudy: uid, evidence.instances)
        let outcome = try archive.closeStudy(
            job, signal: completion.signal, note: completion.note, plan: plan, now: Date())
        log.info("study closed: \(completion.signal), \(outcome.summary)", metadata: study)
        if case .revision = outcome {
            if let note = completion.note { log.warning("study closed all the same: \(note)", metadata: study) }
            if let reason = plan.notReadReason { log.notice("study kept and not read: \(reason)", metadata: study) }
        }
        bell.ring()
    }
}

extension CloseOutcome {
    fileprivate var summary: String {
        switch self {
        case .revision(let revision): "revision \(revision.number) of \(revision.instanceCount) instances"
        case .superseded: "superseded by later images"
        case .unchanged: "nothing new"
        }
    }
}
