import ArgumentParser
import DICOM
import DICOMNetwork
import Foundation
import Node

/// `uptake pull`: C-FIND and C-GET from a configured source.
struct PullCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Retrieve studies from a PACS into a folder (C-FIND, then C-GET).",
        discussion: """
            Examples:
              uptake pull --config site.toml --from archive --study 1.2.840.99.1 --output study
              uptake pull --config site.toml --from archive --patient P123 --dry-run
              uptake pull --config site.toml --from archive --patient P123 --all --output studies

            The source is a [[source]] of the configuration, and has to offer C-GET. The objects are written bit for bit as
            they come, each under the digest of its data set. Ctrl-C cancels the request in hand.
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

    @Option(help: "Folder to write to, made where there is none.")
    var output: String?

    func validate() throws {
        guard study != nil || patient != nil || accession != nil else {
            throw ValidationError("name what to retrieve: --study, --patient or --accession")
        }
        guard dryRun != (output != nil) else {
            throw ValidationError("give the folder to write to with --output, or --dry-run to list what matches")
        }
        if let study, UID(study) == nil { throw ValidationError("\(study) is no UID") }
        let texts = [patient, accession].compactMap(\.self)
        guard texts.allSatisfy({ !$0.isEmpty && !$0.contains { "*?\\".contains($0) } }) else {
            throw ValidationError("Patient ID and Accession Number are taken as they are, without wildcards")
        }
    }

    func run() throws {
        Interruption.watch()
        let peer = try source()
        let matches = try search.studies(at: peer, goesOn: Interruption.goesOn)
        guard !matches.isEmpty else { throw Failure("\(peer) has no such study") }
        if dryRun || (matches.count > 1 && !all) { matches.forEach { print($0.line) } }
        guard let output, !dryRun else { return }
        guard matches.count == 1 || all else {
            throw Failure("\(matches.count) studies match; name one with --study, or give --all")
        }
        for study in matches { try retrieve(study, from: peer, into: output) }
    }

    private var search: StudySearch {
        var search = StudySearch()
        search.studyInstanceUID = study.flatMap(UID.init)
        search.patientID = patient
        search.accessionNumber = accession
        return search
    }

    private func source() throws -> Peer {
        var configuration = try NodeConfiguration(path: config)
        guard let source = configuration.sources.first(where: { $0.name == from }) else {
            let known = configuration.sources.map(\.name).joined(separator: ", ")
            throw Failure("\(config) has no [[source]] named \(from); it has \(known.isEmpty ? "none" : known)")
        }
        if source.usesTLS { try configuration.readCertificates() }
        return configuration.reach(source)
    }

    private func retrieve(_ study: SourceStudy, from peer: Peer, into folder: String) throws {
        let uid = study.studyInstanceUID
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var identifier = DataSet()
        identifier.set(.queryRetrieveLevel, "STUDY")
        identifier.set(.studyInstanceUID, uid)
        let receiver = FolderReceiver(folder: folder, study: uid)
        let progress = ProgressLine()
        let retrieved = try QueryRetrieveSCU.get(
            identifier, from: peer, receiver: receiver, goesOn: Interruption.goesOn
        ) {
            let done = $0.completed + $0.warned + $0.failed
            progress.show("study \(uid): \(done) of \(done + $0.remaining)")
        }
        progress.finish()
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
}

extension SourceStudy {
    /// One line for the terminal.
    fileprivate var line: String {
        let count = expectedCounts.map { "\($0.instances) instances" } ?? "unknown size"
        return [
            studyInstanceUID.description, studyDate.isEmpty ? "no date" : studyDate,
            modalities.joined(separator: "+"), count, studyDescription,
        ].filter { !$0.isEmpty }.joined(separator: "  ")
    }
}
