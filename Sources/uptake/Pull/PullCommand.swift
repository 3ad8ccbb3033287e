import ArgumentParser
import DICOM
import DICOMNetwork
import Foundation
import Node

/// `uptake pull`: C-FIND, then C-GET or C-MOVE, from a configured source to the running node, or C-GET into a folder.
struct PullCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Retrieve studies from a PACS to the running node, or into a folder.",
        discussion: """
            Examples:
              uptake pull --config site.toml --from archive --patient P123 --dry-run
              uptake pull --config site.toml --from archive --study 1.2.840.99.1
              uptake pull --config site.toml --from archive --study 1.2.840.99.1 --series 1.2.840.99.1.2
              uptake pull --config site.toml --from archive --study 1.2.840.99.1 --output study
              uptake pull --config site.toml --from archive --patient P123 --all --output studies
              uptake pull --config site.toml --from archive --accession A42 --dry-run --json

            The source is a [[source]] of the configuration. Without --output the running node retrieves, by C-GET or C-MOVE \
            as the source's method says, and takes the study as if it came from a scanner, and reads it. With --output the source \
            has to offer C-GET: objects are written bit for bit as they come, each under the digest of its data set, and the \
            retrieval goes on record in the node's audit trail first. Ctrl-C cancels the request in hand.
            """)

    @Option(help: "Configuration file.")
    var config: String

    @Option(help: "Name of the source.")
    var from: String

    @Option(help: "Study Instance UID.")
    var study: String?

    @Option(help: "Series Instance UID: only this series of the study.")
    var series: String?

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

    @Flag(help: "Print JSON: the studies that match, and what was retrieved.")
    var json = false

    func validate() throws {
        guard study != nil || patient != nil || accession != nil else {
            throw ValidationError("name what to retrieve: --study, --patient or --accession")
        }
        if dryRun, output != nil { throw ValidationError("--dry-run writes nothing; leave out --output") }
        if series != nil, study == nil { throw ValidationError("--series needs the --study that it is of") }
        for uid in [study, series].compactMap(\.self) where UID(uid) == nil {
            throw ValidationError("\(uid) is no UID")
        }
        let texts = [patient, accession].compactMap(\.self)
        guard texts.allSatisfy({ !$0.isEmpty && !$0.contains { "*?\\".contains($0) } }) else {
            throw ValidationError("Patient ID and Accession Number are taken as they are, without wildcards")
        }
    }

    func run() throws {
        let configuration = try NodeConfiguration(path: config)
        let source = try source(in: configuration)
        var report = PullReport()
        // Also of what came before something failed.
        defer { if json { try? printJSON(report) } }
        if output != nil || dryRun {
            try runHere(configuration, source, &report)
        } else {
            // The node notices that nobody listens any more, so that an interrupt needs no handling here.
            try runThere(ControlClient(stateDirectory: configuration.local.stateDirectory), &report)
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

    /// Those of what matches that are to be retrieved; lists what there is to choose from.
    private func chosen(of matches: [SourceStudy], _ report: inout PullReport) throws -> [SourceStudy] {
        guard !matches.isEmpty else { throw Failure("\(from) has no such study") }
        report.studies = matches.map(PullReport.Study.init)
        if !json, dryRun || (matches.count > 1 && !all) { matches.forEach { print($0.line) } }
        guard !dryRun else { return [] }
        guard matches.count == 1 || all else {
            throw Failure("\(matches.count) studies match; name one with --study, or give --all")
        }
        return matches
    }

    /// Tells of a study, or series, that has come.
    private func tell(_ retrieved: PullReport.Retrieved, _ text: String, _ report: inout PullReport) {
        report.retrieved.append(retrieved)
        if !json { print(text) }
    }

    private func runThere(_ node: ControlClient, _ report: inout PullReport) throws {
        let line = ProgressLine()
        for study in try chosen(of: node.ask(FindStudies(search, at: from)).studies, &report) {
            let uid = study.studyInstanceUID
            defer { line.finish() }
            let pulled = try node.ask(PullStudy(uid, series: series.flatMap(UID.init), from: from)) { line.show($0) }
            line.finish()
            tell(
                .init(studyInstanceUID: "\(uid)", seriesInstanceUID: series, instances: pulled.held, folder: nil),
                "the node has \(pulled.held) instances of \(series.map { "series \($0)" } ?? "study \(uid)")", &report)
        }
    }

    private func runHere(
        _ configuration: NodeConfiguration, _ source: NodeConfiguration.Source, _ report: inout PullReport
    ) throws {
        Interruption.watch()
        var configuration = configuration
        if source.usesTLS { try configuration.readCertificates() }
        let pull = FolderPull(configuration, source, series: series.flatMap(UID.init))
        for study in try chosen(of: pull.studies(search), &report) {
            let uid = study.studyInstanceUID
            let count = try pull.retrieve(study, into: output!)
            tell(
                .init(studyInstanceUID: "\(uid)", seriesInstanceUID: series, instances: count, folder: output),
                "\(count) instances of study \(uid) written to \(output!)", &report)
        }
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
