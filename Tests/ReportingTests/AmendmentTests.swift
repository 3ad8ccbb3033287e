import DICOM
import Foundation
import OtherPrograms
import Reporting
import Testing

/// What a report says of the one it replaces, and the note that takes results back.
@Suite struct AmendmentTests {
    private func report(_ predecessors: [Predecessor] = []) throws -> Report {
        try Report(
            of: SyntheticStudy.awkward.reading, device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt,
            predecessors: predecessors)
    }

    /// The objects of an earlier revision, which had fewer images.
    private func earlier() throws -> [DataSet] {
        let report = try Report(
            of: SyntheticStudy.turned.reading, device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt)
        return [report.structuredReport, try #require(report.segmentation), try #require(report.structureSet)]
    }

    private func findings(_ object: DataSet, in folder: TemporaryFolder) throws -> [Substring] {
        let file = folder.path + "/\(UUID().uuidString).dcm"
        try object.write(to: file, transferSyntax: Report.transferSyntax(of: object))
        return try Program("dciodvfy", ["-new", file]).output.split(separator: "\n").filter(FalseAlarm.isFinding)
    }

    @Test func aReportNamesWhatItReplaces() throws {
        let earlier = try earlier()
        let report = try report(earlier.compactMap { Predecessor($0) })
        let documents = report.structuredReport.items(.predecessorDocumentsSequence)
        #expect(documents.count == 1)
        #expect(documents[0].uid(.studyInstanceUID) == earlier[0].uid(.studyInstanceUID))
        let series = documents[0].items(.referencedSeriesSequence)
        #expect(series.compactMap { $0.uid(.seriesInstanceUID) } == [earlier[0].uid(.seriesInstanceUID)])
        let named = series.flatMap { $0.items(.referencedSOPSequence) }.compactMap { $0.uid(.referencedSOPInstanceUID) }
        #expect(named == [earlier[0].uid(.sopInstanceUID)])
        let structures = try #require(report.structureSet).items(.predecessorStructureSetSequence)
        #expect(structures.compactMap { $0.uid(.referencedSOPInstanceUID) } == [earlier[2].uid(.sopInstanceUID)])
        let folder = try TemporaryFolder()
        for object in [report.structuredReport, report.structureSet!] {
            #expect(try findings(object, in: folder).isEmpty)
        }
    }

    /// Those on the PET and on the CT are of one class.
    @Test func eachStructureSetNamesTheOneOfItsKind() throws {
        func report(includesOtherFoci: Bool, _ predecessors: [Predecessor] = []) throws -> Report {
            try Report(
                of: SyntheticStudy.awkward.reading, device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt,
                options: ReportOptions(objects: [.structureSetOnCT], includesOtherFoci: includesOtherFoci),
                predecessors: predecessors)
        }
        let earlier = try report(includesOtherFoci: false)
        let later = try report(includesOtherFoci: true, earlier.objects.compactMap { Predecessor($0.dataSet) })
        let folder = try TemporaryFolder()
        for kind in [ReportObject.structureSet, .structureSetOnCT] {
            let object = try #require(later[kind])
            let named = object.items(.predecessorStructureSetSequence).compactMap { $0.uid(.referencedSOPInstanceUID) }
            #expect(named == [try #require(earlier[kind]?.uid(.sopInstanceUID))], "\(kind)")
            #expect(object.isDrawnOnCT == (kind == .structureSetOnCT))
            #expect(try findings(object, in: folder).isEmpty, "\(kind)")
        }
    }

    @Test func nothingReplacesItself() throws {
        let first = try report()
        let again = try report([first.structuredReport, first.structureSet!].compactMap { Predecessor($0) })
        #expect(again.structuredReport == first.structuredReport)
        #expect(again.structureSet == first.structureSet)
    }

    @Test(arguments: RejectionNote.Title.allCases) func aNoteTakesResultsBack(title: RejectionNote.Title) throws {
        let study = SyntheticStudy.turned
        let report = try Report(
            of: study.reading, page: SummaryPage(reading: study.reading, pet: study.suv), device: SyntheticStudy.device,
            createdAt: SyntheticStudy.createdAt, options: ReportOptions(objects: Set(ReportObject.allCases)))
        let objects = report.objects.map(\.dataSet)
        let note = WithdrawalNote(of: objects, title: title, createdAt: SyntheticStudy.createdAt)
        let read = try #require(RejectionNote(note.dataSet))
        #expect(read.title == title)
        #expect(read.sopInstanceUID == note.sopInstanceUID)
        #expect(Set(read.instances) == Set(objects.compactMap { $0.uid(.sopInstanceUID) }))
        for attribute in [Attribute.patientName, .patientID, .studyInstanceUID, .specificCharacterSet] {
            #expect(note.dataSet[attribute.tag] == objects[0][attribute.tag], "\(attribute.keyword)")
        }
        let folder = try TemporaryFolder()
        #expect(try findings(note.dataSet, in: folder).isEmpty)
        let file = folder.path + "/note.dcm"
        try note.dataSet.write(to: file)
        let dump = try Program("dsrdump", ["-Dv", file])
        #expect(dump.status == 0, "\(dump.output)")
        #expect(dump.output.contains(title.code.meaning))
    }
}
