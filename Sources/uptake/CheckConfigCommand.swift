import ArgumentParser
import DICOMNetwork
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
            var configuration = try NodeConfiguration(path: config)
            try checkCertificates(of: &configuration)
            for warning in configuration.warnings { print("\(config): warning: \(warning)") }
            print(
                "\(config) is good: \(configuration.local.aeTitle) on port \(configuration.local.port), "
                    + "\(configuration.peers.count) peers, \(configuration.destinations.count) destinations, "
                    + "\(configuration.rules.count) rules")
        } catch {
            for problem in error.problems { print("\(config): \(problem)") }
            throw ExitCode(1)
        }
    }

    private func checkCertificates(of configuration: inout NodeConfiguration) throws(ConfigurationError) {
        do throws(TLSFilesError) {
            try configuration.readCertificates()
        } catch {
            throw ConfigurationError(path: config, problems: [.init(line: nil, message: "[tls]: \(error)")])
        }
        guard let credentials = configuration.credentials else { return }
        for warning in [credentials.warning, credentials.certificate.warning(now: Date())].compactMap(\.self) {
            print("\(config): \(warning)")
        }
    }
}
