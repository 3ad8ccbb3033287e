import ArgumentParser
import Node

/// `uptake conformance`: the DICOM conformance statement of a configuration.
struct ConformanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Print the DICOM conformance statement of a configuration, as Markdown or JSON.",
        discussion: """
            Examples:
              uptake conformance --config /etc/uptake/uptake.toml > conformance-statement.md
              uptake conformance --json --config /etc/uptake/uptake.toml
            """)

    @Option(help: "Configuration file.")
    var config: String

    @Flag(help: "Print JSON: titles, ports, services with their SOP classes, transfer syntaxes and statuses.")
    var json = false

    func run() throws {
        let statement = ConformanceStatement(try NodeConfiguration(path: config), version: Version.text)
        if json { return try printJSON(statement.facts) }
        print(statement.markdown, terminator: "")
    }
}
