import Archive
import DICOM
import Reporting

/// What is at hand of the studies of a patient that were made before one that is read.
package struct EarlierStudies: Sendable {
    /// PET and CT images, study by study, latest first: the reading compares with the first that it can.
    var images: [[StoredInstance]] = []
    /// Our reports on studies of which no images are here.
    var reports: [HeldInstance] = []
    /// Why others cannot be compared with, in sentences for the report.
    var passedOver: [String] = []

    package init() {}

    /// Everything that a comparison may rest on.
    var sopInstanceUIDs: [UID] { images.joined().map(\.sopInstanceUID) + reports.map(\.sopInstanceUID) }
}

extension EarlierStudies {
    /// So many studies, and reports on others, are looked at: those of another tracer class are passed over.
    private static let most = 3

    /// Looks for those of a study's patient.
    init(before study: UID, in archive: Archive, _ audit: Audit?) throws {
        for earlier in try archive.earlierStudies(of: study, modality: "PT", limit: Self.most) {
            let readable = try archive.readableInstances(ofStudy: earlier).filter {
                ["PT", "CT"].contains($0.modality)
            }
            guard readable.contains(where: { $0.modality == "PT" }) else {
                try passOver(earlier, in: archive)
                continue
            }
            audit?.read(earlier, sopClasses: readable.map(\.sopClassUID), failure: nil, in: archive)
            images.append(readable)
        }
        reports = try archive.earlierReports(of: study, manufacturer: Device.manufacturer, limit: Self.most)
        for report in reports {
            audit?.read(report.studyInstanceUID, sopClasses: [report.sopClassUID], failure: nil, in: archive)
        }
    }

    /// A physician who has seen the comparison should know why there is none any more.
    private mutating func passOver(_ study: UID, in archive: Archive) throws {
        guard try archive.rejectedInstances(ofStudy: study).contains(where: \.title.spoilsResults) else { return }
        let date = try archive.study(study)?.studyDate ?? ""
        passedOver.append("Not compared with the study of \(date): its images were rejected.")
    }
}
