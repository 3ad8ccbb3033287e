import DICOM
import OtherPrograms
import Reporting

/// A study and its report as files in a folder of their own: `pet/`, perhaps `ct/`, and the objects beside them.
struct WrittenStudy {
    let study: SyntheticStudy
    let report: Report
    let folder: TemporaryFolder
    /// The objects' files, the Structured Report first.
    let files: [String]

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
