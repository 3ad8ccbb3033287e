import ArgumentParser
import Node

/// `uptake conformance`: the DICOM conformance statement of a configuration.
struct ConformanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Print the DICOM conformance statement of a configuration, as Markdown.",
        discussion: """
            Example:
              uptake conformance --config /etc/uptake/uptake.toml > conformance-statement.md
            """)

    @Option(help: "Configuration file.")
    var config: String

    func run() throws {
        print(ConformanceStatement(try NodeConfiguration(path: config), version: Version.text).markdown, terminator: "")
    }
}
