import Archive
import DICOM
import DICOMNetwork
import Foundation
import Testing

/// The commands that the documents show, run as they stand against a node of a site such as they speak of.
@Suite struct DocumentedCommandTests {
    /// A line of a document, with those that continue it.
    private struct Command {
        let document: String
        let text: String
    }

    /// What cannot be run here, and what of it can be known all the same.
    private static let notRun: [(prefix: String, reason: String)] = [
        ("make ", "builds, and calls the tests"), ("systemctl ", "needs systemd"), ("journalctl ", "needs systemd"),
        ("systemd-analyze security uptake", "needs an installed unit; ServiceUnitTests judge it"),
        ("apt-get ", "make package-test does"), ("editor ", "is for people"),
        ("uptake serve ", "the node that the others are run against"),
    ]

    /// What fails where the world of the documents is not this one: how.
    private static let failing: [(prefix: String, words: String)] = [
        // PullTests have a source to pull from.
        ("uptake pull ", "has no [[source]] named archive"),
        // TLSTests have the certificates.
        ("uptake echo --port 2762", "scanner1.pem cannot be read"),
        // While a node runs; RepairCommandTests have one that does not.
        ("uptake rebuild ", "is in use by another node"),
    ]

    private static func commands(of document: String) throws -> [Command] {
        let text = try String(contentsOfFile: "\(Place.root)/\(document)", encoding: .utf8)
        var commands: [Command] = []
        var (isShell, open) = (false, "")
        for line in text.split(separator: "\n").map({ $0.trimmingCharacters(in: .whitespaces) }) {
            if line.hasPrefix("```") {
                isShell = line == "```sh"
            } else if isShell {
                open += line
                if open.hasSuffix("\\") {
                    open.removeLast()
                    continue
                }
                commands.append(Command(document: document, text: open))
                open = ""
            }
        }
        return commands
    }

    /// A node with three deliveries that wait and two files in quarantine, and what the documents call them.
    private struct Site {
        let node: ServedNode
        private let names: [(String, String)]

        init() throws {
            node = try ServedNode(
                .init(destinations: [.init(name: "pacs", aeTitle: "PACS", port: try freePort())]))
            let study = try Material.pelvis
            try node.send(study.files)
            try node.waitForStudy(study.uid) { $0.status == .delivering }
            node.kill()
            let set = try Self.quarantine(in: node.stateDirectory)
            try node.restart()
            names = [
                (".build/release/uptake", "uptake"), ("/etc/uptake/uptake.toml", node.configurationFile),
                ("site.toml", node.configurationFile), ("--port 11112", "--port \(node.port)"),
                ("SCANNER1", ServedNode.sender), ("2.25.1582…1307", "\(study.uid)"),
                ("/data/study", study.folder), ("16089c30", String(set[0].prefix(12))),
                ("5e1ab770", String(set[1].prefix(12))), ("/mnt/backup/uptake", node.folder.path + "/backup"),
                ("STATE/", node.stateDirectory + "/"),
            ]
        }

        private static func quarantine(in directory: String) throws -> [String] {
            let archive = try Archive.open(directory: directory)
            defer { try? archive.close() }
            return try Material.whole.files.prefix(2).map { file in
                let path = archive.incomingPath()
                try FileManager.default.copyItem(atPath: file, toPath: path)
                return try archive.quarantine(file: path, reason: "doubt", sourceAETitle: "SCANNER", now: Date())
            }
        }

        /// A command of a document, as it is called here.
        func translated(_ command: String) -> String {
            names.reduce(command) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
        }

        /// Runs a command in the site's folder.
        func run(_ command: String) throws -> Child.Result {
            let folder = URL(fileURLWithPath: Place.uptake).deletingLastPathComponent().path
            return try Child.run(
                "bash",
                ["-c", "set -o pipefail; cd '\(node.folder.path)' && export PATH='\(folder)':$PATH && \(command)"])
        }
    }

    @Test func whatTheDocumentsShowWorks() throws {
        let documents = ["README.md", "docs/operations.md", "docs/security.md", "SECURITY.md"]
        let commands = try documents.flatMap(Self.commands)
        #expect(commands.count > 40)
        let site = try Site()
        for command in commands where !Self.notRun.contains(where: { command.text.hasPrefix($0.prefix) }) {
            let text = site.translated(command.text)
            guard !Self.notRun.contains(where: { text.hasPrefix($0.prefix) }) else { continue }
            let result = try site.run(text)
            let all = "\(command.document): \(text)\n\(result.output.suffix(500))\(result.errors.suffix(500))"
            if let failing = Self.failing.first(where: { command.text.hasPrefix($0.prefix) }) {
                #expect(result.status == 1 && result.errors.contains(failing.words), "\(all)")
            } else {
                #expect(result.status == 0, "\(all)")
            }
        }
    }
}
