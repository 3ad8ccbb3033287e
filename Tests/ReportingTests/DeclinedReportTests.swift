import DICOM
import Foundation
import Imaging
import OtherPrograms
import Reading
import Reporting
import Testing

/// The report on a study that was not read.
@Suite struct DeclinedReportTests {
    private static let refusal = Refusal(.noWeight, "The PET has no patient weight: SUV \u{2013} cannot be computed.")

    private func report(
        _ refusal: Refusal = refusal, of headers: [DataSet], createdAt: DateTime = SyntheticStudy.createdAt
    ) throws -> DataSet? {
        try DeclinedReport(
            refusal, of: headers.map(StudyInstance.init(dataSet:)), model: SyntheticStudy.awkward.reading.model,
            device: SyntheticStudy.device, createdAt: createdAt
        )?.structuredReport
    }

    /// PET and CT of a patient whose name is not ASCII.
    private var headers: [DataSet] { SyntheticStudy.awkward.pet.headers + SyntheticStudy.awkward.ct!.headers }

    private func texts(of item: DataSet) -> [String] {
        item.strings(.textValue) + item.items(.contentSequence).flatMap(texts)
    }

    @Test func itSaysWhyAndOfWhat() throws {
        let object = try #require(try report(of: headers))
        #expect(texts(of: object).contains("The PET has no patient weight: SUV - cannot be computed. [no-weight]"))
        #expect(texts(of: object).contains { $0.contains("Nothing is said of its findings.") })
        let evidence = object.items(.currentRequestedProcedureEvidenceSequence)
            .flatMap { $0.items(.referencedSeriesSequence) }.flatMap { $0.items(.referencedSOPSequence) }
        #expect(Set(evidence.map { $0.uid(.referencedSOPInstanceUID) }) == Set(headers.map { $0.uid(.sopInstanceUID) }))
        #expect(object.string(.completionFlag) == "COMPLETE" && object.string(.preliminaryFlag) == "PRELIMINARY")
        #expect(object.string(.contentQualification) == "RESEARCH")
        for attribute: Attribute in [.patientName, .patientID, .specificCharacterSet, .studyInstanceUID] {
            #expect(object[attribute.tag] == headers[0][attribute.tag])
        }
    }

    @Test func validatorsFindNothing() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/declined.dcm"
        try #require(try report(of: headers)).write(to: path)
        let verdict = try Program("dciodvfy", ["-new", path])
        #expect(verdict.output.contains("Comprehensive3DSR"))
        let findings = verdict.output.split(separator: "\n").filter(FalseAlarm.isFinding)
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
        let dump = try Program("dsrdump", ["-Dv", path])
        #expect(dump.status == 0 && dump.output.contains("Why the study was not read"), "\(dump.output)")
    }

    @Test func anotherReasonIsAnotherObjectAndTheSameOneTheSame() throws {
        let first = try #require(try report(of: headers))
        let again = try #require(try report(of: headers.reversed(), createdAt: SyntheticStudy.createdAt + 60))
        #expect(first.uid(.sopInstanceUID) == again.uid(.sopInstanceUID))
        let other = try #require(try report(Refusal(.noDose, "The PET has no dose."), of: headers))
        #expect(other.uid(.sopInstanceUID) != first.uid(.sopInstanceUID))
        let read = try Report(
            of: SyntheticStudy.awkward.reading, device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt)
        #expect(read.structuredReport.uid(.sopInstanceUID) != first.uid(.sopInstanceUID))
    }

    /// Of images of two patients or studies nobody can say whose report it would be; of none there is nothing to say.
    @Test func withoutOnePatientThereIsNone() throws {
        var stranger = headers[0]
        stranger.set(.patientID, "SOMEBODY-ELSE")
        stranger.set(.sopInstanceUID, UID.derived(from: ["stranger"]))
        #expect(try report(of: headers + [stranger]) == nil)
        stranger = headers[0]
        stranger.set(.studyInstanceUID, UID.derived(from: ["another study"]))
        #expect(try report(of: headers + [stranger]) == nil)
        #expect(try report(of: []) == nil)
        let structures = headers.prefix(1).map { header in
            var header = header
            header.set(.modality, "SR")
            return header
        }
        #expect(try report(of: structures) == nil)
    }
}
