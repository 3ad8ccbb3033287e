import Classification
import DICOM
import Imaging

/// A study that was not read, as a short Structured Report that says why, so that nobody waits for findings.
///
/// It has the form of a reading's report (TID 1500) and is told from it by its one evaluation besides the conclusion, "Why
/// the study was not read", and by having no measurements.
public struct DeclinedReport: Sendable {
    /// Comprehensive 3D SR by TID 1500.
    public let structuredReport: DataSet

    /// Encodes a refusal.
    ///
    /// - Parameters:
    ///   - refusal: Why the study was not read.
    ///   - instances: The instances that were given for reading.
    ///   - model: The model that would have read it.
    ///   - device: Which installation speaks.
    ///   - createdAt: When the object is made, by the clock of the site.
    ///   - options: What the site chooses.
    /// - Returns: nil where nobody can say whose report it would be: instances of more than one study or patient, or none
    ///   that is a PET or CT image.
    /// - Throws: `ReportingError` where DCMTK refuses a value.
    public init?(
        _ refusal: Refusal, of instances: [StudyInstance], model: ModelIdentity, device: Device, createdAt: DateTime,
        options: ReportOptions = ReportOptions()
    ) throws(ReportingError) {
        guard let study = Self.study(instances) else { return nil }
        let images = study.series.filter { ["PT", "CT"].contains($0.modality) }.sorted { $0.modality > $1.modality }
        guard let source = images.first?.header else { return nil }
        let headers = images.map { $0.headers.sorted { $0.uid(.sopInstanceUID)! < $1.uid(.sopInstanceUID)! } }
        let identity = ReportIdentity(
            source: source, inputs: headers.joined().map { $0.uid(.sopInstanceUID)! }, model: model, device: device,
            createdAt: createdAt, options: options, traits: ["declined", refusal.description])
        let report = try MeasurementReport(title: Concepts.petMeasurementReport, language: Concepts.english)
        try report.add(device)
        try report.add(procedure: Concepts.imaging)
        try report.addPrivateScheme()
        for series in headers {
            try report.addImages(series, described: false)
            for header in series {
                try report.addEvidence(
                    header.uid(.sopClassUID)!, header.uid(.sopInstanceUID)!, series: header.uid(.seriesInstanceUID)!,
                    study: study.studyInstanceUID)
            }
        }
        try report.add(PrivateScheme.declined, ascii(refusal.description))
        try report.add(Concepts.conclusion, Self.conclusion(refusal))
        structuredReport = finished(try report.finish(), identity)
    }

    /// The one study of one patient that the instances are of.
    private static func study(_ instances: [StudyInstance]) -> StudyContent? {
        let complete = instances.filter { $0.header.uid(.sopClassUID) != nil }
        let studies = StudyContent.studies(of: complete)
        guard studies.count == 1, studies[0].patientIdentities.count == 1 else { return nil }
        return studies[0]
    }

    private static func conclusion(_ refusal: Refusal) -> String {
        ascii(
            """
            This study was not read by software. \(refusal.reason)
            Nothing is said of its findings.
            Research use only; not for clinical decisions. Not verified by a physician.
            """)
    }
}
