import Archive
import DICOM
import Foundation
import Logging
import Reporting

/// Reads closed studies, each in a child process.
package struct ReadingWork: Sendable {
    let archive: Archive
    let process: ReadingProcess
    let destinations: @Sendable () -> [NodeConfiguration.Destination]
    let bell: Bell
    let audit: Audit?
    let log: Logger

    /// - Parameters:
    ///   - destinations: those of the configuration in force.
    ///   - audit: told that a study was used.
    package init(
        archive: Archive, process: ReadingProcess,
        destinations: @autoclosure @escaping @Sendable () -> [NodeConfiguration.Destination], bell: Bell,
        audit: Audit? = nil, log: Logger
    ) {
        self.audit = audit
        (self.archive, self.process, self.destinations) = (archive, process, destinations)
        (self.bell, self.log) = (bell, log)
    }

    /// Does the next `read` job.
    /// - Returns: whether there was one.
    package func doNext() throws -> Bool {
        guard let job = try archive.claimNextJob(kinds: [.read], now: Date()), let revision = job.revision,
            let uid = job.studyInstanceUID
        else { return false }
        let study: Logger.Metadata = ["study": "\(uid)", "revision": "\(revision)"]
        log.info("reading begins", metadata: study)
        let folder = archive.incomingPath() + ".d"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            let instances = try archive.instances(ofStudy: uid, revision: revision)
            audit?.read(uid, sopClasses: instances.map(\.sopClassUID), failure: nil, in: archive)
            let plan = try archive.revisions(ofStudy: uid).first { $0.number == revision }?.plan
            let recipients = ResultRecipients(plan: plan, configured: destinations())
            let earlier =
                process.settings.compares
                ? try EarlierStudies(before: uid, in: archive, audit) : EarlierStudies()
            let ending = try process.making(recipients.objects, following: plan)
                .read(
                    instances.map(\.path), after: earlier,
                    replacing: predecessors(ofStudy: uid, before: revision), into: folder
                ) { log.warning("\($0)", metadata: study) }
            try commit(
                ending, of: job, try Self.results(in: folder), to: recipients,
                comparedWith: earlier.sopInstanceUIDs, study)
        } catch is ReadingFailure where process.children.isEnding {
            try archive.postpone(job, until: Date(), reason: "the node was stopped during the reading")
        } catch  where !(error is ArchiveError) {
            // An error of the archive is none of the study's; the worker gives the job back.
            log.error("reading failed: \(error)", metadata: study)
            try archive.fail(job, reason: "\(error)", retryAt: Date().addingTimeInterval(60))
        }
        bell.ring()
        return true
    }

    /// The objects of the last earlier revision of a study that was reported, unless they were withdrawn: nothing replaces
    /// what is no longer there.
    private func predecessors(ofStudy uid: UID, before revision: Int) throws -> [String] {
        let earlier = try archive.results(ofStudy: uid).filter { result in
            result.revision < revision && !result.isWithdrawn && Self.replaced.contains(result.kind)
        }
        return earlier.filter { $0.revision == earlier.map(\.revision).max() }.map(\.path)
    }

    /// The kinds of result that can name what they replace.
    private static let replaced = [ReportObject.structuredReport, .structureSet, .structureSetOnCT].map(\.resultName)

    private func commit(
        _ ending: ReadingProcess.Ending, of job: Job, _ results: [IncomingResult], to recipients: ResultRecipients,
        comparedWith compared: [UID], _ study: Logger.Metadata
    ) throws {
        switch ending {
        case .read:
            let outcome = try archive.commitReading(
                job, results: results, destinations: recipients.names,
                sends: { recipients.getsResult($0.kind, $1) }, compared: compared, now: Date())
            log.info("reading done: \(outcome)", metadata: study)
        case .declined(let reason):
            // A report that nobody asked for would be found by queries, and take the place of findings.
            let kept = recipients.includeDeclinedReports ? results : results.filter { $0.object == nil }
            _ = try archive.commitReading(
                job, results: kept, destinations: recipients.names,
                sends: { recipients.getsDeclinedReport($1) }, declined: reason, now: Date())
            log.notice("study declined: \(reason)", metadata: study)
        }
    }

    /// The files that a reading made, with what they are.
    private static func results(in folder: String) throws -> [IncomingResult] {
        let kinds =
            ReportObject.allCases.map { ($0.resultName, $0.fileName) }
            + [("summary", "summary.png"), ("reading", "reading.json")]
        return try kinds.compactMap { kind, name in
            let path = "\(folder)/\(name)"
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            guard name.hasSuffix(".dcm") else {
                return IncomingResult(kind: kind, path: path, fileExtension: String(name.split(separator: ".")[1]))
            }
            let header = try InstanceHeader(path: path)
            return IncomingResult(
                kind: kind, path: path, sopClassUID: header.sopClassUID, sopInstanceUID: header.sopInstanceUID)
        }
    }
}
