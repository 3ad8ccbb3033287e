import ArgumentParser
import Foundation

/// The laboratory's command: phantoms, fitting, evaluation.
@main
struct UptakeLab: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uptake-lab",
        abstract: "The laboratory of Uptake: digital patients, fitting and evaluation.",
        discussion: "Not part of the clinical package. Everything is drawn from seeds and repeats.",
        subcommands: [
            PhantomCommand.self, CohortCommand.self, AnatomyCommand.self, MontageCommand.self, TrainCommand.self,
            EvaluateCommand.self, ReproduceCommand.self, OrgansCommand.self,
            ScoreCommand.self,
        ])

    /// Runs the command; wrong usage ends with 2, as in `uptake`.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
            Foundation.exit(2)
        }
    }
}
