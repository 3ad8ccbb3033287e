import Archive
import ArgumentParser
import DICOM
import Foundation
import Imaging
import Node

/// `uptake explain`: what the node makes of a study, and why.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell which rule decides on a study, which series are read, and what it waits for.",
        discussion: """
            Examples:
              uptake explain /data/study --config /etc/uptake/uptake.toml --calling SCANNER1
              uptake explain 1.2.840.113619.2.55.3 --config /etc/uptake/uptake.toml --json

            A folder is looked at as if it had just been sent; a Study Instance UID is looked up in the node's archive, \
            which is not changed, while the node runs or not. Associations that are open are not seen from here.
            """)

    @Argument(help: "A folder with a study's files, or the Study Instance UID of a study in the archive.")
    var study: String

    @Option(help: "Configuration file.")
    var config: String

    @Option(help: "The AE title that a folder's files are taken to come from.")
    var calling: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let configuration = try NodeConfiguration(path: config)
        let explanations: [StudyExplanation]
        if FileManager.default.fileExists(atPath: study) {
            explanations = try Self.explainFolder(study, calling: calling, configuration)
        } else if let uid = UID(study) {
            explanations = [try Self.explainArchived(uid, configuration)]
        } else {
            throw ValidationError("'\(study)' is neither a folder nor a Study Instance UID")
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.dateEncodingStrategy = .iso8601
            print(String(decoding: try encoder.encode(explanations), as: UTF8.self))
        } else {
            print(explanations.map(\.text).joined(separator: "\n\n"))
        }
    }

    // MARK: A folder

    private static func explainFolder(
        _ folder: String, calling: String?, _ configuration: NodeConfiguration
    ) throws -> [StudyExplanation] {
        let progress = ProgressLine()
        defer { progress.finish() }
        let entries = try DICOMFolder.read(folder) { done, total in
            if done.isMultiple(of: 50) { progress.show("looking at file \(done) of \(total)") }
        }
        let studies = StudyContent.studies(of: entries.map(StudyInstance.init))
        guard !studies.isEmpty else { throw Failure("\(folder) holds no DICOM study") }
        return studies.map { explain($0, calling: calling, configuration) }
    }

    /// As if the last image had come a quiet period ago, on an association that is over.
    private static func explain(
        _ content: StudyContent, calling: String?, _ configuration: NodeConfiguration
    ) -> StudyExplanation {
        let now = Date()
        let received = now.addingTimeInterval(-configuration.completion.quietPeriodSeconds)
        let headers = content.series.flatMap(\.headers)
        let evidence = CompletionEvidence(
            headers.compactMap { StoredInstance(header: $0, receivedAt: received, sourceAETitle: calling ?? "") })
        let facts = StudyFacts(
            sourceAETitles: calling.map { [$0] } ?? [],
            studyDescription: headers.first?.string(.studyDescription) ?? "",
            series: content.series.compactMap { StoredSeries(header: $0.header) }, tracer: nil)
        return StudyExplanation(
            content, evidence, facts, configuration: configuration, closing: nil, now: now)
    }

    // MARK: A study of the archive

    private static func explainArchived(_ uid: UID, _ configuration: NodeConfiguration) throws -> StudyExplanation {
        let archive = try Archive.inspect(directory: configuration.local.stateDirectory)
        guard let summary = try archive.study(uid) else {
            throw Failure("the archive has no study \(uid); give its Study Instance UID, or a folder")
        }
        let instances = try archive.readableInstances(ofStudy: uid)
        let images = try instances.filter { ["PT", "CT"].contains($0.modality) }.map {
            try StudyInstance(path: $0.path)
        }
        let evidence = try evidence(instances, of: uid, in: archive)
        let facts = StudyFacts(
            sourceAETitles: instances.sourceAETitles, studyDescription: summary.studyDescription,
            series: try archive.series(ofStudy: uid), tracer: nil)
        let closing = try archive.revisions(ofStudy: uid).last.map {
            StudyExplanation.Closing(revision: $0, status: summary.status, reason: summary.reason)
        }
        return StudyExplanation(
            StudyContent(studyInstanceUID: uid, instances: images), evidence, facts, configuration: configuration,
            closing: closing, fetches: try archive.fetches(forStudy: uid), now: Date())
    }

    private static func evidence(
        _ instances: [StoredInstance], of uid: UID, in archive: Archive
    ) throws -> CompletionEvidence {
        var evidence = CompletionEvidence(instances)
        evidence.commitment = try archive.commitmentHint(ofStudy: uid)
        evidence.firstReceivedAt = try archive.jobs(kinds: [.close]).last { $0.studyInstanceUID == uid }?.createdAt
        return evidence
    }
}
