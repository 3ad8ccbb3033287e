import Archive
import DICOM
import Foundation
import Testing

/// Instances that a rejection note takes out of use.
@Suite struct RejectionTests {
    private let bench: Bench
    private let study = UID("1.2.1")!

    init() throws { bench = try Bench() }

    private func note(
        _ instances: [String], as title: RejectionNote.Title = .quality, uid: String = "1.2.1.8.1"
    ) -> RejectionNote {
        RejectionNote(sopInstanceUID: UID(uid)!, title: title, instances: instances.map { UID($0)! })
    }

    private func instances(_ revision: Int) throws -> [String] {
        try bench.archive.instances(ofStudy: study, revision: revision).map(\.sopInstanceUID.description)
    }

    /// Two slices, closed; the reading waits.
    private func close(at seconds: Double = 100) throws {
        let job = try #require(try bench.archive.claimNextJob(kinds: [.close], now: Bench.moment(seconds)))
        _ = try bench.archive.closeStudy(job, signal: "quiet", now: Bench.moment(seconds))
    }

    private func acceptTwo() throws {
        try bench.accept(.numbered(1))
        try bench.accept(.numbered(2))
    }

    // MARK: Inputs

    @Test func aRejectedInstanceIsNotReadAndTheStudyIsClosedAnew() throws {
        try acceptTwo()
        try close()
        #expect(try bench.archive.reject(note(["1.2.1.1.2"]), now: Bench.moment(200)) == [study])
        let reading = try #require(try bench.archive.jobs(kinds: [.read]).first)
        #expect(reading.progress.state == .cancelled)
        #expect(reading.progress.reason == "an image was rejected: Rejected for Quality Reasons")
        try close(at: 200)
        #expect(try instances(1).count == 2)
        #expect(try instances(2) == ["1.2.1.1.1"])
        #expect(try bench.archive.readableInstances(ofStudy: study).count == 1)
        #expect(try bench.archive.instances(ofStudy: study).count == 2)
        #expect(try bench.archive.jobs(kinds: [.read], states: [.waiting]).map(\.revision) == [2])
    }

    @Test func aKnownNoteChangesNothing() throws {
        try acceptTwo()
        try bench.archive.reject(note(["1.2.1.1.2"]), now: Bench.moment(10))
        #expect(try bench.archive.reject(note(["1.2.1.1.2"]), now: Bench.moment(20)).isEmpty)
    }

    @Test func oneInForOneOutIsAnotherRevision() throws {
        try acceptTwo()
        try close()
        try bench.archive.reject(note(["1.2.1.1.2"]), now: Bench.moment(150))
        try bench.accept(.numbered(3), at: 160)
        try close(at: 300)
        #expect(try instances(2) == ["1.2.1.1.1", "1.2.1.1.3"])
    }

    @Test func aNoteMayComeBeforeWhatItRejects() throws {
        try bench.archive.reject(note(["1.2.1.1.2"]), now: Bench.moment(0))
        try bench.reopen()
        try acceptTwo()
        try close()
        #expect(try instances(1) == ["1.2.1.1.1"])
    }

    @Test func aReadingThatRunsIsDropped() throws {
        try acceptTwo()
        let reading = try bench.closedStudy()
        try bench.archive.reject(note(["1.2.1.1.1"]), now: Bench.moment(200))
        let outcome = try bench.archive.commitReading(
            reading, results: [bench.result("1.2.9")], destinations: ["pacs"], now: Bench.moment(210))
        #expect(outcome == .superseded)
        #expect(try bench.archive.results(ofStudy: study).isEmpty)
        #expect(try bench.archive.jobs(kinds: [.deliver]).isEmpty)
        #expect(bench.files(in: "results").isEmpty)
    }

    @Test(arguments: [RejectionNote.Title.patientSafety, .worklistEntry])
    func aBarredInstanceDoesNotComeBack(title: RejectionNote.Title) throws {
        try bench.archive.reject(note(["1.2.1.1.2"], as: title), now: Bench.moment(0))
        guard case .conflict(.rejected, _) = try bench.accept(.numbered(2)) else {
            Issue.record("it was taken in")
            return
        }
        #expect(try bench.accept(.numbered(1)) == .stored)
    }

    @Test func whatExpiredCountsAgainWhenItIsSentAnew() throws {
        try acceptTwo()
        try bench.archive.reject(note(["1.2.1.1.1"], as: .retentionExpired), now: Bench.moment(10))
        #expect(try bench.archive.readableInstances(ofStudy: study).count == 1)
        try bench.archive.reject(note(["1.2.1.1.3"], as: .retentionExpired, uid: "1.2.8"), now: Bench.moment(20))
        try bench.accept(.numbered(3), at: 30)
        #expect(try bench.archive.readableInstances(ofStudy: study).count == 2)
    }

    @Test func onlyNotesThatNobodyLookedAtAreUnread() throws {
        let selection = Slice(
            series: "1.2.1.8", instance: "1.2.1.8.1", sopClass: .keyObjectSelectionDocumentStorage)
        try bench.accept(selection)
        try bench.accept(.numbered(1))
        #expect(try bench.archive.unreadNotes(ofStudy: study).map(\.sopInstanceUID.description) == ["1.2.1.8.1"])
        try bench.archive.passOver(note: UID("1.2.1.8.1")!, now: Bench.moment(1))
        #expect(try bench.archive.unreadNotes(ofStudy: study).isEmpty)
        #expect(try bench.archive.rejectedInstances(ofStudy: study).isEmpty)
    }

    // MARK: Comparisons

    /// A study of the same patient that was made later, and is being read.
    private func laterReading() throws -> Job {
        try acceptTwo()
        try close()
        var later = Slice.numbered(1, study: "1.2.2")
        later.studyDate = "20250102"
        try bench.accept(later, at: 100)
        try close(at: 200)
        let reading = try #require(
            try bench.archive.claimNextJob(kinds: [.read], now: Bench.moment(200)))
        try bench.archive.complete(reading)
        return try #require(try bench.archive.claimNextJob(kinds: [.read], now: Bench.moment(200)))
    }

    @Test func whatIsComparedWithRejectedImagesIsReadAgain() throws {
        let reading = try laterReading()
        #expect(try bench.archive.laterStudies(than: study).map(\.description) == ["1.2.2"])
        try bench.archive.reject(note(["1.2.1.1.2"]), now: Bench.moment(210))
        let outcome = try bench.archive.commitReading(
            reading, results: [bench.dicomResult("1.2.2.9.1", study: "1.2.2")], destinations: ["pacs"],
            compared: [UID("1.2.1.1.1")!, UID("1.2.1.1.2")!], now: Bench.moment(220))
        #expect(outcome == .outdated)
        #expect(bench.files(in: "results").isEmpty)
        let again = try #require(try bench.archive.claimNextJob(kinds: [.read], now: Bench.moment(230)))
        #expect(again.id == reading.id && again.progress.attempt == 1)
        let second = try bench.archive.commitReading(
            again, results: [bench.dicomResult("1.2.2.9.1", study: "1.2.2")], destinations: ["pacs"],
            compared: [UID("1.2.1.1.1")!], now: Bench.moment(240))
        #expect(second == .committed)
    }

    @Test func whatIsComparedWithAStudyThatStillGrowsIsReadAgain() throws {
        let reading = try laterReading()
        let compared = [UID("1.2.1.1.1")!, UID("1.2.1.1.2")!]
        try bench.accept(.numbered(3), at: 210)
        let outcome = try bench.archive.commitReading(
            reading, results: [bench.dicomResult("1.2.2.9.1", study: "1.2.2")], destinations: ["pacs"],
            compared: compared, now: Bench.moment(220))
        #expect(outcome == .outdated)
        let again = try #require(try bench.archive.claimNextJob(kinds: [.read], now: Bench.moment(230)))
        #expect(again.id == reading.id)
        let second = try bench.archive.commitReading(
            again, results: [bench.dicomResult("1.2.2.9.1", study: "1.2.2")], destinations: ["pacs"],
            compared: compared + [UID("1.2.1.1.3")!], now: Bench.moment(240))
        #expect(second == .committed)
    }

    @Test func aRevisionIsReadAnewUnderTheNextNumber() throws {
        let later = UID("1.2.2")!
        _ = try bench.archive.commitReading(
            try laterReading(), results: [bench.dicomResult("1.2.2.9.1", study: "1.2.2")], destinations: ["pacs"],
            now: Bench.moment(220))
        func readAnew(_ revision: Int) throws -> StudyRevision? {
            try bench.archive.readAnew(
                later, revision: revision, signal: "rejection", note: "a note", now: Bench.moment(300))
        }
        #expect(try readAnew(1)?.number == 2)
        #expect(try readAnew(1) == nil, "a later revision is read in any case")
        #expect(try bench.archive.instances(ofStudy: later, revision: 2).count == 1)
        #expect(try bench.archive.jobs(kinds: [.deliver]).map(\.progress.state) == [.cancelled])
        let reading = try #require(try bench.archive.claimNextJob(kinds: [.read], now: Bench.moment(310)))
        #expect(reading.revision == 2)
        _ = try bench.archive.commitReading(reading, results: [], destinations: [], now: Bench.moment(320))
        _ = try bench.archive.remove(.inputs, ofStudy: later)
        #expect(try readAnew(2) == nil, "its images are gone")
    }

    // MARK: Results

    private func withdraw(_ archive: Archive, at seconds: Double = 300) throws -> [String] {
        let path = try bench.dicomResult("1.2.1.9.9").path
        let note = IncomingResult(
            kind: Archive.withdrawal, path: path, sopClassUID: .keyObjectSelectionDocumentStorage,
            sopInstanceUID: UID("1.2.1.9.9")!)
        let results = try archive.results(ofStudy: study).filter { $0.kind == "report" }
        return try archive.withdraw(results, by: note, reason: "rejected", now: Bench.moment(seconds))
    }

    @Test func whoHasAResultIsToldAndWhoHasNotIsNotSentIt() throws {
        try acceptTwo()
        let reading = try bench.closedStudy()
        _ = try bench.archive.commitReading(
            reading, results: [bench.dicomResult("1.2.1.9.1")], destinations: ["a", "b"], now: Bench.moment(110))
        let delivery = try #require(
            try bench.archive.claimNextJob(kinds: [.deliver], destination: "a", now: Bench.moment(120)))
        try bench.archive.complete(delivery)
        #expect(try withdraw(bench.archive) == ["a"])
        let jobs = try bench.archive.jobs(kinds: [.deliver])
        #expect(jobs.filter { $0.progress.state == .cancelled }.map(\.destination) == ["b"])
        #expect(jobs.filter { $0.progress.state == .waiting }.map(\.destination) == ["a"])
        let results = try bench.archive.results(ofStudy: study)
        #expect(results.map(\.isWithdrawn) == [true, false])
        #expect(results.map(\.kind) == ["report", "withdrawal"])
    }

    /// An attempt that was in hand must not be made again, behind the note that takes its result back.
    @Test func whatIsBeingSentIsNotSentAgain() throws {
        try acceptTwo()
        _ = try bench.archive.commitReading(
            bench.closedStudy(), results: [bench.dicomResult("1.2.1.9.1")], destinations: ["a", "b"],
            now: Bench.moment(110))
        let inHand = try #require(
            try bench.archive.claimNextJob(kinds: [.deliver], destination: "a", now: Bench.moment(120)))
        // To b it was sent, with an end that nobody knows, and was then tried anew by an operator.
        let doubtful = try #require(
            try bench.archive.claimNextJob(kinds: [.deliver], destination: "b", now: Bench.moment(120)))
        try bench.archive.noteSent(doubtful, now: Bench.moment(121))
        try bench.archive.fail(doubtful, reason: "lost", retryAt: nil)
        try bench.archive.retry(jobID: doubtful.id, now: Bench.moment(130))
        #expect(try withdraw(bench.archive) == ["a", "b"])
        let after = try bench.archive.fail(inHand, reason: "timed out", retryAt: Bench.moment(400))
        #expect(after.progress.state == .cancelled && after.progress.reason == "the result was withdrawn meanwhile")
        let waiting = try bench.archive.jobs(kinds: [.deliver], states: [.waiting])
        #expect(waiting.compactMap(\.destination).sorted() == ["a", "b"], "the notes")
        #expect(Set(waiting.compactMap(\.resultID)).count == 1)
    }

    @Test func aLaterRevisionDoesNotCancelANote() throws {
        try acceptTwo()
        let reading = try bench.closedStudy()
        _ = try bench.archive.commitReading(
            reading, results: [bench.dicomResult("1.2.1.9.1")], destinations: ["a"], now: Bench.moment(110))
        try bench.archive.complete(
            try #require(try bench.archive.claimNextJob(kinds: [.deliver], now: Bench.moment(120))))
        #expect(try withdraw(bench.archive) == ["a"])
        try bench.accept(.numbered(3), at: 310)
        try close(at: 400)
        #expect(try bench.archive.jobs(kinds: [.deliver], states: [.waiting]).count == 1)
    }

    @Test func retentionRemovesWithdrawnResultsWithTheirNote() throws {
        try acceptTwo()
        let reading = try bench.closedStudy()
        _ = try bench.archive.commitReading(
            reading, results: [bench.dicomResult("1.2.1.9.1")], destinations: [], now: Bench.moment(110))
        #expect(try withdraw(bench.archive).isEmpty)
        let removed = try #require(try bench.archive.remove(.results, ofStudy: study))
        #expect(removed.files.count == 2)
        #expect(try bench.archive.results(ofStudy: study).isEmpty)
    }
}
