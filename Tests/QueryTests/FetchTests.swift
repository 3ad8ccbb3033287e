import Archive
import DICOM
import DICOMNetwork
import Foundation
import Node
import Testing

/// What a node fetches from a source before it reads: a study's CT, and the previous studies of its patient.
@Suite struct FetchTests {
    private let pet = TestObject(series: 2, modality: "PT", date: "20240301")
    private let ct = (1...3).map { TestObject(number: $0, date: "20240301") }
    private var study: UID { pet.studyUID }

    /// A PET/CT of the patient, or of another.
    private func prior(_ study: Int, date: String, patient: Int = 1, issuer: String? = nil) -> [TestObject] {
        [
            TestObject(patient: patient, issuer: issuer, study: study, series: 1, date: date),
            TestObject(patient: patient, issuer: issuer, study: study, series: 2, modality: "PT", date: date),
        ]
    }

    /// A node that fetches from a port; it asks by C-GET unless told otherwise.
    private func node(
        _ port: UInt16, method: NodeConfiguration.Source.Method = .get, listening: UInt16 = 0,
        partnerSeconds: Double = 60, _ change: (inout NodeConfiguration.Fetch) -> Void = { _ in }
    ) throws -> QueryNode {
        var fetch = NodeConfiguration.Fetch(source: "archive")
        fetch.schedule.firstPauseSeconds = 1
        fetch.schedule.longestPauseSeconds = 1
        fetch.waitSeconds = 60
        change(&fetch)
        return try QueryNode {
            var source = NodeConfiguration.Source(
                name: "archive", aeTitle: AETitle("ARCHIVE")!, host: "127.0.0.1", port: port)
            source.method = method
            $0.sources = [source]
            $0.local.port = listening
            $0.fetch = fetch
            $0.completion.quietPeriodSeconds = 1
            $0.completion.waitForPartnerSeconds = partnerSeconds
            $0.peers.append(.init(aeTitle: AETitle("ARCHIVE")!))
        }
    }

    private func revisions(_ node: QueryNode, of study: UID) throws -> [StudyRevision] {
        try node.node.archive.revisions(ofStudy: study)
    }

    private func fetches(_ node: QueryNode) throws -> [FetchOrder: Job] {
        Dictionary(
            uniqueKeysWithValues: try node.node.archive.fetches(forStudy: study).map { (FetchOrder($0)!, $0) })
    }

    /// The PET comes; the CT is fetched; the study is closed once, with both.
    private func expectPartner(_ node: QueryNode) throws {
        try node.store([pet])
        try node.wait(for: "the closing") { try !revisions(node, of: study).isEmpty }
        let revision = try revisions(node, of: study)[0]
        #expect(revision.instanceCount == 4 && revision.closingNote == nil)
        #expect(try fetches(node)[.ct]?.progress.reason == "3 CT images")
        #expect(Set(try node.node.archive.instances(ofStudy: study).map(\.sourceAETitle)) == ["ARCHIVE", "SCANNER"])
    }

    // MARK: - The study's own CT

    @Test(arguments: [NodeConfiguration.Source.Method.get, .move])
    func aMissingCTIsFetched(_ method: NodeConfiguration.Source.Method) throws {
        let listening = freePort()
        let source = try Source(ct + [pet], #"{"move": ["UPTAKE", \#(listening)]}"#)
        try expectPartner(try node(source.port, method: method, listening: listening))
    }

    @Test func aSourceThatTellsNoNumbersIsAskedForItsImages() throws {
        let source = try Source(ct + [pet], #"{"no_counts": true}"#)
        try expectPartner(try node(source.port))
    }

    @Test func aMissingPETIsFetched() throws {
        let source = try Source(ct + [pet])
        let node = try node(source.port)
        try node.store(ct)
        try node.wait(for: "the closing") { try !revisions(node, of: study).isEmpty }
        #expect(try revisions(node, of: study).map(\.instanceCount) == [4])
        #expect(try fetches(node)[.pet]?.progress.state == .done)
    }

    /// The study is closed without, with a note; what comes later makes one revision more, and only one.
    @Test func aSourceThatIsDownDelaysNothingAndTheCTMakesOneRevision() throws {
        let port = freePort()
        let node = try node(port, partnerSeconds: 0) { $0.waitSeconds = 1 }
        try node.store([pet])
        try node.wait(for: "the first closing") { try !revisions(node, of: study).isEmpty }
        let first = try revisions(node, of: study)[0]
        #expect(first.instanceCount == 1)
        #expect(first.closingNote?.contains("CT and previous studies being fetched from archive") == true)
        let source = try Source(ct + [pet], port: port)
        try node.wait(for: "the second closing") { try revisions(node, of: study).count > 1 }
        #expect(try revisions(node, of: study).map(\.instanceCount) == [1, 4])
        try node.wait(for: "the end of all fetching") {
            try fetches(node).values.allSatisfy { $0.progress.state == .done }
        }
        #expect(try node.node.archive.jobs(kinds: [.close], states: [.waiting, .running]).isEmpty)
        _ = source
    }

    @Test func aSourceThatDoesNotHaveItIsAskedAgainAndGivenUp() throws {
        let source = try Source([pet])
        let node = try node(source.port, partnerSeconds: 0) {
            $0.waitSeconds = 1
            $0.schedule.giveUpAfterSeconds = 3
            $0.priors = 0
        }
        try node.store([pet])
        try node.wait(for: "the end") { try fetches(node)[.ct]?.progress.state == .done }
        let job = try #require(try fetches(node)[.ct])
        #expect(job.progress.reason == "archive has no CT of the study" && job.progress.attempt > 1)
        #expect(try revisions(node, of: study).map(\.instanceCount) == [1])
    }

    /// A slow source holds its study no longer than is configured, and does not show it half a CT.
    @Test func aSlowSourceDelaysNoLongerThanConfigured() throws {
        let many = (1...20).map { TestObject(number: $0, date: "20240301") }
        let source = try Source(many + [pet], #"{"slow": true}"#)
        let node = try node(source.port, partnerSeconds: 0) {
            $0.waitSeconds = 1
            $0.priors = 0
        }
        try node.store([pet])
        try node.wait(for: "the second closing") { try revisions(node, of: study).count > 1 }
        #expect(try revisions(node, of: study).map(\.instanceCount) == [1, 21])
    }

    @Test(arguments: [#"{"mute": true}"#, #"{"fail": 42752}"#, #"{"find_only": true}"#])
    func aSourceThatAnswersNothingOrRefusesDelaysNoLonger(_ options: String) throws {
        let source = try Source(ct + [pet], options)
        let node = try node(source.port, partnerSeconds: 0) {
            $0.waitSeconds = 1
            $0.priors = 0
        }
        try node.store([pet])
        try node.wait(for: "the closing") { try !revisions(node, of: study).isEmpty }
        #expect(try revisions(node, of: study).map(\.instanceCount) == [1])
        #expect(try fetches(node)[.ct]?.progress.state != .done)
    }

    @Test func aCTOfAnotherPatientIsSetAside() throws {
        let strange = ct.map { TestObject(patient: 2, number: $0.number, date: $0.date) }
        let source = try Source(strange)
        let node = try node(source.port, partnerSeconds: 0) {
            $0.waitSeconds = 2
            $0.priors = 0
        }
        try node.store([pet])
        try node.wait(for: "the closing") { try !revisions(node, of: study).isEmpty }
        #expect(try node.node.archive.instances(ofStudy: study).count == 1)
        try node.wait(for: "the reason") {
            try fetches(node)[.ct]?.progress.reason?.contains("of another patient than was asked for") == true
        }
        #expect(try node.node.archive.quarantinedFiles().count == 3)
    }

    // MARK: - Other archives

    @Test(arguments: OtherArchive.Kind.allCases, [NodeConfiguration.Source.Method.get, .move])
    func anotherArchiveIsFetchedFrom(_ kind: OtherArchive.Kind, _ method: NodeConfiguration.Source.Method) throws {
        let port = freePort()
        let node = try node(port, method: method)
        let archive = try OtherArchive(kind, port: port, for: node)
        let previous = prior(5, date: "20230301")
        try archive.store(ct + previous)
        try expectPartner(node)
        #expect(try fetches(node)[.priors]?.progress.reason == "previous: \(previous[0].studyUID)")
        #expect(try node.node.archive.instances(ofStudy: previous[0].studyUID).count == 2)
    }

    // MARK: - Previous studies

    @Test func thePreviousStudyIsKeptAndNotRead() throws {
        let objects =
            ct + [pet] + prior(5, date: "20230301") + prior(6, date: "20220301") + prior(7, date: "20240401")
            + prior(8, date: "20230601", patient: 2) + [TestObject(study: 9, date: "20231201")]
        let source = try Source(objects)
        let node = try node(source.port)
        try node.store(ct + [pet])
        try node.wait(for: "the closing") { try !revisions(node, of: study).isEmpty }
        let previous = TestObject(study: 5).studyUID
        #expect(try fetches(node)[.priors]?.progress.reason == "previous: \(previous)")
        try node.wait(for: "the closing of the previous study") { try !revisions(node, of: previous).isEmpty }
        #expect(try node.node.archive.study(previous)?.status == .kept)
        #expect(try revisions(node, of: previous)[0].plan?.notReadReason?.contains("previous study") == true)
        #expect(
            try node.node.archive.counts().studies == 2, "one that is later, older, another's or without PET is left")
        #expect(try node.node.archive.jobs(kinds: [.read]).map(\.studyInstanceUID) == [study])
        #expect(try node.node.archive.fetches(forStudy: previous).isEmpty)
    }

    /// The images of the previous study are gone from the source; what is left of it are a report of ours and one of others.
    @Test func theReportOfAPreviousStudyIsFetchedWhereItsImagesAreGone() throws {
        func report(_ series: Int, _ description: String) -> TestObject {
            TestObject(
                study: 5, series: series, modality: "SR", date: "20230301", sopClass: .comprehensive3DSRStorage,
                seriesDescription: description, manufacturer: "Uptake")
        }
        let ours = report(1, "Uptake AI findings (research)")
        let source = try Source([ours, report(2, "Dose report")])
        let node = try node(source.port, partnerSeconds: 0) { $0.partner = false }
        try node.store([pet])
        try node.wait(for: "the closing") { try !revisions(node, of: study).isEmpty }
        #expect(try fetches(node)[.priors]?.progress.reason == "previous: \(ours.studyUID) (its report)")
        let found = try node.node.archive.earlierReports(of: study, manufacturer: "Uptake", limit: 5)
        #expect(found.map(\.sopInstanceUID) == [ours.instanceUID])
        try node.wait(for: "the closing of the previous study") { try !revisions(node, of: ours.studyUID).isEmpty }
        #expect(try node.node.archive.study(ours.studyUID)?.status == .kept)
    }

    @Test func anIssuerKeepsPatientsApart() throws {
        var own = pet
        own.issuer = "HERE"
        let source = try Source(
            prior(5, date: "20230301", issuer: "ELSEWHERE") + prior(6, date: "20220301", issuer: "HERE"))
        let node = try node(source.port, partnerSeconds: 0) { $0.partner = false }
        try node.store([own])
        try node.wait(for: "the closing") { try !revisions(node, of: study).isEmpty }
        #expect(try fetches(node)[.priors]?.progress.reason == "previous: \(TestObject(study: 6).studyUID)")
        #expect(try node.node.archive.counts().studies == 2)
    }

    /// Whatever the source says of the study, its objects are another patient's.
    @Test func aPreviousStudyOfAnotherPatientIsSetAside() throws {
        let source = try Source(prior(5, date: "20230301"), #"{"send_patient": "P2"}"#)
        let node = try node(source.port, partnerSeconds: 0) {
            $0.waitSeconds = 2
            $0.partner = false
        }
        try node.store([pet])
        try node.wait(for: "the closing") { try !revisions(node, of: study).isEmpty }
        try node.wait(for: "the reason") {
            try fetches(node)[.priors]?.progress.reason?.contains("of another patient") == true
        }
        #expect(try node.node.archive.counts().studies == 1)
    }

    @Test func whatCameInItsOwnRightIsLeftAlone() throws {
        let previous = prior(5, date: "20230301")
        let source = try Source(previous)
        let node = try node(source.port, partnerSeconds: 0) { $0.partner = false }
        try node.store([previous[1]])
        try node.store([pet])
        try node.wait(for: "the closing") { try !revisions(node, of: study).isEmpty }
        #expect(try fetches(node)[.priors]?.progress.reason == "previous: \(previous[0].studyUID)")
        #expect(try node.node.archive.instances(ofStudy: previous[0].studyUID).count == 1)
        #expect(try !node.node.archive.isFetched(study: previous[0].studyUID))
    }

    @Test func whatIsNotReadHasNothingFetched() throws {
        let source = try Source(ct + [pet])
        let node = try QueryNode {
            $0.sources = [.init(name: "archive", aeTitle: AETitle("ARCHIVE")!, host: "127.0.0.1", port: source.port)]
            $0.fetch = .init(source: "archive")
            $0.completion.quietPeriodSeconds = 1
            $0.completion.waitForPartnerSeconds = 0
            var rule = RoutingRule(name: "none")
            rule.isRead = false
            $0.rules = [rule]
        }
        try node.store([pet])
        try node.wait(for: "the closing") { try !revisions(node, of: study).isEmpty }
        #expect(try fetches(node).isEmpty)
        #expect(try source.end().finds == 0)
    }
}
