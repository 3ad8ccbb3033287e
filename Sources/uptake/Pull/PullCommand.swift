import ArgumentParser
import DICOM
import DICOMNetwork
import Foundation
import Node

/// `uptake pull`: C-FIND, then C-GET into a folder or C-MOVE to the running node, from a configured source.
struct PullCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Retrieve studies from a PACS to the running node (C-MOVE) or into a folder (C-GET).",
        discussion: """
            Examples:
              uptake pull --config site.toml --from archive --patient P123 --dry-run
              uptake pull --config site.toml --from archive --study 1.2.840.99.1
              uptake pull --config site.toml --from archive --study 1.2.840.99.1 --output study
              uptake pull --config site.toml --from archive --patient P123 --all --output studies

            The source is a [[source]] of the configuration. Without --output it sends to the running node, which takes the
            study as if it came from a scanner, and reads it; the source needs method = "move" for that, and a [[peer]].
            With --output it has to offer C-GET: objects are written bit for bit as they come, each under the digest of its
            data set. Ctrl-C cancels the request in hand.
            """)

    @Option(help: "Configuration file.")
    var config: String

    @Option(help: "Name of the source.")
    var from: String

    @Option(help: "Study Instance UID.")
    var study: String?

    @Option(help: "Patient ID.")
    var patient: String?

    @Option(help: "Accession Number.")
    var accession: String?

    @Flag(help: "Retrieve every study that matches.")
    var all = false

    @Flag(help: "Only list what matches.")
    var dryRun = false

    @Option(help: "Folder to write to, made where there is none; left out, the running node gets the study.")
    var output: String?

    func validate() throws {
        guard study != nil || patient != nil || accession != nil else {
            throw ValidationError("name what to retrieve: --study, --patient or --accession")
        }
        if dryRun, output != nil { throw ValidationError("--dry-run writes nothing; leave out --output") }
        if let study, UID(study) == nil { throw ValidationError("\(study) is no UID") }
        let texts = [patient, accession].compactMap(\.self)
        guard texts.allSatisfy({ !$0.isEmpty && !$0.contains { "*?\\".contains($0) } }) else {
            throw ValidationError("Patient ID and Accession Number are taken as they are, without wildcards")
        }
    }

    func run() throws {
        Interruption.watch()
        var configuration = try NodeConfiguration(path: config)
        let source = try source(in: configuration)
        if source.usesTLS { try configuration.readCertificates() }
        let peer = configuration.reach(source)
        if output == nil, !dryRun, source.method != .move {
            throw Failure("\(from) sends by C-GET: give a folder with --output, or set method = \"move\" for it")
        }
        let matches = try search.studies(at: peer, goesOn: Interruption.goesOn)
        guard !matches.isEmpty else { throw Failure("\(peer) has no such study") }
        if dryRun || (matches.count > 1 && !all) { matches.forEach { print($0.line) } }
        guard !dryRun else { return }
        guard matches.count == 1 || all else {
            throw Failure("\(matches.count) studies match; name one with --study, or give --all")
        }
        for study in matches {
            if let output {
                try retrieve(study, from: peer, into: output)
            } else {
                try move(study, from: peer, to: configuration.local.aeTitle)
            }
        }
    }

    private var search: StudySearch {
        var search = StudySearch()
        search.studyInstanceUID = study.flatMap(UID.init)
        search.patientID = patient
        search.accessionNumber = accession
        return search
    }

    private func source(in configuration: NodeConfiguration) throws -> NodeConfiguration.Source {
        guard let source = configuration.sources.first(where: { $0.name == from }) else {
            let known = configuration.sources.map(\.name).joined(separator: ", ")
            throw Failure("\(config) has no [[source]] named \(from); it has \(known.isEmpty ? "none" : known)")
        }
        return source
    }

    private func retrieve(_ study: SourceStudy, from peer: Peer, into folder: String) throws {
        let uid = study.studyInstanceUID
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let receiver = FolderReceiver(folder: folder, study: uid)
        let line = ProgressLine()
        let retrieved = try QueryRetrieveSCU.get(
            study.identifier, from: peer, receiver: receiver, goesOn: Interruption.goesOn
        ) { line.show(study, $0) }
        line.finish()
        if let refusal = receiver.firstRefusal { throw Failure("study \(uid): \(refusal)") }
        guard retrieved.isComplete else {
            throw Failure("study \(uid) is not complete: \(peer) answered \(retrieved.description)")
        }
        if let expected = study.expectedCounts, receiver.received.count < expected.instances {
            throw Failure(
                "study \(uid) is not complete: \(receiver.received.count) of \(expected.instances) instances came")
        }
        print("\(receiver.received.count) instances of study \(uid) written to \(folder)")
    }

    private func move(_ study: SourceStudy, from peer: Peer, to title: AETitle) throws {
        let line = ProgressLine()
        let moved = try QueryRetrieveSCU.move(
            study.identifier, to: title, from: peer, goesOn: Interruption.goesOn
        ) { line.show(study, $0) }
        line.finish()
        guard moved.isComplete else {
            throw Failure(
                "study \(study.studyInstanceUID) is not complete: \(peer) answered \(moved.description); "
                    + "it has to know \(title) with host and port, and the node to run")
        }
        print("\(moved.progress.completed) instances of study \(study.studyInstanceUID) sent to \(title)")
    }
}

extension ProgressLine {
    fileprivate func show(_ study: SourceStudy, _ progress: RetrieveProgress) {
        let done = progress.completed + progress.warned + progress.failed
        show("study \(study.studyInstanceUID): \(done) of \(done + progress.remaining)")
    }
}

extension SourceStudy {
    /// The identifier that retrieves it (PS3.4 section C.6.2.1.2).
    fileprivate var identifier: DataSet {
        var identifier = DataSet()
        identifier.set(.queryRetrieveLevel, "STUDY")
        identifier.set(.studyInstanceUID, studyInstanceUID)
        return identifier
    }

    /// One line for the terminal.
    fileprivate var line: String {
        let count = expectedCounts.map { "\($0.instances) instances" } ?? "unknown size"
        return [
            studyInstanceUID.description, studyDate.isEmpty ? "no date" : studyDate,
            modalities.joined(separator: "+"), count, studyDescription,
        ].filter { !$0.isEmpty }.joined(separator: "  ")
    }
}
