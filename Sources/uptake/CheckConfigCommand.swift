import ArgumentParser
import Foundation
import Node

/// `uptake check-config`: every problem of a configuration file.
struct CheckConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Check a configuration file and print every problem with its line.",
        discussion: """
            Example:
              uptake check-config --config /etc/uptake/uptake.toml
            """)

    @Option(help: "Configuration file.")
    var config: String

    func run() throws {
        do throws(ConfigurationError) {
            let configuration = try NodeConfiguration(path: config)
            print(
                "\(config) is good: \(configuration.local.aeTitle) on port \(configuration.local.port), "
                    + "\(configuration.peers.count) peers, \(configuration.destinations.count) destinations")
        } catch {
            for problem in error.problems { print("\(config): \(problem)") }
            throw ExitCode(1)
        }
    }
}
