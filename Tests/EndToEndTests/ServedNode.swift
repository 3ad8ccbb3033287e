import Archive
import DICOM
import DICOMNetwork
import Foundation

/// `uptake serve` in a process of its own, on a state directory of its own.
final class ServedNode {
    /// What a test wants configured.
    struct Settings {
        var quietPeriodSeconds = 1.0
        var incompleteAfterSeconds = 3600.0
        /// Most tests send what they want read, with a CT or without.
        var waitForPartnerSeconds = 0.0
        /// Further lines of the section `[completion]`.
        var completion: [String] = []
        var destinations: [Destination] = []
        /// Lines of the section `[node]`.
        var node: [String] = []
        /// Lines of the section `[reading]`.
        var reading: [String] = []
        /// Lines of the sender's `[[peer]]`.
        var peer: [String] = []
        /// Whole sections, such as `[tls]`.
        var sections: [String] = []
        /// What its process finds in its environment besides.
        var environment: [String: String] = [:]
    }

    /// A line of the configuration's `[[destination]]`.
    struct Destination {
        let name: String
        let aeTitle: String
        let port: UInt16
        /// Further lines.
        var lines: [String] = []
    }

    static let aeTitle = "UPTAKE"
    static let sender = "SCANNER"

    let folder: Scratch
    private let settings: Settings
    private(set) var process: Child
    private(set) var port: UInt16 = 0

    /// Starts a node and waits until it listens.
    init(_ settings: Settings = Settings()) throws {
        folder = try Scratch("node")
        self.settings = settings
        try Self.configuration(settings, state: folder.path + "/state")
            .write(toFile: folder.path + "/uptake.toml", atomically: true, encoding: .utf8)
        process = try Self.start(folder, settings)
        port = try listeningPort()
    }

    deinit { process.kill() }

    var configurationFile: String { folder.path + "/uptake.toml" }
    var stateDirectory: String { folder.path + "/state" }

    private static func configuration(_ settings: Settings, state: String) -> String {
        let destinations = settings.destinations.map {
            """
            [[destination]]
            name = "\($0.name)"
            ae_title = "\($0.aeTitle)"
            host = "127.0.0.1"
            port = \($0.port)
            retry_after_seconds = 1
            \($0.lines.joined(separator: "\n"))

            """
        }
        return """
            [node]
            ae_title = "\(aeTitle)"
            address = "127.0.0.1"
            port = 0
            state_directory = "\(state)"
            reserve_mib = 1
            \(settings.node.joined(separator: "\n"))
            [[peer]]
            ae_title = "\(sender)"
            \(settings.peer.joined(separator: "\n"))
            [completion]
            quiet_period_seconds = \(settings.quietPeriodSeconds)
            incomplete_after_seconds = \(settings.incompleteAfterSeconds)
            wait_for_partner_seconds = \(settings.waitForPartnerSeconds)
            \(settings.completion.joined(separator: "\n"))
            [reading]
            \(settings.reading.joined(separator: "\n"))

            """ + destinations.joined() + settings.sections.joined(separator: "\n")
    }

    private static func start(_ folder: Scratch, _ settings: Settings) throws -> Child {
        try Child(Place.uptake, ["serve", "--config", folder.path + "/uptake.toml"], environment: settings.environment)
    }

    private func listeningPort() throws -> UInt16 {
        let line = try wait(for: "the line that tells the port") { () throws -> Substring? in
            guard process.isRunning else { throw Unmet(description: "the node ended: \(process.errors)") }
            return process.output.split(separator: "\n").first { $0.hasPrefix("listening on port ") }
        }
        let words = line.split(separator: " ")
        guard words.count == 6, words[4] == "as", words[5] == Self.aeTitle, let port = UInt16(words[3]) else {
            throw Unmet(description: "\"\(line)\" is not the line that was agreed")
        }
        return port
    }

    /// The port under TLS, which it tells after the other.
    func securePort() throws -> UInt16 {
        try wait(for: "the line that tells the port under TLS") { () throws -> UInt16? in
            guard process.isRunning else { throw Unmet(description: "the node ended: \(process.errors)") }
            return process.output.firstMatch(of: /listening on port (\d+) under TLS/).flatMap { UInt16($0.1) }
        }
    }

    // MARK: Life

    func kill() { process.kill() }

    /// Starts it again on what it left.
    /// - Parameter reconfigure: what to change in the text of the configuration.
    func restart(_ reconfigure: (String) -> String = { $0 }) throws {
        process.kill()
        let text = try String(contentsOfFile: configurationFile, encoding: .utf8)
        try reconfigure(text).write(toFile: configurationFile, atomically: true, encoding: .utf8)
        process = try Self.start(folder, settings)
        port = try listeningPort()
    }

    // MARK: Sending

    /// The node as a peer of the scanner, or of another caller.
    func peer(calling: String = sender, called: String = aeTitle) -> Peer {
        Peer(
            host: "127.0.0.1", port: port, calledAETitle: AETitle(called)!, callingAETitle: AETitle(calling)!)
    }

    /// Sends files; every one has to be taken.
    func send(_ files: [String]) throws {
        let outcomes = StorageSCU.send(files, to: peer())
        if let failed = outcomes.first(where: { !$0.isStored }) {
            throw Unmet(description: "\(failed.path) was not taken: \(failed.result); \(process.errors.suffix(2000))")
        }
    }

    // MARK: Looking

    /// Looks into the index, beside the node.
    func look<T>(_ query: (Archive) throws -> T) throws -> T {
        let archive = try Archive.inspect(directory: stateDirectory)
        defer { try? archive.close() }
        return try query(archive)
    }

    /// Waits until a study is as the test wants it.
    @discardableResult
    func waitForStudy(
        _ study: UID, seconds: Double = 90, _ isAwaited: (StudySummary) throws -> Bool
    ) throws -> StudySummary {
        var last: StudySummary?
        do {
            return try wait(for: "the study", seconds: seconds) { () throws -> StudySummary? in
                guard process.isRunning else { throw Unmet(description: "the node ended: \(process.errors)") }
                last = try look { try $0.study(study) }
                guard let last else { return nil }
                return try isAwaited(last) ? last : nil
            }
        } catch let unmet as Unmet {
            let status = last.map { "\($0.status), revision \($0.revision ?? 0), \($0.reason ?? "no reason")" }
            throw Unmet(description: "\(unmet); the study is \(status ?? "unknown")\n\(process.errors.suffix(4000))")
        }
    }

    /// Waits until a revision of a study has been read and delivered.
    @discardableResult
    func waitUntilDone(_ study: UID, revision: Int = 1, seconds: Double = 90) throws -> StudySummary {
        try waitForStudy(study, seconds: seconds) { $0.status == .done && ($0.revision ?? 0) >= revision }
    }

    /// The DICOM objects that the node made of a study, in the order of their kinds' names.
    func objects(of study: UID, revision: Int? = nil) throws -> [StoredResult] {
        try look { try $0.results(ofStudy: study) }
            .filter { $0.sopInstanceUID != nil && (revision == nil || $0.revision == revision) }
            .sorted { $0.kind < $1.kind }
    }
}
