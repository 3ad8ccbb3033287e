import Archive
import Auditing
import DICOM
import DICOMNetwork
import Foundation
import Logging

/// Fetches what studies lack, and their patients' previous studies, job by job, from one source.
struct Fetching: Sendable {
    let archive: Archive
    private let current: CurrentConfiguration
    private let first: NodeConfiguration.Source
    let policy: FetchPolicy
    let retrieving: Retrieving
    let bell: Bell
    let log: Logger
    /// Whether the source is worth calling.
    let reachability = Reachability()

    private var settings: NodeConfiguration.Fetch { policy.settings }

    /// As it is configured at this moment, by its name, which stays.
    var source: NodeConfiguration.Source { current.now.fetching?.source ?? first }

    /// By the configuration; nil where nothing is fetched.
    init?(_ current: CurrentConfiguration, archive: Archive, retrieving: Retrieving, bell: Bell, log: Logger) {
        guard let (settings, source) = current.now.fetching else { return nil }
        (self.archive, self.current, first, policy) = (archive, current, source, FetchPolicy(settings))
        (self.retrieving, self.bell, self.log) = (retrieving, bell, log)
    }

    /// What came of a job.
    private enum Outcome {
        case done(String)
        /// The source does not have it, and may have it later.
        case absent(String)
    }

    /// Does the next `fetch` job that is due.
    /// - Returns: whether there was one.
    func doNext(now: Date = Date()) throws -> Bool {
        if let outage = reachability.outage, now < outage.until { return false }
        guard let job = try archive.claimNextJob(kinds: [.fetch], destination: source.name, now: now) else {
            return false
        }
        guard let order = FetchOrder(job), let study = job.studyInstanceUID else {
            try archive.fail(job, reason: "it does not say what to fetch", retryAt: nil)
            return true
        }
        do {
            let outcome = try fetch(order, for: study)
            reachability.end()
            try settle(job, of: study, outcome)
        } catch let error as ArchiveError {
            throw error
        } catch {
            try settle(job, of: study, error)
        }
        try archive.hastenClosing(ofStudy: study, due: Date())
        bell.ring()
        return true
    }

    /// When there is something to do, as far as is known.
    func nextDue() throws -> Date? {
        let due = try archive.oldestWaitingJob(kind: .fetch, destination: source.name)?.progress.due
        return due.map { max($0, reachability.outage?.until ?? $0) }
    }

    // MARK: Orders

    /// Orders what a study lacks, once, if it is to be read.
    func order(for study: UID, _ evidence: CompletionEvidence, isRead: () throws -> Bool) throws {
        let known = Set(try archive.fetches(forStudy: study).compactMap(FetchOrder.init))
        let orders = policy.orders(for: evidence).subtracting(known)
        guard !orders.isEmpty, try isRead() else { return }
        try archive.order(orders, forStudy: study, from: source.name, now: Date())
        bell.ring()
    }

    /// What of a study is being fetched.
    func pending(forStudy study: UID, since begun: Date) throws -> CompletionEvidence.PendingFetch? {
        policy.pending(try archive.fetches(forStudy: study), since: begun)
    }

    // MARK: Outcomes

    private func settle(_ job: Job, of study: UID, _ outcome: Outcome) throws {
        switch outcome {
        case .done(let text):
            try archive.complete(job, reason: text)
            log.info("fetched: \(text)", metadata: metadata(job, study))
        case .absent(let text):
            // That it never came is no failure: nobody has to do anything about it.
            guard let next = nextAttempt(job) else { return try archive.complete(job, reason: text) }
            try archive.fail(job, reason: text, retryAt: next)
        }
    }

    private func settle(_ job: Job, of study: UID, _ error: any Error) throws {
        guard retrieving.goesOn else {
            try archive.postpone(job, until: Date(), reason: "the node was stopped while it fetched")
            return
        }
        if let error = error as? NetworkError {
            _ = reachability.noteFailure(
                error, isReached: false, schedule: settings.schedule, atLeast: 1, now: Date(), seed: seed(job))
        }
        log.warning("nothing was fetched: \(error)", metadata: metadata(job, study))
        let after = try archive.fail(job, reason: "\(error)", retryAt: nextAttempt(job))
        if after.progress.state == .failed {
            log.error("fetching is given up; uptake jobs retry tries again", metadata: metadata(job, study))
        }
    }

    private func nextAttempt(_ job: Job) -> Date? {
        settings.schedule.nextAttempt(
            afterFailures: job.progress.attempt, since: job.progress.since, now: Date(), seed: seed(job))
    }

    private func seed(_ job: Job) -> UInt64 { UInt64(bitPattern: job.id) }

    private func metadata(_ job: Job, _ study: UID) -> Logger.Metadata {
        ["study": "\(study)", "source": "\(source.name)", "job": "\(job.id)"]
    }

    // MARK: Work

    private func fetch(_ order: FetchOrder, for study: UID) throws -> Outcome {
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
        var found: [UID] = []
        // Each that is no PET/CT after all costs a question.
        for candidate in candidates.prefix(20) where found.count < settings.priors {
            let series = try SourceSeries.all(ofStudy: candidate.studyInstanceUID, by: inquiry)
                .filter { ["PT", "CT"].contains($0.modality) }
            guard Set(series.map(\.modality)).count == 2 else { continue }
            try fetchPrior(candidate, series, origin.patient)
            found.append(candidate.studyInstanceUID)
        }
        return .done(
            found.isEmpty ? "no previous PET/CT" : "previous: \(found.map(\.description).joined(separator: ", "))")
    }

    /// Fetches a previous study, unless it came in its own right.
    private func fetchPrior(_ prior: SourceStudy, _ series: [SourceSeries], _ patient: PatientIdentity) throws {
        let uid = prior.studyInstanceUID
        guard try archive.study(uid) == nil || archive.isFetched(study: uid) else { return }
        try archive.beginFetching(study: uid, now: Date())
        _ = try retrieve(series, of: uid, patient)
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
