import Classification
import DICOM
import Imaging
import OtherPrograms
import Reading
import Reporting
import Staging
import Testing

/// What a report says of the change since an earlier study.
@Suite struct ComparisonReportTests {
    /// The awkward study, compared with one in which its second lesion was another and its first half as large.
    static func compared(registered: Bool = true) -> StudyReading {
        let study = SyntheticStudy.awkward
        let reading = study.reading
        let lesions = reading.lesions
        let earlier = reading.foci[0].classified
        let changes: [LesionChange] =
            registered
            ? [LesionChange(fate: .persisting, focusID: lesions[0].focus.id, earlierFocusIDs: [1])]
                + lesions.dropFirst().map { LesionChange(fate: .new, focusID: $0.focus.id, earlierFocusIDs: []) }
                + [LesionChange(fate: .vanished, focusID: nil, earlierFocusIDs: [1])] : []
        let registration = Registration(
            transform: .identity, basis: .pet, correlation: 0.97, overlap: 0.9)
        let comparison = StudyComparison(
            earlierStudyInstanceUID: UID("1.2.840.77.1")!, earlierStudyDate: "20250101", earlierTracer: .ga68PSMA11,
            earlierInputs: [SyntheticStudy.clear.pet], earlierLesionCount: 2,
            volume: VolumeChange(earlierMl: reading.lesionVolumeMl / 2, presentMl: reading.lesionVolumeMl),
            registration: registered ? registration : nil, changes: changes, earlierFoci: registered ? [earlier] : [],
            recip: registered ? .progressiveDisease : nil)
        return with(comparison)
    }

    /// The awkward study, compared with what a report states.
    private static func comparedWithReport() throws -> StudyReading {
        let reading = SyntheticStudy.awkward.reading
        let earlier = try Report(
            of: SyntheticStudy.brief.reading, device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt)
        let report = try EarlierReport(earlier.structuredReport)
        return with(
            StudyComparison(
                earlierStudyInstanceUID: report.studyInstanceUID, earlierStudyDate: "20250101",
                earlierTracer: report.tracer, earlierReport: report, earlierLesionCount: report.lesionCount,
                volume: VolumeChange(earlierMl: report.lesionVolumeMl, presentMl: reading.lesionVolumeMl),
                registration: nil, changes: [], earlierFoci: [], recip: nil,
                possibleRECIP: [.stableDisease, .progressiveDisease]))
    }

    private static func with(_ comparison: StudyComparison) -> StudyReading {
        let reading = SyntheticStudy.awkward.reading
        return StudyReading(
            pet: reading.pet, ct: reading.ct, tracer: reading.tracer, model: reading.model, suv: reading.suv,
            reference: reading.reference, foci: reading.foci, stage: reading.stage, warnings: reading.warnings,
            comparison: comparison)
    }

    private func report(_ reading: StudyReading) throws -> Report {
        try Report(of: reading, device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt)
    }

    /// Every content item of a document, flat.
    private func items(_ item: DataSet) -> [DataSet] {
        [item] + item.items(.contentSequence).flatMap(items)
    }

    @Test func theChangeIsAGroupOfItsOwn() throws {
        let document = try report(Self.compared()).structuredReport
        let all = items(document)
        let group = try #require(
            all.first { item in
                item.items(.contentSequence).contains { $0.code(.conceptCodeSequence)?.value == "comparison" }
            })
        let inside = items(group)
        func number(_ code: String) -> String? {
            inside.first { $0.code(.conceptNameCodeSequence)?.value == code }?
                .items(.measuredValueSequence).first?.string(.numericValue)
        }
        #expect(number("volume-percent") == "100")
        #expect(number("n-new") == String(SyntheticStudy.awkward.reading.lesions.count - 1))
        #expect(number("n-persisting") == "1" && number("n-vanished") == "1")
        #expect(inside.contains { $0.code(.conceptCodeSequence)?.value == "RECIP-PD" })
        #expect(inside.contains { $0.string(.textValue)?.contains("1.2.840.77.1") ?? false })
        let fates = all.filter { $0.code(.conceptNameCodeSequence)?.value == "change" }
        #expect(fates.count == SyntheticStudy.awkward.reading.lesions.count)
    }

    @Test func theEarlierImagesAreEvidenceOfAnotherProcedure() throws {
        let reading = Self.compared()
        let document = try report(reading).structuredReport
        let other = try #require(document.items(.pertinentOtherEvidenceSequence).first)
        #expect(other.uid(.studyInstanceUID) == reading.comparison?.earlierStudyInstanceUID)
        let named = other.items(.referencedSeriesSequence).flatMap { $0.items(.referencedSOPSequence) }
        #expect(named.count == SyntheticStudy.clear.pet.headers.count)
    }

    @Test func theConclusionTellsTheChange() throws {
        func texts(_ reading: StudyReading) throws -> String {
            items(try report(reading).structuredReport).compactMap { $0.string(.textValue) }.joined(separator: "\n")
        }
        let text = try texts(Self.compared())
        #expect(text.contains("Compared with the study of 20250101 (68Ga-PSMA-11):"))
        #expect(text.contains("(+100 %)") && text.contains("New:") && text.contains("RECIP-PD"))
        #expect(try texts(Self.compared(registered: false)).contains("Lesions could not be matched."))
    }

    @Test func aReportStandsForItsImages() throws {
        let reading = try Self.comparedWithReport()
        let earlier = try #require(reading.comparison?.earlierReport)
        let document = try report(reading).structuredReport
        let other = try #require(document.items(.pertinentOtherEvidenceSequence).first)
        let named = other.items(.referencedSeriesSequence).flatMap { $0.items(.referencedSOPSequence) }
        #expect(named.map { $0.uid(.referencedSOPInstanceUID) } == [earlier.sopInstanceUID])
        let all = items(document)
        func numbers(_ code: String) -> [String] {
            all.filter { $0.code(.conceptNameCodeSequence)?.value == code }
                .compactMap { $0.items(.measuredValueSequence).first?.string(.numericValue) }
        }
        #expect(numbers("n-earlier") == ["1"] && numbers("n-change") == ["5"])
        #expect(numbers("volume-change").count == 1 && numbers("n-new").isEmpty)
        #expect(!all.contains { $0.code(.conceptNameCodeSequence)?.value == "RECIP-1.0" })
        let text = all.compactMap { $0.string(.textValue) }.joined(separator: "\n")
        #expect(text.contains("Compared with the report on the study of 20250101"))
        #expect(text.contains("1 lesion then, 6 now."))
        #expect(text.contains("Lesions could not be matched for want of the earlier images."))
        #expect(text.contains("RECIP-SD or RECIP-PD by RECIP 1.0: without the earlier images"))
    }

    @Test(arguments: [false, true]) func validatorsFindNothing(byReport: Bool) throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/sr.dcm"
        let document = try report(byReport ? Self.comparedWithReport() : Self.compared()).structuredReport
        try document.write(to: file, transferSyntax: Report.transferSyntax(of: document))
        let verdict = try Program("dciodvfy", ["-new", file])
        let findings = verdict.output.split(separator: "\n").filter(FalseAlarm.isFinding)
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
        let dump = try Program("dsrdump", ["-Dv", file])
        #expect(dump.status == 0, "\(dump.output)")
    }

    @Test func anotherEarlierStudyGivesOtherUIDs() throws {
        let alone = try report(SyntheticStudy.awkward.reading).structuredReport
        #expect(try report(Self.compared()).structuredReport.uid(.sopInstanceUID) != alone.uid(.sopInstanceUID))
    }
}
