import Archive
import DICOM
import Foundation

/// Later studies of the patient, which were compared with one that has lost images.
extension Rejecting {
    /// Has those read anew whose report compares with something that counts no more. The new report names the earlier one
    /// as what it replaces, and compares with what is left.
    /// - Parameter gone: instances and results of the study that were rejected or withdrawn.
    func readLaterStudiesAnew(than study: UID, without gone: Set<UID>) throws {
        for later in try archive.laterStudies(than: study) {
            let results = try archive.results(ofStudy: later)
            guard let reading = results.filter({ $0.kind == "reading" }).max(by: { $0.revision < $1.revision }),
                Self.comparedStudy(in: reading) == study,
                // A revision with nothing new in its report keeps the report of the one before.
                let report = results.last(where: { $0.kind == "report" }), !report.isWithdrawn,
                try !Self.comparedInstances(in: report).isDisjoint(with: gone)
            else { continue }
            let revision = try archive.readAnew(
                later, revision: reading.revision, signal: "rejection in an earlier study",
                note: "it was compared with \(study), of which images were rejected", now: Date())
            guard let revision else { continue }
            log.notice(
                "read anew, as the study that it was compared with has lost images",
                metadata: ["study": "\(later)", "revision": "\(revision.number)", "earlier": "\(study)"])
            bell.ring()
        }
    }

    private static func comparedStudy(in reading: StoredResult) -> UID? {
        struct Document: Decodable {
            struct Comparison: Decodable { let earlierStudyInstanceUID: UID }
            let comparison: Comparison?
        }
        let data = FileManager.default.contents(atPath: reading.path)
        return data.flatMap { try? JSONDecoder().decode(Document.self, from: $0) }?.comparison?.earlierStudyInstanceUID
    }

    /// What a report of ours lists as Pertinent Other Evidence.
    private static func comparedInstances(in report: StoredResult) throws -> Set<UID> {
        Set(try DICOMFile(path: report.path, extent: .header).dataSet.instances(in: .pertinentOtherEvidenceSequence))
    }
}

extension DataSet {
    /// The instances that a sequence of evidence names by study and series (PS3.3 table 10-3b).
    func instances(in evidence: Attribute) -> [UID] {
        items(evidence).flatMap { $0.items(.referencedSeriesSequence) }.flatMap { $0.items(.referencedSOPSequence) }
            .compactMap { $0.uid(.referencedSOPInstanceUID) }
    }
}
