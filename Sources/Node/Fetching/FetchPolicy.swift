import Archive
import DICOM
import Foundation
import Reporting

/// What is fetched for a study, and which previous studies those are: pure, with time as an argument.
package struct FetchPolicy: Sendable {
    /// What the site wants.
    package let settings: NodeConfiguration.Fetch

    /// Makes the policy of a site.
    package init(_ settings: NodeConfiguration.Fetch) { self.settings = settings }

    /// What a study lacks, as far as it is to be fetched.
    package func orders(for evidence: CompletionEvidence) -> Set<FetchOrder> {
        var orders: Set<FetchOrder> = []
        switch settings.partner ? StudyCompleteness(evidence).missingPartner : nil {
        case "CT": orders.insert(.ct)
        case "PET": orders.insert(.pet)
        default: break
        }
        if settings.priors > 0, evidence.instances.contains(where: { $0.modality == "PT" }) { orders.insert(.priors) }
        return orders
    }

    /// Until when a study waits to be closed for what is being fetched for it, and in what words; nil where nothing is.
    /// - Parameters:
    ///   - fetches: the jobs of the study.
    ///   - begun: when the first of the instances came that are to be closed.
    package func pending(_ fetches: [Job], since begun: Date) -> CompletionEvidence.PendingFetch? {
        let open = fetches.filter { [.waiting, .running].contains($0.progress.state) }
        guard let latest = open.map(\.progress.since).max() else { return nil }
        let wanted = open.compactMap(FetchOrder.init).map { $0 == .priors ? "previous studies" : $0.rawValue }
        return .init(
            text: "\(wanted.joined(separator: " and ")) being fetched from \(settings.source)",
            until: max(latest, begun).addingTimeInterval(settings.waitSeconds))
    }

    // MARK: Previous studies

    /// The days in which a study's previous ones lie, as a range to match; nil where it has no date.
    package func dates(before origin: StudyOrigin) -> String? {
        guard let day = DateTime(date: origin.studyDate, time: "000000") else { return nil }
        return "\((day + -Double(settings.priorDays) * 86_400).date)-\(day.date)"
    }

    /// Those of a source's studies that may be previous PET/CT studies of the same patient, or what is left of such, latest
    /// first.
    package func priors(_ found: [SourceStudy], of study: UID, _ origin: StudyOrigin) -> [SourceStudy] {
        guard let made = DateTime(date: origin.studyDate, time: origin.studyTime.isEmpty ? "000000" : origin.studyTime)
        else { return [] }
        let earliest = DateTime(date: origin.studyDate, time: "000000")! + -Double(settings.priorDays) * 86_400
        let dated = found.compactMap { candidate -> (SourceStudy, DateTime)? in
            let time = candidate.studyTime.isEmpty ? "000000" : candidate.studyTime
            guard let moment = DateTime(date: candidate.studyDate, time: time), moment < made, earliest <= moment,
                candidate.studyInstanceUID != study, candidate.patient.isSame(as: origin.patient),
                candidate.modalities.isEmpty || candidate.modalities.contains("PT") || candidate.isOfDocumentsAlone
            else { return nil }
            return (candidate, moment)
        }
        return dated.sorted { $0.1 > $1.1 }.map(\.0)
    }

    /// Series of reports that are fetched of one study at most.
    private static let mostReports = 20

    /// The series of a previous study that are fetched: those of its PET and CT; where it has not both, our reports on it, for
    /// they can stand for the images, and the notes by which those may have been withdrawn. None where it has neither.
    package func series(ofPrior series: [SourceSeries]) -> [SourceSeries] {
        let images = series.filter { ["PT", "CT"].contains($0.modality) }
        if Set(images.map(\.modality)).count == 2 { return images }
        let reports = series.filter { one in
            one.modality == "SR" && [nil, ReportObject.structuredReport.seriesDescription].contains(one.description)
        }
        return reports.isEmpty ? [] : reports.prefix(Self.mostReports) + series.filter { $0.modality == "KO" }
    }
}

extension SourceStudy {
    /// Modalities of what is made of images, and kept where those are not.
    private static let documents: Set = ["SR", "SEG", "RTSTRUCT", "KO", "OT", "SC", "DOC", "PR", "REG", "REPORT"]

    /// Whether it has a report and none of the images that were reported on.
    var isOfDocumentsAlone: Bool {
        modalities.contains("SR") && Self.documents.isSuperset(of: modalities)
    }
}

extension SourceStudy {
    /// Whose it is.
    var patient: PatientIdentity { PatientIdentity(patientID: patientID, issuer: issuerOfPatientID) }
}
