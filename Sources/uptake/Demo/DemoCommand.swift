import ArgumentParser
import DICOMNetwork
import Foundation
import Imaging
import Logging
import Node
import Phantom
import Reporting

/// `uptake demo`: the whole line over real sockets, on a digital patient.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Send a digital patient through a node to a PACS, and show what comes out.",
        discussion: """
            Example:
              uptake demo --output /tmp/uptake-demo

            Starts a node with an empty archive and a receiving PACS on free loopback ports, draws a whole-body PET/CT \
            patient, sends PET and CT by C-STORE on two associations, waits for every kind of object at the PACS, and \
            prints the lesions, the stage, and where the objects and the picture lie. The patient is a drawing, not a \
            person.
            """)

    @Option(help: "Folder to keep everything in; made anew.")
    var output = "uptake-demo"

    @Option(help: "The digital patient.")
    var seed: UInt64 = 7

    @Option(help: "Tracer: \(Tracer.names).")
    var tracer = Tracer.ga68PSMA11.rawValue

    @Option(help: "Seconds to wait for the results after the last image.")
    var patience = 100.0

    func validate() throws {
        guard Tracer(rawValue: tracer) != nil else { throw ValidationError("'\(tracer)' is no tracer known here") }
    }

    func run() throws {
        LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
        let folder = try freshFolder()
        let progress = ProgressLine()
        defer { progress.finish() }

        progress.show("drawing a patient")
        let patient = PhantomPatient(seed: seed, tracer: Tracer(rawValue: tracer)!)
        try patient.scan().write(to: folder + "/scanner") { done, total in
            if done.isMultiple(of: 20) { progress.show("scanning: slice \(done) of \(total)") }
        }
        say("patient \(seed) (\(tracer), a drawing) scanned", progress)

        let pacs = try DemoPACS(folder: folder + "/pacs")
        defer { pacs.stop() }
        let node = try Node(configuration(folder, pacs), executable: ownExecutable(), log: Logger(label: "demo"))
        defer { node.stop(graceSeconds: 1) }
        say("node UPTAKE listens on port \(node.port), PACS on port \(pacs.port)", progress)

        let sent = try DemoScanner(port: node.port).send(folder + "/scanner", progress: progress)
        say("\(sent) images sent on two associations", progress)

        let results = try waitForResults(node, pacs, progress)
        progress.finish()
        try DemoReport(results: results, folder: folder).print()
    }

    private func say(_ text: String, _ progress: ProgressLine) {
        progress.finish()
        print("* \(text)")
        fflush(nil)
    }

    private func freshFolder() throws -> String {
        let folder = URL(fileURLWithPath: output).path
        // Only what an earlier demonstration made is cleared away.
        let marker = folder + "/.uptake-demo"
        let files = FileManager.default
        let there = ["scanner", "pacs", "node"].filter { files.fileExists(atPath: folder + "/" + $0) }
        guard there.isEmpty || files.fileExists(atPath: marker) else {
            throw ValidationError(
                "\(folder)/\(there[0]) was not made by a demonstration: name another folder with --output")
        }
        for name in there { try? files.removeItem(atPath: folder + "/" + name) }
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: marker))
        return folder
    }

    private func configuration(_ folder: String, _ pacs: DemoPACS) -> NodeConfiguration {
        var configuration = NodeConfiguration()
        configuration.local.address = "127.0.0.1"
        configuration.local.port = 0
        configuration.local.stateDirectory = folder + "/node"
        configuration.local.reserveMiB = 64
        configuration.peers = [.init(aeTitle: DemoScanner.aeTitle)]
        configuration.completion.quietPeriodSeconds = 3
        configuration.destinations = [
            .init(name: "pacs", aeTitle: DemoPACS.aeTitle, host: "127.0.0.1", port: pacs.port)
        ]
        configuration.destinations[0].schedule.firstPauseSeconds = 2
        configuration.destinations[0].objects = Set(ReportObject.allCases)
        return configuration
    }

    /// Waits until every object has arrived, telling what the node does meanwhile.
    private func waitForResults(_ node: Node, _ pacs: DemoPACS, _ progress: ProgressLine) throws -> DemoResults {
        let deadline = Date().addingTimeInterval(patience)
        while Date() < deadline {
            if let results = try DemoResults(node.archive, pacs: pacs) { return results }
            if let reason = try node.archive.jobs(states: [.failed]).first?.progress.reason {
                throw Failure("the node gave up: \(reason)")
            }
            let running = try node.archive.jobs(states: [.running, .waiting]).first
            progress.show(running.map { "\($0.kind.rawValue): \($0.progress.state.rawValue)" } ?? "waiting")
            pacs.waitForArrival(seconds: 0.5)
        }
        throw Failure(
            "the results did not arrive within \(Int(patience)) s of the last image; look at \(output)/node, or give --patience"
        )
    }
}
