import Archive
import Auditing
import DICOM
import DICOMNetwork
import Foundation
import Reporting

/// Fetches for studies from one source, as it is configured at one moment.
struct SourceFetch {
    let archive: Archive
    let retrieving: Retrieving
    let settings: NodeConfiguration.Fetch
    let source: NodeConfiguration.Source

    private var policy: FetchPolicy { FetchPolicy(settings) }

    /// By the configuration in force; nil where it has nothing fetched.
    init?(_ current: CurrentConfiguration, archive: Archive, retrieving: Retrieving) {
        guard let (settings, source) = current.now.fetching else { return nil }
        (self.archive, self.retrieving, self.settings, self.source) = (archive, retrieving, settings, source)
    }

    /// What came of it.
    enum Outcome {
        case done(String)
        /// The source does not have it, and may have it later.
        case absent(String)
    }

    /// Fetches what is ordered for a study.
    /// - Throws: `NetworkError`, `FetchError` or `ArchiveError`.
    func fetch(_ order: FetchOrder, for study: UID) throws -> Outcome {
        guard let origin = try archive.origin(ofStudy: study) else { return .done("the study is here no more") }
        switch order {
        case .ct: return try fetchPartner("CT", "CT", of: study, origin)
        case .pet: return try fetchPartner("PT", "PET", of: study, origin)
        case .priors: return try fetchPriors(of: study, origin)
        }
    }

    private func fetchPartner(_ modality: String, _ name: String, of study: UID, _ origin: StudyOrigin) throws
        -> Outcome
    {
        let series = try SourceSeries.all(ofStudy: study, by: retrieving.inquiry(of: source))
            .filter { $0.modality == modality }
        let brought = try retrieve(series, of: study, origin.patient)
        return brought == 0
            ? .absent("\(source.name) has no \(series.isEmpty ? "" : "further ")\(name) of the study")
            : .done("\(brought) \(name) images")
    }

    private func fetchPriors(of study: UID, _ origin: StudyOrigin) throws -> Outcome {
        guard !origin.patient.patientID.isEmpty, let dates = policy.dates(before: origin) else {
            return .done("no previous study can be asked for: Patient ID or Study Date are missing")
        }
        var search = StudySearch()
        search.patientID = origin.patient.patientID
        search.studyDates = dates
        let inquiry = retrieving.inquiry(of: source)
        let candidates = policy.priors(try search.studies(of: inquiry), of: study, origin)
        var (found, failures): ([String], [String]) = ([], [])
        // Each that is no PET/CT after all costs a question; many reports must not keep it from being asked.
        var questions = [true: 20, false: 20]
        for candidate in candidates where found.count < settings.priors {
            guard questions[candidate.isOfDocumentsAlone]! > 0 else { continue }
            questions[candidate.isOfDocumentsAlone]! -= 1
            let uid = candidate.studyInstanceUID
            let series = policy.series(ofPrior: try SourceSeries.all(ofStudy: uid, by: inquiry))
            if series.isEmpty { continue }
            guard series.contains(where: { $0.modality == "SR" }) else {
                try fetchPrior(candidate, series, origin.patient)
                found.append("\(uid)")
                continue
            }
            do {
                try fetchPrior(candidate, series, origin.patient)
                if try hasReport(of: uid, before: study) { found.append("\(uid) (its report)") }
            } catch let error as FetchError {
                // What is left of one study must not keep the images of another away.
                failures.append("\(error)")
            }
        }
        let text = found.isEmpty ? "no previous PET/CT" : "previous: \(found.joined(separator: ", "))"
        return .done(([text] + failures).joined(separator: "; "))
    }

    /// Whether a report of ours on a previous study is here, and none of others alone.
    private func hasReport(of prior: UID, before study: UID) throws -> Bool {
        try archive.earlierReports(of: study, manufacturer: Device.manufacturer, limit: 1000)
            .contains { $0.studyInstanceUID == prior }
    }

    /// Fetches a previous study, unless it came in its own right.
    private func fetchPrior(_ prior: SourceStudy, _ series: [SourceSeries], _ patient: PatientIdentity) throws {
        let uid = prior.studyInstanceUID
        guard try archive.study(uid) == nil || archive.isFetched(study: uid) else { return }
        try archive.beginFetching(study: uid, now: Date())
        do {
            _ = try retrieve(series, of: uid, patient)
        } catch {
            // What comes from now on comes in its own right, until it is tried again.
            try archive.endFetching(study: uid, now: Date())
            throw error
        }
        try archive.endFetching(study: uid, now: Date())
    }

    /// Series of one study that are retrieved at most.
    private static let mostSeries = 50

    /// Retrieves those of a study's series that are not here.
    /// - Returns: how many images they brought.
    private func retrieve(_ series: [SourceSeries], of study: UID, _ patient: PatientIdentity) throws -> Int {
        var brought = 0
        for one in series.prefix(Self.mostSeries) {
            let count = try one.count(ofStudy: study, by: retrieving.inquiry(of: source))
            let before = try held(one, of: study)
            guard before < count else { continue }
            let subject = RetrievalSubject(
                uid: study, series: one.seriesInstanceUID, study: AuditedStudy(study, patient))
            let result = Result {
                try retrieving.awaiting(subject.uid, of: patient) {
                    try retrieving.retrieve(subject, from: source, isStaged: true, limit: settings.retrievalSeconds)
                }
            }
            let now = try held(one, of: study)
            // What is here counts, and not what the source made of sending it once more.
            if now < count { try result.get() }
            guard now >= count else {
                throw FetchError.incomplete(
                    retrieving.configuration.reach(source), "\(study)", "\(now) of \(count) images of a series came")
            }
            brought += now - before
        }
        return brought
    }

    private func held(_ series: SourceSeries, of study: UID) throws -> Int {
        try archive.instances(ofStudy: study).count { $0.seriesInstanceUID == series.seriesInstanceUID }
    }
}

extension AuditedStudy {
    /// A study that is fetched for a patient.
    fileprivate init(_ uid: UID, _ patient: PatientIdentity) {
        self.init(studyInstanceUID: uid.description, patientID: patient.patientID, patientName: "", accessionNumber: "")
    }
}
