import Archive
import ArgumentParser
import Foundation
import Node

/// The product's command.
@main
struct Uptake: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uptake",
        abstract: "Reads PET/CT studies for elevated tracer uptake and stages prostate cancer by miTNM.",
        discussion: """
            For research; not a medical device.

            Try it:
              uptake demo
            Run it:
              uptake check-config --config /etc/uptake/uptake.toml
              uptake serve --config /etc/uptake/uptake.toml
            """,
        version: Version.text,
        subcommands: [
            DemoCommand.self, ServeCommand.self, CheckConfigCommand.self, ConformanceCommand.self, StatusCommand.self,
            StudiesCommand.self, JobsCommand.self, QuarantineCommand.self, ExplainCommand.self, BackupCommand.self,
            VerifyCommand.self,
            RebuildCommand.self, PullCommand.self,
            ReadCommand.self, MeasureCommand.self,
            EchoCommand.self, SendCommand.self, TracerCommand.self, RejectionCommand.self, ConvertCommand.self,
        ])

    /// Runs the command; scripts may rely on the exit status: 0 done, 1 failure, 2 usage or a wrong
    /// configuration, 3 declined, 4 a torn index.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let code as ExitCode {
            Foundation.exit(code.rawValue)
        } catch {
            let code = exitCode(for: error)
            let isHelp = code.isSuccess || code == .validationFailure
            let text = isHelp ? fullMessage(for: error) : "uptake: \(error)"
            (code.isSuccess ? FileHandle.standardOutput : .standardError).write(Data((text + "\n").utf8))
            Foundation.exit(status(of: error))
        }
    }

    /// The exit status for an error. Neither 2 nor 4 mends itself: the unit does not start a node again that ends so.
    static func status(of error: any Error) -> Int32 {
        switch error {
        case is ConfigurationError: 2
        case ArchiveError.torn: 4
        default: exitCode(for: error) == .validationFailure ? 2 : exitCode(for: error).rawValue
        }
    }
}

/// Which version this is.
enum Version {
    /// As printed and as written into objects.
    static let text = "0.1.0"
}
