import DICOM
import Imaging
import OtherPrograms
import Reading
import Reporting

/// A study and its report as files in a folder of their own: `pet/`, perhaps `ct/`, and the objects beside them.
struct WrittenStudy {
    let study: SyntheticStudy
    let report: Report
    let folder: TemporaryFolder
    /// The objects' files, the Structured Report first.
    let files: [String]
    /// The report that there would be had the study been declined.
    let declined: String

    init(_ study: SyntheticStudy) throws {
        self.study = study
        report = try Report(
            of: study.reading, page: SummaryPage(reading: study.reading, pet: study.suv),
            device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt,
            options: ReportOptions(objects: Set(ReportObject.allCases), includesOtherFoci: true))
        let folder = try TemporaryFolder()
        self.folder = folder
        try study.writePET(to: folder.path + "/pet")
        try study.writeCT(to: folder.path + "/ct")
        files = try report.objects.map { object in
            let path = "\(folder.path)/\(object.kind.fileName)"
            try object.dataSet.write(to: path, transferSyntax: Report.transferSyntax(of: object.dataSet))
            return path
        }
        declined = folder.path + "/declined.dcm"
        try Self.declined(study).write(to: declined)
    }

    /// Declined for a reason of some length, with letters that the report must not have.
    private static func declined(_ study: SyntheticStudy) throws -> DataSet {
        let lines = study.reading.warnings + study.reading.lesions.map { "\u{201C}\($0.verdict.location)\u{201D}" }
        let refusal = Refusal(.gap, "The PET has a gap \u{2013} \(lines.joined(separator: ", ")).")
        let report = try DeclinedReport(
            refusal, of: (study.pet.headers + (study.ct?.headers ?? [])).map(StudyInstance.init(dataSet:)),
            model: study.reading.model, device: SyntheticStudy.device, createdAt: SyntheticStudy.createdAt)
        guard let report else { throw Refusal(.noPET, "\(study) would have no report") }
        return report.structuredReport
    }

    /// The files of the PET in its order.
    var pet: [String] { study.pet.headers.indices.map { "\(folder.path)/pet/\($0).dcm" } }

    /// Places in the volume from places in slices, by instance of the PET.
    func places(_ slices: [String: [Int]]) -> [Int32] {
        let area = study.geometry.columns * study.geometry.rows
        return study.pet.sopInstanceUIDs.enumerated().flatMap { k, uid in
            (slices[uid.description] ?? []).map { Int32(k * area + $0) }
        }
    }
}
