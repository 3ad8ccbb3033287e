import ArgumentParser
import Node

/// `uptake check-config`: every problem of a configuration file.
struct CheckConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Check a configuration file and print every problem with its line.",
        discussion: """
            Example:
              uptake check-config --config /etc/uptake/uptake.toml

            Opens the certificates, the key and the models that it names too. The node makes the same checks at its start and \
            before a reload.
            """)

    @Option(help: "Configuration file.")
    var config: String

    func run() throws {
        do throws(ConfigurationError) {
            let configuration = try NodeConfiguration(checking: config)
            for warning in configuration.warnings { print("\(config): warning: \(warning)") }
            print(
                "\(config) is good: \(configuration.local.aeTitle) on port \(configuration.local.port), "
                    + "\(configuration.peers.count) peers, \(configuration.destinations.count) destinations, "
                    + "\(configuration.rules.count) rules")
        } catch {
            for problem in error.problems { print("\(config): \(problem)") }
            throw ExitCode(Uptake.status(of: error))
        }
    }
}
