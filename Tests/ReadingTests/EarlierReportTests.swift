import DICOM
import Imaging
import Phantom
import Reading
import Staging
import Testing

/// A comparison with what a report states, where there are no images.
@Suite struct EarlierReportTests {
    private static let content = Swift.Result { () throws(Refusal) -> StudyContent in
        try Shared.content(Shared.dataSets.pet + Shared.dataSets.ct)
    }

    private func report(
        patientID: String? = nil, birthDate: String? = nil, date: String = "20200102", tracer: Tracer = .ga68PSMA11,
        volumeMl: Double = 1
    ) -> EarlierReport {
        EarlierReport(
            studyInstanceUID: UID("1.2.3")!, seriesInstanceUID: UID("1.2.3.1")!,
            sopClassUID: .comprehensive3DSRStorage, sopInstanceUID: UID("1.2.3.1.1")!,
            patient: StudyContent.PatientIdentity(
                patientID: patientID ?? Shared.dataSets.pet[0].string(.patientID)!, issuer: nil, birthDate: birthDate),
            studyDate: date, studyTime: "101500",
            tracer: tracer, lesionCount: 2, lesionVolumeMl: volumeMl, reader: "Uptake 0, model 00")
    }

    private func read(_ reports: [EarlierReport], after earlier: [StudyContent] = []) throws -> StudyReading {
        try Shared.reader.read(Self.content.get(), after: earlier, reports: reports).reading
    }

    @Test func volumesAreComparedAndLesionsAreNot() throws {
        let present = try Shared.result.get().reading.lesionVolumeMl
        let reading = try read([report(volumeMl: present * 4), report(date: "20190102", volumeMl: 7)])
        let comparison = try #require(reading.comparison)
        #expect(comparison.earlierReport?.studyDate == "20200102", "the latest counts")
        #expect(comparison.volume == VolumeChange(earlierMl: present * 4, presentMl: present))
        #expect(comparison.earlierLesionCount == 2)
        #expect(comparison.changes.isEmpty && comparison.registration == nil && comparison.earlierInputs.isEmpty)
        // A quarter of the volume is a partial response only if no lesion is new.
        #expect(comparison.recip == nil && comparison.possibleRECIP == [.partialResponse, .stableDisease])
        #expect(reading.warnings.contains { $0.contains("figures of an earlier report (Uptake 0, model 00)") })
        let document = try #require(ReadingDocument(reading).comparison)
        #expect(document.earlierReport == comparison.earlierReport?.sopInstanceUID)
        #expect(document.possibleRECIP == comparison.possibleRECIP && document.recip == nil)
    }

    @Test func theResponseIsToldWhereNewLesionsMakeNoDifference() throws {
        let present = try Shared.result.get().reading.lesionVolumeMl
        let comparison = try #require(try read([report(tracer: .f18PSMA1007, volumeMl: present)]).comparison)
        #expect(comparison.recip == .stableDisease)
    }

    @Test func whatIsNoEarlierReportOfThePatientIsPassedOver() throws {
        let reading = try read([
            report(patientID: "another"), report(date: "20990101"), report(tracer: .f18FDG),
            report(birthDate: "18991231"), report(date: ""),
        ])
        #expect(reading.comparison == nil)
        #expect(reading.warnings.count { $0.hasPrefix("Not compared with the study") } == 5)
        #expect(reading.warnings.count { $0.contains("another patient with the same Patient ID") } == 1)
    }
}
