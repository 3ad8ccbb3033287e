import Foundation

/// Whether a study is complete: a pure judgement of the evidence, with configuration and time as arguments.
///
/// It never closes a study that is known to lack images before a deadline, and never waits beyond one: `incompleteAfter`
/// the last image, or `forcedAfter` the first, whichever comes first (docs/decisions/0018).
public struct CompletionRule: Sendable {
    /// The times, and what a deadline does.
    public let settings: NodeConfiguration.Completion

    /// Makes the rule.
    public init(_ settings: NodeConfiguration.Completion) { self.settings = settings }

    /// How soon to look again where nothing says when, in seconds.
    var recheckSeconds: Double { min(settings.quietPeriodSeconds, 30) }

    /// Judges a study.
    public func judge(_ evidence: CompletionEvidence, now: Date) -> Judgement {
        guard let last = evidence.lastReceivedAt else { return .incomplete(reason: "no instance is stored") }
        let study = StudyCompleteness(evidence)
        let silence = now.timeIntervalSince(last)
        let first = evidence.firstReceivedAt ?? evidence.instances.map(\.receivedAt).min()!
        let isForced = now.timeIntervalSince(first) >= settings.forcedAfterSeconds
        if isForced || silence >= settings.incompleteAfterSeconds {
            let isArriving = isForced && (0..<settings.quietPeriodSeconds).contains(silence)
            return overdue(study, evidence, isArriving: isArriving)
        }
        if let quiet = rest(evidence, silence: silence, now: now) { return quiet }
        if evidence.isFed {
            return .wait(
                seconds: evidence.isCommittedWhole ? min(recheckSeconds, 5) : recheckSeconds,
                reason: "an association that feeds the study is open")
        }
        let doubts = study.doubts(waitingSeconds: settings.waitForPartnerSeconds)
        if let certain = study.deficits.first(where: \.isCertain) {
            return .wait(seconds: recheckSeconds, reason: certain.text)
        }
        if let absent = study.absentSeries.first { return .wait(seconds: recheckSeconds, reason: absent) }
        if let doubt = doubts.first, silence < settings.waitForPartnerSeconds {
            let left = settings.waitForPartnerSeconds - max(silence, 0)
            return .wait(seconds: min(recheckSeconds, left), reason: doubt)
        }
        if let fetch = evidence.pendingFetch, now < fetch.until {
            return .wait(seconds: min(recheckSeconds, fetch.until.timeIntervalSince(now)), reason: fetch.text)
        }
        let isEarly = (0..<settings.quietPeriodSeconds).contains(silence)
        let decisive: CompletionSignal = isEarly ? .storageCommitment : .quietPeriod
        return .complete(Completion(signals: [decisive] + study.signals, notes: doubts + evidence.unfetched))
    }

    /// Whether nothing more is on its way by itself: then what is missing may be fetched.
    func isAtRest(_ evidence: CompletionEvidence, now: Date) -> Bool {
        guard let last = evidence.lastReceivedAt, !evidence.isFed else { return false }
        return rest(evidence, silence: now.timeIntervalSince(last), now: now) == nil
    }

    /// What is left of the quiet period, which a request for storage commitment of everything shortens; nil where it is
    /// over. A clock that was set back counts as quiet: the job was due.
    private func rest(_ evidence: CompletionEvidence, silence: Double, now: Date) -> Judgement? {
        guard (0..<settings.quietPeriodSeconds).contains(silence) else { return nil }
        let left = settings.quietPeriodSeconds - silence
        guard evidence.isCommittedWhole, let requested = evidence.commitment?.requestedAt else {
            return .wait(seconds: left, reason: "the quiet period runs")
        }
        let settled = settings.commitmentSettleSeconds - min(silence, max(now.timeIntervalSince(requested), 0))
        return settled > 0 ? .wait(seconds: min(settled, left), reason: "the quiet period runs") : nil
    }

    /// What a deadline makes of a study.
    private func overdue(
        _ study: StudyCompleteness, _ evidence: CompletionEvidence, isArriving: Bool
    ) -> Judgement {
        var missing = study.deficits.filter(\.isCertain).map(\.text)
        if isArriving {
            missing.append("images still come \(Int(settings.forcedAfterSeconds)) s after the first")
        }
        // Of these a source alone knows: they are waited for, and never keep a study from being read.
        let doubts = study.doubts(waitingSeconds: settings.waitForPartnerSeconds) + study.absentSeries
        if missing.isEmpty {
            let left = evidence.isFed ? ["an association that fed the study is still open"] : []
            return .complete(
                Completion(signals: [.quietPeriod] + study.signals, notes: left + doubts + evidence.unfetched))
        }
        switch settings.whenIncomplete {
        case .park: return .incomplete(reason: missing.joined(separator: "; "))
        case .read: return .complete(Completion(signals: [.deadline] + study.signals, notes: missing + doubts))
        }
    }
}

extension StudyCompleteness {
    /// What is waited for without being certain, in words: a partner, where partners are waited for at all, and deficits
    /// that are only believed.
    fileprivate func doubts(waitingSeconds: Double) -> [String] {
        let partner = waitingSeconds > 0 ? missingPartner.map { "the study has no \($0)" } : nil
        return [partner].compactMap { $0 } + deficits.filter { !$0.isCertain }.map(\.text)
    }
}
