import Archive
import DICOM
import Foundation
import Testing

@Suite struct StudyTests {
    private let study = UID(Slice().study)!

    private func status(_ bench: Bench) throws -> StudyStatus? { try bench.archive.study(study)?.status }

    @Test func aStudyGoesThroughAllItsStates() throws {
        let bench = try Bench()
        let archive = try #require(bench.archive)
        try bench.accept(.numbered(1))
        try bench.accept(.numbered(2))
        #expect(try status(bench) == .receiving)
        let close = try #require(try archive.claimNextJob(kinds: [.close], now: Bench.moment(60)))
        try archive.postpone(close, until: Bench.moment(120), reason: "a gap after slice 2")
        #expect(try status(bench) == .incomplete)
        #expect(try archive.study(study)?.reason == "a gap after slice 2")
        try bench.accept(.numbered(3), at: 70)
        #expect(try status(bench) == .receiving)

        let again = try #require(try archive.claimNextJob(kinds: [.close], now: Bench.moment(130)))
        let outcome = try archive.closeStudy(again, signal: "number of slices", now: Bench.moment(130))
        let revision = StudyRevision(
            studyInstanceUID: study, number: 1, closedAt: Bench.moment(130), closingSignal: "number of slices",
            instanceCount: 3)
        #expect(outcome == .revision(revision))
        #expect(try archive.revisions(ofStudy: study) == [revision])
        #expect(try archive.instances(ofStudy: study, revision: 1).count == 3)
        #expect(try status(bench) == .queued)

        let read = try #require(try archive.claimNextJob(kinds: [.read], now: Bench.moment(130)))
        #expect(read.revision == 1)
        #expect(try status(bench) == .reading)
        let results = [
            try bench.result("2.25.1"), try bench.result("2.25.2"),
            IncomingResult(kind: "reading", path: try bench.incomingFile([0x7B, 0x7D]), fileExtension: "json"),
        ]
        #expect(
            try archive.commitReading(read, results: results, destinations: ["A", "B"], now: Bench.moment(140))
                == .committed)
        #expect(try status(bench) == .delivering)
        #expect(try archive.jobs(kinds: [.deliver], states: [.waiting]).count == 4)
        #expect(bench.files(in: "results").count == 3)
        #expect(bench.files(in: "incoming").isEmpty)

        // A dead destination delays itself alone.
        for _ in 0..<2 {
            let delivery = try #require(
                try archive.claimNextJob(kinds: [.deliver], destination: "B", now: Bench.moment(140)))
            let result = try #require(try archive.result(delivery.resultID!))
            #expect(FileManager.default.fileExists(atPath: result.path))
            try archive.complete(delivery)
        }
        #expect(try archive.claimNextJob(kinds: [.deliver], destination: "B", now: Bench.moment(999)) == nil)
        #expect(try archive.oldestWaitingJob(kind: .deliver, destination: "A") != nil)
        #expect(try archive.oldestWaitingJob(kind: .deliver, destination: "B") == nil)
        while let delivery = try archive.claimNextJob(kinds: [.deliver], now: Bench.moment(140)) {
            try archive.fail(delivery, reason: "connection refused", retryAt: nil)
        }
        #expect(try status(bench) == .undelivered)
        for job in try archive.jobs(states: [.failed]) { try archive.retry(jobID: job.id, now: Bench.moment(200)) }
        while let delivery = try archive.claimNextJob(kinds: [.deliver], now: Bench.moment(200)) {
            try archive.complete(delivery)
        }
        #expect(try status(bench) == .done)
        #expect(try archive.results(ofStudy: study).map(\.deliveredTo) == [["A", "B"], ["A", "B"], []])
        #expect(try archive.counts().jobs == ["close": ["done": 1], "read": ["done": 1], "deliver": ["done": 4]])
    }

    /// An attempt that was under way when the next revision began, and fails, is the last.
    @Test func whatIsBeingSentIsSupersededToo() throws {
        let bench = try Bench()
        let archive = try #require(bench.archive)
        try bench.accept(.numbered(1))
        let read = try bench.closedStudy()
        _ = try archive.commitReading(
            read, results: [bench.result("2.25.1")], destinations: ["A", "B"], now: Bench.moment(100))
        let inHand = try #require(
            try archive.claimNextJob(kinds: [.deliver], destination: "A", now: Bench.moment(100)))
        let sending = try #require(
            try archive.claimNextJob(kinds: [.deliver], destination: "B", now: Bench.moment(100)))
        try bench.accept(.numbered(2), at: 110)
        let second = try bench.closedStudy(at: 200)
        let after = try archive.fail(inHand, reason: "connection refused", retryAt: Bench.moment(230))
        #expect(after.progress.state == .cancelled && after.progress.reason == "superseded by revision 2")
        try archive.complete(sending)
        #expect(try archive.jobs(kinds: [.deliver], states: [.done]).map(\.destination) == ["B"])
        // The second reading finds the same: what was not delivered is to be, and what was is not sent again.
        _ = try archive.commitReading(
            second, results: [bench.result("2.25.1")], destinations: ["A", "B"], now: Bench.moment(300))
        #expect(try archive.jobs(kinds: [.deliver], states: [.waiting]).map(\.destination) == ["A"])
        // From now on it is the second revision's, and tried again as any.
        let again = try #require(try archive.claimNextJob(kinds: [.deliver], now: Bench.moment(300)))
        #expect(try archive.fail(again, reason: "no", retryAt: Bench.moment(400)).progress.state == .waiting)
    }

    /// Tried again it would send what is outdated, and until then nothing of the study could be removed.
    @Test func whatWasGivenUpIsSupersededToo() throws {
        let bench = try Bench()
        let archive = try #require(bench.archive)
        try bench.accept(.numbered(1))
        _ = try archive.commitReading(
            bench.closedStudy(), results: [bench.result("2.25.1")], destinations: ["A"], now: Bench.moment(100))
        let delivery = try #require(try archive.claimNextJob(kinds: [.deliver], now: Bench.moment(100)))
        try archive.fail(delivery, reason: "no", retryAt: nil)
        try bench.accept(.numbered(2), at: 110)
        let second = try bench.closedStudy(at: 200)
        #expect(try archive.job(delivery.id)?.progress.state == .cancelled)
        try archive.fail(second, reason: "it crashed", retryAt: nil)
        try bench.accept(.numbered(3), at: 210)
        _ = try archive.commitReading(
            bench.closedStudy(at: 300), results: [bench.result("2.25.3")], destinations: [], now: Bench.moment(310))
        #expect(try archive.job(second.id)?.progress.state == .cancelled)
        #expect(try archive.overdueJobs(triedBefore: .distantFuture).isEmpty)
        #expect(try archive.removableStudies(.inputs, limit: 9) == [study])
    }

    /// However an operator tries parked closings again, an incomplete study stays one.
    @Test func ofAStudyThereIsOneClosingToCome() throws {
        let bench = try Bench()
        let archive = try #require(bench.archive)
        func park(at seconds: Double) throws -> Job {
            let close = try #require(try archive.claimNextJob(kinds: [.close], now: Bench.moment(seconds)))
            return try archive.fail(close, reason: "a gap", retryAt: nil)
        }
        try bench.accept(.numbered(1))
        let first = try park(at: 100)
        try bench.accept(.numbered(3), at: 110)
        #expect(try archive.job(first.id)?.progress.state == .cancelled)
        let second = try park(at: 200)
        #expect(try archive.jobs(kinds: [.close], states: [.failed]).map(\.id) == [second.id])
        // Images during an attempt that is then given up: theirs is the closing to come.
        try archive.retry(jobID: second.id, now: Bench.moment(210))
        let running = try #require(try archive.claimNextJob(kinds: [.close], now: Bench.moment(210)))
        try bench.accept(.numbered(5), at: 220)
        #expect(try archive.fail(running, reason: "a gap", retryAt: nil).progress.state == .cancelled)
        _ = try park(at: 300)
        #expect(try status(bench) == .incomplete)
        #expect(try archive.removableStudies(.inputs, limit: 9).isEmpty)
    }

    /// The clock stood a year ahead for some minutes after the machine had started.
    @Test func whatAClockThatWasAheadHasPutOffFallsDue() throws {
        let bench = try Bench()
        let archive = try #require(bench.archive)
        let year = 365.0 * 86_400
        try bench.accept(.numbered(1), at: year)
        try bench.accept(.numbered(1, study: "1.2.2"), at: 10)
        #expect(try archive.claimNextJob(kinds: [.close], now: Bench.moment(60)) == nil)
        #expect(try archive.redateJobs(beyond: Bench.moment(60 + 2 * 86_400), now: Bench.moment(60)) == 1)
        #expect(try archive.redateJobs(beyond: Bench.moment(60 + 2 * 86_400), now: Bench.moment(60)) == 0)
        let close = try #require(try archive.claimNextJob(kinds: [.close], now: Bench.moment(60)))
        #expect(close.studyInstanceUID == study && close.createdAt == Bench.moment(60))
        #expect(close.progress.since == Bench.moment(60))
        #expect(try archive.claimNextJob(kinds: [.close], now: Bench.moment(60)) == nil, "the other's time runs on")
    }

    @Test func laterImagesMakeARevisionThatSupersedes() throws {
        let bench = try Bench()
        let archive = try #require(bench.archive)
        try bench.accept(.numbered(1))
        let first = try bench.closedStudy()
        _ = try archive.commitReading(
            first, results: [bench.result("2.25.1")], destinations: ["A"], now: Bench.moment(100))
        try bench.accept(.numbered(2), at: 110)
        #expect(try status(bench) == .receiving)
        let second = try bench.closedStudy(at: 200)
        #expect(second.revision == 2)
        let cancelled = try archive.jobs(kinds: [.deliver], states: [.cancelled])
        #expect(cancelled.map(\.progress.reason) == ["superseded by revision 2"])
        #expect(try archive.instances(ofStudy: study, revision: 1).count == 1)
        #expect(try archive.instances(ofStudy: study, revision: 2).count == 2)

        // Images during the reading: its outcome is not kept.
        try bench.accept(.numbered(3), at: 210)
        let third = try bench.closedStudy(at: 300)
        #expect(
            try archive.commitReading(
                second, results: [bench.result("2.25.2")], destinations: ["A"], now: Bench.moment(310)) == .superseded)
        #expect(bench.files(in: "results").count == 1)
        #expect(
            try archive.commitReading(
                third, results: [bench.result("2.25.3")], destinations: ["A"], now: Bench.moment(320)) == .committed)
        #expect(try archive.results(ofStudy: study).map(\.revision) == [1, 3])
    }

    @Test func imagesDuringTheClosingAreNotFrozenUnjudged() throws {
        let bench = try Bench()
        let archive = try #require(bench.archive)
        try bench.accept(.numbered(1))
        let close = try #require(try archive.claimNextJob(kinds: [.close], now: Bench.moment(60)))
        try bench.accept(.numbered(2), at: 61)
        #expect(try archive.closeStudy(close, signal: "quiet", now: Bench.moment(62)) == .superseded)
        #expect(try archive.revisions(ofStudy: study).isEmpty)
        #expect(try status(bench) == .receiving)
        let next = try #require(try archive.claimNextJob(kinds: [.close], now: Bench.moment(121)))
        guard case .revision = try archive.closeStudy(next, signal: "quiet", now: Bench.moment(121)) else {
            Issue.record("not closed")
            return
        }
        // The same, where the attempt fails or is given back.
        try bench.accept(.numbered(3), at: 130)
        let third = try #require(try archive.claimNextJob(kinds: [.close], now: Bench.moment(200)))
        try bench.accept(.numbered(4), at: 201)
        let given = try archive.postpone(third, until: Bench.moment(300), reason: "gap")
        #expect(given.progress.state == .cancelled)
        #expect(try archive.jobs(kinds: [.close], states: [.waiting]).count == 1)
    }

    @Test func closingWithoutNewsMakesNoRevision() throws {
        let bench = try Bench()
        let archive = try #require(bench.archive)
        try bench.accept(.numbered(1))
        _ = try bench.closedStudy()
        let done = try #require(try archive.jobs(kinds: [.close]).first)
        #expect(throws: ArchiveError.self) { try archive.closeStudy(done, signal: "quiet", now: Bench.moment(100)) }
        // An incomplete study given up, then closed by an operator's retry, then again.
        try bench.accept(.numbered(2), at: 110)
        var close = try #require(try archive.claimNextJob(kinds: [.close], now: Bench.moment(170)))
        try archive.fail(close, reason: "a gap for a day", retryAt: nil)
        #expect(try status(bench) == .incomplete)
        #expect(try archive.study(study)?.reason == "a gap for a day")
        try archive.retry(jobID: close.id, now: Bench.moment(180))
        close = try #require(try archive.claimNextJob(kinds: [.close], now: Bench.moment(180)))
        guard case .revision = try archive.closeStudy(close, signal: "operator", now: Bench.moment(180)) else {
            Issue.record("not closed")
            return
        }
        #expect(try archive.revisions(ofStudy: study).count == 2)
    }

    @Test func decliningIsAResultWithAReason() throws {
        let bench = try Bench()
        try bench.accept(.numbered(1))
        let read = try bench.closedStudy()
        _ = try bench.archive.commitReading(
            read, results: [], destinations: ["A"], declined: "no attenuation correction", now: Bench.moment(100))
        #expect(try status(bench) == .declined)
        #expect(try bench.archive.study(study)?.reason == "no attenuation correction")
    }

    @Test func ourOwnResultComesBackWithoutEffect() throws {
        let bench = try Bench()
        try bench.accept(.numbered(1))
        let read = try bench.closedStudy()
        _ = try bench.archive.commitReading(
            read, results: [bench.dicomResult("2.25.1")], destinations: ["A"], now: Bench.moment(100))
        var report = Slice(series: "1.2.1.9", instance: "2.25.1", sopClass: .comprehensive3DSRStorage)
        report.version = "ANOTHER"
        #expect(try bench.accept(report, at: 110) == .ownResult)
        report.patientID = "COERCED"
        guard case .conflict(.differingBytes, let name) = try bench.accept(report, at: 111) else {
            Issue.record("what differs from our own was taken for it")
            return
        }
        #expect(bench.files(in: "quarantine") == [name])
        #expect(try status(bench) == .delivering)
        #expect(try bench.archive.counts().instances == 1)
        #expect(bench.files(in: "incoming").isEmpty)
    }

    @Test func aResultThatStaysTheSameIsDeliveredAfterAll() throws {
        let bench = try Bench()
        let archive = try #require(bench.archive)
        try bench.accept(.numbered(1))
        let first = try bench.closedStudy()
        _ = try archive.commitReading(
            first, results: [bench.result("2.25.1")], destinations: ["A", "B"], now: Bench.moment(100))
        let delivered = try #require(
            try archive.claimNextJob(kinds: [.deliver], destination: "A", now: Bench.moment(100)))
        try archive.complete(delivered)
        try bench.accept(.numbered(2), at: 110)
        let second = try bench.closedStudy(at: 200)
        _ = try archive.commitReading(
            second, results: [bench.result("2.25.1")], destinations: ["A", "B"], now: Bench.moment(210))
        #expect(try status(bench) == .delivering)
        let waiting = try archive.jobs(kinds: [.deliver], states: [.waiting])
        #expect(waiting.map(\.destination) == ["B"] && waiting[0].revision == 2)
        #expect(try archive.job(delivered.id)?.progress.state == .done)
    }

    @Test func jobsLostHoldOfWaitAgain() throws {
        let bench = try Bench()
        let archive = try #require(bench.archive)
        try bench.accept(.numbered(1))
        let read = try bench.closedStudy()
        try archive.releaseRunningJobs(
            kinds: [.deliver], reason: "not this kind", retryAt: Bench.moment(300), costsAttempt: false)
        #expect(try archive.job(read.id)?.progress.state == .running)
        try archive.releaseRunningJobs(
            kinds: [.read], reason: "no space", retryAt: Bench.moment(300), costsAttempt: false)
        let released = try #require(try archive.job(read.id)).progress
        #expect(released.state == .waiting && released.attempt == 0 && released.due == Bench.moment(300))
        #expect(released.reason == "no space")
        for _ in 1...3 {
            #expect(try archive.claimNextJob(kinds: [.read], now: Bench.moment(300)) != nil)
            try archive.releaseRunningJobs(
                kinds: [.read], reason: "odd", retryAt: Bench.moment(300), costsAttempt: true)
        }
        #expect(try archive.job(read.id)?.progress.state == .failed)
    }

    @Test func aStepNeedsTheCurrentAttempt() throws {
        let bench = try Bench()
        let archive = try #require(bench.archive)
        try bench.accept(.numbered(1))
        let read = try bench.closedStudy()
        let retried = try archive.fail(read, reason: "out of memory", retryAt: Bench.moment(150))
        #expect(retried.progress.attempt == 1)
        #expect(throws: ArchiveError.self) { try archive.complete(read) }
        let second = try #require(try archive.claimNextJob(kinds: [.read], now: Bench.moment(150)))
        #expect(throws: ArchiveError.self, "the first attempt's worker is late") { try archive.complete(read) }
        try archive.cancel(jobID: second.id, reason: "operator")
        #expect(throws: ArchiveError.self) {
            try archive.commitReading(
                second, results: [bench.result("2.25.9")], destinations: ["A"], now: Bench.moment(160))
        }
        #expect(bench.files(in: "results").isEmpty)
        #expect(bench.files(in: "incoming").isEmpty)
        #expect(try status(bench) == .cancelled)
        #expect(throws: ArchiveError.unknown("job 999")) { try archive.retry(jobID: 999, now: Bench.start) }
    }

    @Test func jobsAndStudiesAreCodable() throws {
        let bench = try Bench()
        try bench.accept(.numbered(1))
        let jobs = try bench.archive.jobs()
        #expect(try JSONDecoder().decode([Job].self, from: JSONEncoder().encode(jobs)) == jobs)
        let studies = try bench.archive.studies()
        #expect(try JSONDecoder().decode([StudySummary].self, from: JSONEncoder().encode(studies)) == studies)
    }
}
