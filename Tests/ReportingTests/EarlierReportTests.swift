import DICOM
import Foundation
import Imaging
import OtherPrograms
import Reading
import Reporting
import Testing

/// Reports are read back for the sake of a later study, and whatever else comes is refused.
@Suite struct EarlierReportTests {
    private static func document(of reading: StudyReading) throws -> DataSet {
        try Report(of: reading, device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt).structuredReport
    }

    @Test(arguments: [SyntheticStudy.awkward, .turned, .clear, .brief]) func ourReportsAreReadBack(
        study: SyntheticStudy
    ) throws {
        let reading = study.reading
        let folder = try TemporaryFolder()
        let file = folder.path + "/report.dcm"
        try Self.document(of: reading).write(to: file)
        let report = try EarlierReport(path: file)
        #expect(report.studyInstanceUID == reading.pet.studyInstanceUID)
        #expect(report.tracer == reading.tracer)
        #expect(report.lesionCount == reading.lesions.count)
        #expect(abs(report.lesionVolumeMl - reading.lesionVolumeMl) <= reading.lesionVolumeMl * 1e-5)
        #expect(report.patient.patientID == reading.pet.headers[0].string(.patientID))
        #expect(report.patient.birthDate == reading.pet.headers[0].string(.patientBirthDate))
        #expect(report.reader == "Uptake 0.1.0, model 0001")
    }

    /// Changes each content item that an edit answers for.
    private func edited(_ item: DataSet, _ edit: (DataSet) -> DataSet?) -> DataSet {
        var result = edit(item) ?? item
        let content = result.items(.contentSequence)
        if !content.isEmpty { result.set(.contentSequence, content.map { edited($0, edit) }) }
        return result
    }

    private func isVolume(_ item: DataSet) -> Bool {
        item.code(.conceptNameCodeSequence)?.value == "118565006"
    }

    private func volume(_ value: String, _ unit: String = "cm3") -> (DataSet) -> DataSet? {
        { item in
            guard isVolume(item) else { return nil }
            var number = DataSet()
            number.set(.numericValue, value)
            number.set(.measurementUnitsCodeSequence, CodedConcept(unit, "UCUM", ""))
            var item = item
            item.set(.measuredValueSequence, [number])
            return item
        }
    }

    @Test func whatStatesNonsenseIsRefused() throws {
        let good = try Self.document(of: SyntheticStudy.awkward.reading)
        let none = EarlierReportError.incomplete("Volume in cm3")
        let cases: [(String, EarlierReportError)] = [
            ("NaN", none), ("", none), ("a lot", none), ("1e999", none), ("-1", .implausible("Volume -1.0")),
            ("5e7", .implausible("Volume 50000000.0")), ("0", .implausible("6.0 lesions of together 0.0 ml")),
        ]
        for (value, error) in cases {
            #expect(throws: error, "\(value)") { try EarlierReport(edited(good, volume(value))) }
        }
        #expect(throws: none) { try EarlierReport(edited(good, volume("1", "l"))) }
        let twice = edited(good) { item in
            guard item.items(.contentSequence).contains(where: isVolume) else { return nil }
            var item = item
            let content = item.items(.contentSequence)
            item.set(.contentSequence, content + content.filter(isVolume))
            return item
        }
        #expect(throws: none) { try EarlierReport(twice) }
    }

    @Test func whatIsNoReportOfOursIsRefused() throws {
        let good = try Self.document(of: SyntheticStudy.awkward.reading)
        for attribute: Attribute in [
            .sopClassUID, .contentTemplateSequence, .completionFlag, .codingSchemeIdentificationSequence,
        ] {
            var foreign = good
            foreign.remove(attribute)
            #expect(throws: EarlierReportError.notOfUptake, "\(attribute.keyword)") { try EarlierReport(foreign) }
        }
        for attribute: Attribute in [.contentSequence, .studyInstanceUID, .sopInstanceUID] {
            var short = good
            short.remove(attribute)
            #expect(throws: EarlierReportError.self, "\(attribute.keyword)") { try EarlierReport(short) }
        }
        let declined = try DeclinedReport(
            Refusal(.noWeight, "No weight."), of: SyntheticStudy.awkward.pet.headers.map(StudyInstance.init(dataSet:)),
            model: SyntheticStudy.awkward.reading.model, device: SyntheticStudy.device,
            createdAt: SyntheticStudy.createdAt)
        #expect(throws: EarlierReportError.incomplete("the tracer")) {
            try EarlierReport(try #require(declined).structuredReport)
        }
    }
}
