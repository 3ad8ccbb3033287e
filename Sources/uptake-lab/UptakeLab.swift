import ArgumentParser

/// The laboratory's command: phantoms, fitting, evaluation.
@main
struct UptakeLab: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uptake-lab",
        abstract: "The laboratory of Uptake: digital patients, fitting and evaluation.",
        discussion: "Not part of the clinical package. Everything is drawn from seeds and repeats.",
        subcommands: [PhantomCommand.self, FitCommand.self, ScoreCommand.self])
}
