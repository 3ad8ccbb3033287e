import Archive
import DICOM
import Foundation
import Testing

/// What a rebuilt index makes of readings: never more than the rules want, and of the last reading alone.
@Suite struct RebuildTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    private static var everything: RebuildPolicy { policy { _ in ReadingPlan(destinations: ["pacs"]) } }

    private static func policy(
        fetchedFrom source: String? = nil, sends: @escaping (String, String, Bool) -> Bool = { _, _, _ in true },
        _ plan: @escaping (UID) -> ReadingPlan?
    ) -> RebuildPolicy {
        RebuildPolicy(quietPeriodSeconds: 60, fetchedFrom: source, plan: { study, _ in plan(study) }, sends: sends)
    }

    private func rebuild(_ policy: RebuildPolicy = everything) throws -> RebuildReport {
        bench.release()
        let report = try Archive.rebuild(
            directory: bench.directory, policy: policy, anyway: true, now: Bench.moment(10_000))
        try bench.reopen()
        return report
    }

    /// An object as a reading makes it.
    private func object(
        _ uid: String, _ kind: String, _ sopClass: UID, made hour: Int, study: String = "1.2.1",
        _ edit: (inout DataSet) -> Void = { _ in }
    ) throws -> IncomingResult {
        var set = DataSet()
        set.set(.sopClassUID, sopClass)
        set.set(.sopInstanceUID, UID(uid)!)
        set.set(.instanceCreationDate, "20240102")
        set.set(.instanceCreationTime, "\(hour)0000")
        set.set(.studyInstanceUID, UID(study)!)
        set.set(.seriesInstanceUID, UID("\(uid).1")!)
        set.set(.patientID, "P1")
        edit(&set)
        let path = bench.archive.incomingPath()
        try set.write(to: path)
        return IncomingResult(kind: kind, path: path, sopClassUID: sopClass, sopInstanceUID: UID(uid)!)
    }

    private func report(_ uid: String, made hour: Int, study: String = "1.2.1") throws -> IncomingResult {
        try object(uid, "report", .comprehensive3DSRStorage, made: hour, study: study)
    }

    private func document(_ text: String) throws -> IncomingResult {
        IncomingResult(kind: "reading", path: try bench.incomingFile(Array(text.utf8)), fileExtension: "json")
    }

    private func commit(_ reading: Job, _ results: [IncomingResult], at seconds: Double = 101) throws {
        _ = try bench.archive.commitReading(
            reading, results: results, destinations: ["pacs"], now: Bench.moment(seconds))
    }

    /// Who is offered what, as `kind destination`.
    private func offers() throws -> [String] {
        try bench.archive.jobs(kinds: [.deliver]).map { job in
            let result = try job.resultID.flatMap(bench.archive.result)
            return "\(result?.kind ?? "nothing") \(job.destination ?? "nowhere")"
        }.sorted()
    }

    @Test func onlyWhomTheRulesNameIsOfferedWhatItTakes() throws {
        try bench.accept(.numbered(1))
        let reading = try bench.closedStudy()
        try commit(
            reading,
            [
                report("1.2.1.9.1", made: 10),
                object("1.2.1.9.2", "segmentation", .segmentationStorage, made: 10),
            ])
        try bench.accept(.numbered(2, study: "1.2.2"), at: 200)
        try commit(bench.closedStudy(at: 300), [report("1.2.2.9.1", made: 11, study: "1.2.2")])
        let report = try rebuild(
            Self.policy(sends: { kind, destination, _ in destination == "pacs" || kind == "report" }) { study in
                study == UID("1.2.1") ? ReadingPlan(destinations: ["pacs", "trial"]) : ReadingPlan(destinations: [])
            })
        #expect(try offers() == ["report pacs", "report trial", "segmentation pacs"])
        #expect(report.doubtfulDeliveries == 3 && report.results == 3)
        #expect(try bench.archive.study(UID("1.2.2")!)?.status == .done)
    }

    @Test(arguments: [nil, ReadingPlan(notReadReason: "rule qa says read = false")])
    func whereTheRulesCannotTellNobodyIsOfferedAnything(plan: ReadingPlan?) throws {
        try bench.accept(.numbered(1))
        try commit(bench.closedStudy(), [report("1.2.1.9.1", made: 10)])
        #expect(try rebuild(Self.policy { _ in plan }).doubtfulDeliveries == 0)
        #expect(try bench.archive.study(UID("1.2.1")!)?.status == .done)
        #expect(try bench.archive.revisions(ofStudy: UID("1.2.1")!).last?.plan?.destinations == [])
    }

    @Test func onlyTheLastReadingIsOffered() throws {
        try bench.accept(.numbered(1))
        try commit(bench.closedStudy(), [report("1.2.1.9.1", made: 10), document(#"{"studyInstanceUID":"1.2.1"}"#)])
        try bench.accept(.numbered(2), at: 200)
        try commit(
            bench.closedStudy(at: 300), [report("1.2.1.9.2", made: 12), document(#"{"studyInstanceUID": "1.2.1"}"#)],
            at: 301)
        _ = try rebuild()
        let results = try bench.archive.results(ofStudy: UID("1.2.1")!).sorted { $0.revision < $1.revision }
        #expect(results.map(\.revision) == [1, 1, 2, 2], "\(results)")
        #expect(results.filter { $0.revision == 2 }.contains { $0.sopInstanceUID == UID("1.2.1.9.2") })
        let offered = try bench.archive.jobs(kinds: [.deliver])
        #expect(offered.map(\.revision) == [2])
        #expect(try bench.archive.study(UID("1.2.1")!)?.status == .undelivered)
    }

    @Test func whatWasWithdrawnStaysSo() throws {
        try bench.accept(.numbered(1))
        try commit(bench.closedStudy(), [report("1.2.1.9.1", made: 10)])
        let delivery = try #require(
            try bench.archive.claimNextJob(kinds: [.deliver], destination: "pacs", now: Bench.moment(102)))
        try bench.archive.complete(delivery)
        let results = try bench.archive.results(ofStudy: UID("1.2.1")!)
        let note = try object("1.2.1.9.3", Archive.withdrawal, .keyObjectSelectionDocumentStorage, made: 11) { set in
            var sop = DataSet(), series = DataSet(), study = DataSet()
            sop.set(.referencedSOPInstanceUID, UID("1.2.1.9.1")!)
            series.set(.referencedSOPSequence, [sop])
            study.set(.referencedSeriesSequence, [series])
            set.set(.currentRequestedProcedureEvidenceSequence, [study])
            set.set(.conceptNameCodeSequence, RejectionNote.Title.quality.code)
        }
        _ = try bench.archive.withdraw(results, by: note, reason: "rejected", now: Bench.moment(103))
        _ = try rebuild()
        let after = try bench.archive.results(ofStudy: UID("1.2.1")!)
        #expect(after.filter(\.isWithdrawn).map(\.sopInstanceUID) == [UID("1.2.1.9.1")])
        #expect(try offers() == ["withdrawal pacs"])
    }

    @Test func aDeclinedStudyStaysDeclined() throws {
        try bench.accept(.numbered(1))
        let text = #"{"studyInstanceUID":"1.2.1","declined":{"code":"no-weight","reason":"No weight."}}"#
        try commit(bench.closedStudy(), [report("1.2.1.9.1", made: 10), document(text)])
        let policy = Self.policy(sends: { _, _, isDeclined in !isDeclined }) { _ in ReadingPlan(destinations: ["pacs"])
        }
        _ = try rebuild(policy)
        let study = try #require(try bench.archive.study(UID("1.2.1")!))
        #expect(study.status == .declined && study.reason == "No weight. [no-weight]")
        #expect(try offers() == [], "who wants no reports on declined studies gets none")
    }

    @Test func resultsOutliveTheirImages() throws {
        try bench.accept(.numbered(1))
        try commit(bench.closedStudy(), [report("1.2.1.9.1", made: 10)])
        let delivery = try #require(
            try bench.archive.claimNextJob(kinds: [.deliver], destination: "pacs", now: Bench.moment(102)))
        try bench.archive.complete(delivery)
        let removed = try #require(try bench.archive.remove(.inputs, ofStudy: UID("1.2.1")!))
        for file in removed.files { try bench.archive.discard(file) }
        let report = try rebuild(Self.policy { _ in nil })
        #expect(report.results == 1 && report.unassigned == 0)
        #expect(try bench.archive.results(ofStudy: UID("1.2.1")!).map(\.sopInstanceUID) == [UID("1.2.1.9.1")])
    }

    @Test func whatWasFetchedAsAPreviousStudyIsNotRead() throws {
        var earlier = Slice.numbered(1, study: "1.2.2")
        earlier.studyDate = "20230102"
        try bench.accept(earlier)
        var present = Slice.numbered(1)
        present.sender = "SCANNER"
        try bench.accept(present, at: 1)
        let policy = Self.policy(fetchedFrom: "SENDER") { _ in ReadingPlan(destinations: ["pacs"]) }
        #expect(try rebuild(policy).keptAsPrevious == 1)
        #expect(try bench.archive.isFetched(study: UID("1.2.2")!))
        #expect(try !bench.archive.isFetched(study: UID("1.2.1")!))
        // Without a source of previous studies, whoever sent it wants it read.
        #expect(try rebuild().keptAsPrevious == 0)
        #expect(try !bench.archive.isFetched(study: UID("1.2.2")!))
    }
}
