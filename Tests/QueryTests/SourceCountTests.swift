import Archive
import DICOM
import DICOMNetwork
import Foundation
import Logging
import Node
import Testing

/// What sources say of the number of images that a study has.
@Suite struct SourceCountTests {
    private let here = [TestObject(), TestObject(series: 2, modality: "PT")]
    private let there = [
        TestObject(), TestObject(number: 2), TestObject(number: 3), TestObject(series: 2, modality: "PT"),
        TestObject(series: 3, modality: "CT"),
    ]
    private let study = TestObject().studyUID

    private func counts(
        _ port: UInt16, for titles: [String] = ["SCANNER"], seconds: Double = 20, waitsForSeries: Bool = false
    ) throws -> (counts: SourceCounts, instances: [StoredInstance]) {
        let node = try QueryNode()
        try node.store(here)
        var configuration = NodeConfiguration()
        var source = NodeConfiguration.Source(
            name: "archive", aeTitle: AETitle("ARCHIVE")!, host: "127.0.0.1", port: port)
        source.countsFor = titles.map { AETitle($0)! }
        source.answerSeconds = seconds
        source.waitsForSeries = waitsForSeries
        configuration.sources = [source]
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return (SourceCounts(configuration, log: log), try node.node.archive.instances(ofStudy: study))
    }

    private var expected: [CountedSeries] {
        [
            .init(uid: here[0].seriesUID, modality: "CT", images: 3),
            .init(uid: here[1].seriesUID, modality: "PT", images: 1),
        ]
        .sorted { $0.uid < $1.uid }
    }

    @Test func eachSeriesThatIsHereIsCounted() throws {
        let source = try Source(there)
        let (counts, instances) = try counts(source.port)
        #expect(counts.series(ofStudy: study, instances) == expected)
        #expect(try source.end().finds == 1)
    }

    @Test func aSeriesOfWhichNothingIsHereIsCountedWhereItIsWaitedFor() throws {
        let source = try Source(there)
        let (counts, instances) = try counts(source.port, waitsForSeries: true)
        let absent = CountedSeries(uid: there[4].seriesUID, modality: "CT", images: 1)
        let all = (expected + [absent]).sorted { $0.uid < $1.uid }
        #expect(counts.series(ofStudy: study, instances) == all)
    }

    @Test func aSourceThatTellsNoNumbersHasItsImagesListed() throws {
        let source = try Source(there, #"{"no_counts": true}"#)
        let (counts, instances) = try counts(source.port)
        #expect(counts.series(ofStudy: study, instances) == expected)
        #expect(try source.end().finds == 3)
    }

    @Test func onlyTheSourceOfTheSenderIsAsked() throws {
        let source = try Source(there)
        let (counts, instances) = try counts(source.port, for: ["SCANNER2"])
        #expect(counts.series(ofStudy: study, instances).isEmpty)
        #expect(try source.end().finds == 0)
    }

    @Test func aStudyThatTheSourceLacksHasNoCounts() throws {
        let source = try Source([TestObject(study: 2)])
        let (counts, instances) = try counts(source.port)
        #expect(counts.series(ofStudy: study, instances).isEmpty)
    }

    /// It costs its limit once, and is then left alone for a minute.
    @Test func aSourceThatDoesNotAnswerCostsItsLimitAndNoMore() throws {
        let source = try Source(there, #"{"mute": true}"#)
        let (counts, instances) = try counts(source.port, seconds: 1)
        let start = ContinuousClock.now
        let now = Date()
        #expect(counts.series(ofStudy: study, instances, now: now).isEmpty)
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(counts.series(ofStudy: study, instances, now: now.addingTimeInterval(59)).isEmpty)
        #expect(try source.end().finds == 1)
    }

    @Test func aSourceThatFailsOrIsDownCostsNothing() throws {
        let source = try Source(there, #"{"fail": 42752}"#)
        let (failing, instances) = try counts(source.port)
        #expect(failing.series(ofStudy: study, instances).isEmpty)
        #expect(try counts(freePort()).counts.series(ofStudy: study, instances).isEmpty)
    }
}
