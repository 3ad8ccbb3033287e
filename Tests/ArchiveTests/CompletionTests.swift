import Archive
import DICOM
import Foundation
import Testing

/// What the archive knows for those who judge completion, and what it keeps of their judgement.
@Suite struct CompletionTests {
    private let study = UID(Slice().study)!

    private func ask(_ bench: Bench, _ slices: [Slice], transaction: String = "1.7.1", at seconds: Double) throws
        -> Int64
    {
        try bench.archive.keepCommitment(
            transaction: UID(transaction)!, of: "SCANNER",
            slices.map {
                Commitment.Item(
                    sopClassUID: .positronEmissionTomographyImageStorage, sopInstanceUID: UID($0.instance)!)
            }, due: Bench.moment(seconds), now: Bench.moment(seconds))
    }

    @Test func aRequestForCommitmentTellsWhatTheSenderBelievesToHaveSent() throws {
        let bench = try Bench()
        for number in 1...3 { try bench.accept(.numbered(number)) }
        try bench.accept(.numbered(1, study: "1.2.9"))
        #expect(try bench.archive.commitmentHint(ofStudy: study) == nil)
        _ = try ask(bench, [.numbered(1), .numbered(2)], at: 5)
        #expect(
            try bench.archive.commitmentHint(ofStudy: study)
                == CommitmentHint(namedInstances: 2, missingInstances: 0, requestedAt: Bench.moment(5)))
        _ = try ask(bench, [.numbered(2), .numbered(3), .numbered(8)], transaction: "1.7.2", at: 7)
        #expect(
            try bench.archive.commitmentHint(ofStudy: study)
                == CommitmentHint(namedInstances: 3, missingInstances: 1, requestedAt: Bench.moment(7)))
        #expect(try bench.archive.commitmentHint(ofStudy: UID("1.2.9")!) == nil)
    }

    @Test func aRequestHastensTheClosingOfItsStudiesOnly() throws {
        let bench = try Bench()
        try bench.accept(.numbered(1))
        try bench.accept(.numbered(1, study: "1.2.9"))
        let request = try ask(bench, [.numbered(1)], at: 5)
        try bench.archive.hastenClosing(forCommitment: request, due: Bench.moment(15))
        func due() throws -> [Date] { try bench.archive.jobs(kinds: [.close]).map(\.progress.due) }
        #expect(try due() == [Bench.moment(15), Bench.moment(60)])
        try bench.archive.hastenClosing(forCommitment: request, due: Bench.moment(50))
        #expect(try due() == [Bench.moment(15), Bench.moment(60)], "never later")
        try bench.accept(.numbered(2), at: 8)
        #expect(
            try due() == [Bench.moment(60), Bench.moment(68)], "a further image sets the quiet period running anew")
    }

    /// Never before the period is over, and rarely written: images of one second share the moment.
    @Test func aStudyIsQuietOnTheSecond() throws {
        let bench = try Bench()
        func due() throws -> [Date] { try bench.archive.jobs(kinds: [.close]).map(\.progress.due) }
        let cases: [(at: Double, quiet: Double)] = [(0, 60), (0.01, 61), (0.9, 61), (1, 61), (1.1, 62)]
        for (number, (seconds, quiet)) in cases.enumerated() {
            try bench.accept(.numbered(number + 1), at: seconds)
            #expect(try due() == [Bench.moment(quiet)], "after \(seconds)")
        }
    }

    /// A scanner that gives a transaction's identifier to another request must not be told of the instances of the first.
    @Test func aTransactionUsedAgainIsOfWhatItAsksNow() throws {
        let bench = try Bench()
        for number in 1...2 { try bench.accept(.numbered(number)) }
        let asked = { (id: Int64) in
            try #require(try bench.archive.commitment(id)).items.map(\.sopInstanceUID.description)
        }
        let id = try ask(bench, [.numbered(1)], at: 5)
        let job = try #require(try bench.archive.claimCommitment(id))
        _ = try bench.archive.verifyCommitment(id, now: Bench.moment(5))
        #expect(throws: ArchiveError.busy("transaction 1.7.1")) { try ask(bench, [.numbered(2)], at: 6) }
        #expect(try asked(id) == [Slice.numbered(1).instance])
        try bench.archive.complete(job)
        #expect(try ask(bench, [.numbered(2), .numbered(3)], at: 7) == id)
        #expect(try asked(id) == [Slice.numbered(2).instance, Slice.numbered(3).instance])
        let verified = try #require(try bench.archive.verifyCommitment(id, now: Bench.moment(8)))
        #expect(verified.items.map(\.failure) == [nil, .noSuchInstance])
        // Before it is answered a request may still be replaced.
        #expect(try ask(bench, [.numbered(1)], at: 9) == id)
        #expect(try asked(id) == [Slice.numbered(1).instance])
        #expect(try bench.archive.jobs(kinds: [.commit], states: [.waiting]).count == 1)
        // What was verified was of the others.
        #expect(try ask(bench, [.numbered(3)], at: 10) == id)
        #expect(try bench.archive.commitment(id)?.verifiedAt == nil)
        let again = try #require(try bench.archive.verifyCommitment(id, now: Bench.moment(11)))
        #expect(again.items.map(\.failure) == [.noSuchInstance])
        // And what was not here then may be now.
        try bench.accept(.numbered(3), at: 12)
        #expect(try ask(bench, [.numbered(3)], at: 13) == id)
        #expect(try bench.archive.verifyCommitment(id, now: Bench.moment(14))?.items.map(\.failure) == [nil])
    }

    /// A scanner asks after each study: what is answered must not be kept for ever, and what is not must be.
    @Test func answeredRequestsAreForgottenInTime() throws {
        let bench = try Bench()
        try bench.accept(.numbered(1))
        func answer(_ id: Int64, at seconds: Double) throws -> Job {
            let job = try #require(try bench.archive.claimCommitment(id))
            _ = try bench.archive.verifyCommitment(id, now: Bench.moment(seconds))
            return job
        }
        let ids = try (1...5).map { try ask(bench, [.numbered(1)], transaction: "1.7.\($0)", at: 5) }
        for id in ids[..<2] { try bench.archive.complete(answer(id, at: 10)) }
        try bench.archive.fail(answer(ids[2], at: 10), reason: "gone", retryAt: nil)
        try bench.archive.complete(answer(ids[3], at: 100))
        func held() throws -> [Int64] { try ids.filter { try bench.archive.commitment($0) != nil } }
        #expect(try bench.archive.forgetCommitments(settledBefore: Bench.moment(10), limit: 10) == 0)
        #expect(try held() == ids)
        #expect(try bench.archive.forgetCommitments(settledBefore: Bench.moment(50), limit: 1) == 1)
        #expect(try held() == Array(ids[1...]), "those first that came first")
        #expect(try bench.archive.forgetCommitments(settledBefore: Bench.moment(50), limit: 10) == 1)
        #expect(try held() == Array(ids[2...]), "one given up, one answered since, one not answered")
        #expect(try bench.archive.jobs(kinds: [.commit]).count == 3)
        // Asked again, it is answered anew.
        let again = try ask(bench, [.numbered(1)], transaction: "1.7.1", at: 200)
        #expect(try #require(try bench.archive.verifyCommitment(again, now: Bench.moment(200))).items[0].failure == nil)
    }

    @Test func aClosingThatIsAlwaysPutOffCanBeTakenUp() throws {
        let bench = try Bench()
        for number in 1...20 { try bench.accept(.numbered(number), at: Double(number) * 30) }
        #expect(try bench.archive.claimNextJob(kinds: [.close], now: Bench.moment(600)) == nil)
        #expect(try bench.archive.claimClosing(begunBy: Bench.moment(29)) == nil)
        let job = try #require(try bench.archive.claimClosing(begunBy: Bench.moment(30)))
        #expect(job.progress.attempt == 1 && job.studyInstanceUID == study)
        #expect(try bench.archive.claimClosing(begunBy: Bench.moment(600)) == nil, "one has it in hand")
    }

    @Test func signalNoteAndPlanAreKeptWithTheRevision() throws {
        let bench = try Bench()
        try bench.accept(.numbered(1))
        let plan = ReadingPlan(rule: "psma", destinations: ["a", "b"], model: "/m", assumedTracer: "18F-FDG")
        let close = try #require(try bench.archive.claimNextJob(kinds: [.close], now: Bench.moment(60)))
        _ = try bench.archive.closeStudy(
            close, signal: "quiet period", note: "the study has no CT", plan: plan, now: Bench.moment(60))
        try bench.reopen()
        let revision = try #require(try bench.archive.revisions(ofStudy: study).first)
        #expect(revision.plan == plan && revision.closingNote == "the study has no CT")
        #expect(try bench.archive.job(close.id)?.progress.reason == "quiet period; the study has no CT")
        #expect(try bench.archive.study(study)?.status == .queued)
    }

    @Test func whatIsNotToBeReadIsKeptWithTheReason() throws {
        let bench = try Bench()
        try bench.accept(.numbered(1))
        let close = try #require(try bench.archive.claimNextJob(kinds: [.close], now: Bench.moment(60)))
        _ = try bench.archive.closeStudy(
            close, signal: "quiet period", plan: ReadingPlan(notReadReason: "no rule"), now: Bench.moment(60))
        let summary = try #require(try bench.archive.study(study))
        #expect(summary.status == .kept && summary.reason == "no rule")
        #expect(try bench.archive.jobs(kinds: [.read]).isEmpty)
        try bench.accept(.numbered(2), at: 70)
        #expect(try bench.archive.study(study)?.status == .receiving)
    }
}
