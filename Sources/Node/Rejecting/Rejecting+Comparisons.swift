import Archive
import DICOM
import Foundation

/// Later studies of the patient, which were compared with one that has lost images, or got others.
extension Rejecting {
    /// Has those read anew whose report compares with something that counts no more. The new report names the earlier one
    /// as what it replaces, and compares with what is left.
    /// - Parameter gone: instances and results of the study that were rejected or withdrawn.
    func readLaterStudiesAnew(than study: UID, without gone: Set<UID>) throws {
        for later in try comparedStudies(after: study) {
            guard later.named == study, try !Self.comparedInstances(in: later.report).isDisjoint(with: gone) else {
                continue
            }
            // A revision that is not read yet will not be compared with them: a reading in hand is sent back.
            try readAnew(
                later, revision: later.readings.last!.revision, earlier: study, signal: "rejection in an earlier study",
                note: "it was compared with \(study), of which images were rejected")
        }
    }

    /// Has those read anew that were compared with a study before it had the images that it has now: a PET that was rejected
    /// and made anew, or slices that came late. To be called before the study is closed: what is done is done once, also
    /// where the node dies in between.
    /// - Parameter instances: those of the study that count.
    func readLaterStudiesAnew(than study: UID, having instances: [StoredInstance]) throws {
        let images = instances.filter { ["PT", "CT"].contains($0.modality) }
        guard let newest = images.map(\.receivedAt).max() else { return }
        for later in try comparedStudies(after: study) where later.revision.closedAt < newest {
            let isConcerned =
                if later.named == study {
                    try !Set(images.filter { $0.receivedAt > later.revision.closedAt }.map(\.sopInstanceUID))
                        .isSubset(of: Self.comparedInstances(in: later.report))
                } else {
                    // What it is compared with instead, if anything, is older: this one would come first.
                    try Self.studies(comparedIn: later.readings).contains(study)
                        && (later.named.map { try archive.laterStudies(than: $0).contains(study) } ?? true)
                }
            guard isConcerned else { continue }
            // One that is being read at this moment may have begun before they came.
            try readAnew(
                later, revision: later.revision.number, earlier: study, signal: "images came to an earlier study",
                note: "it was compared with \(study), to which images have come")
        }
    }

    /// A later study with a report that stands.
    private struct LaterStudy {
        let uid: UID
        /// Its last revision, which may not be read yet.
        let revision: StudyRevision
        /// What was read of it, first to last.
        let readings: [StoredResult]
        /// A revision with nothing new in its report keeps the report of the one before.
        let report: StoredResult
        /// The study that the last reading compares with.
        let named: UID?
    }

    private func comparedStudies(after study: UID) throws -> [LaterStudy] {
        try archive.laterStudies(than: study).compactMap { later in
            Pulse.beat()
            let results = try archive.results(ofStudy: later)
            let readings = results.filter { $0.kind == "reading" }.sorted { $0.revision < $1.revision }
            guard let last = readings.last,
                let report = results.last(where: { $0.kind == "report" }), !report.isWithdrawn,
                let revision = try archive.revisions(ofStudy: later).max(by: { $0.number < $1.number })
            else { return nil }
            return LaterStudy(
                uid: later, revision: revision, readings: readings, report: report,
                named: Self.comparedStudy(in: last))
        }
    }

    /// - Parameter number: the revision that is to be read anew, if it is still the last.
    private func readAnew(
        _ later: LaterStudy, revision number: Int, earlier: UID, signal: String, note: String
    ) throws {
        let revision = try archive.readAnew(later.uid, revision: number, signal: signal, note: note, now: Date())
        guard let revision else { return }
        log.notice(
            "read anew: \(signal)",
            metadata: ["study": "\(later.uid)", "revision": "\(revision.number)", "earlier": "\(earlier)"])
        bell.ring()
    }

    private static func studies(comparedIn readings: [StoredResult]) -> Set<UID> {
        Set(readings.compactMap(comparedStudy))
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
