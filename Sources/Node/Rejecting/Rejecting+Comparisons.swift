import Archive
import DICOM
import Foundation

/// Later studies of the patient, which were compared with one that has lost images, or got others.
extension Rejecting {
    /// Has those read anew whose report compares with something that counts no more. The new report names the earlier one
    /// as what it replaces, and compares with what is left.
    /// - Parameter gone: instances and results of the study that were rejected or withdrawn.
    func readLaterStudiesAnew(than study: UID, without gone: Set<UID>) throws {
        try readLaterStudiesAnew(
            than: study, signal: "rejection in an earlier study",
            note: "it was compared with \(study), of which images were rejected"
        ) { readings, report in
            Self.comparedStudy(in: readings.last!) == study
                ? try !Self.comparedInstances(in: report).isDisjoint(with: gone) : false
        }
    }

    /// Has those read anew that were compared with a study before it had the images that it has now: a PET that was rejected
    /// and made anew, or late slices.
    /// - Parameter revision: the study's last.
    func readLaterStudiesAnew(than revision: StudyRevision) throws {
        let study = revision.studyInstanceUID
        func members(_ number: Int) throws -> Set<UID> {
            let images = try archive.instances(ofStudy: study, revision: number).filter {
                ["PT", "CT"].contains($0.modality)
            }
            return Set(images.map(\.sopInstanceUID))
        }
        guard revision.number > 1, try !members(revision.number).isSubset(of: members(revision.number - 1)) else {
            return
        }
        try readLaterStudiesAnew(
            than: study, signal: "images came to an earlier study",
            note: "it was compared with \(study), to which images have come"
        ) { readings, _ in readings.contains { Self.comparedStudy(in: $0) == study } }
    }

    /// - Parameter isConcerned: told a later study's readings, the latest last, and its report that stands.
    private func readLaterStudiesAnew(
        than study: UID, signal: String, note: String,
        _ isConcerned: (_ readings: [StoredResult], _ report: StoredResult) throws -> Bool
    ) throws {
        for later in try archive.laterStudies(than: study) {
            let results = try archive.results(ofStudy: later)
            let readings = results.filter { $0.kind == "reading" }.sorted { $0.revision < $1.revision }
            guard let last = readings.last,
                // A revision with nothing new in its report keeps the report of the one before.
                let report = results.last(where: { $0.kind == "report" }), !report.isWithdrawn,
                try isConcerned(readings, report)
            else { continue }
            let revision = try archive.readAnew(
                later, revision: last.revision, signal: signal, note: note, now: Date())
            guard let revision else { continue }
            log.notice(
                "read anew: \(signal)",
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
