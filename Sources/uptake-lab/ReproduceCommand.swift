import ArgumentParser
import Foundation
import Training

/// Runs the experiment of the paper.
struct ReproduceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Run the experiment of the paper: strategies of learning from two tracers.",
        discussion: """
            Example:
              uptake-lab cohort --tracer 68Ga-PSMA-11 --count 121 --seed 10000 --output psma
              uptake-lab cohort --tracer 68Ga-PSMA-11 --count 300 --seed 20000 --output test
              uptake-lab cohort --tracer 18F-FDG --count 300 --seed 30000 --output fdg
              uptake-lab reproduce --development psma --test test --fdg fdg --state .build/reproduce --output docs/science

            Four-fold cross-validation on the development patients, then the test patients, for each strategy; with \
            --sizes also with fewer development patients. Takes hours, with --small a fraction of them; when it is \
            stopped, the same command goes on where it was, and what is finished is reported. Writes reproduction.md and \
            its pictures.
            """)

    @Option(help: "Folder of the PSMA cohort to learn from.")
    var development: String

    @Option(help: "Folder of the PSMA cohort to measure on.")
    var test: String

    @Option(help: "Folder of the FDG cohort to learn from.")
    var fdg: String

    @OptionGroup(title: "Patients from elsewhere")
    var collection: CollectionOptions

    @Option(help: "At most this many patients of each cohort.")
    var patients = Int.max

    @Option(
        help: """
            A strategy (psma, fdg-then-psma, mixed, dual-tracer, balanced); give it again for several. All if not given.
            """)
    var strategy: [Strategy] = []

    @Option(help: "Numbers of development patients for the learning curve, such as 15,30,60; the whole is added.")
    var sizes: String = ""

    @Option(help: "Times that every patient is met, at most.")
    var epochs = 10

    @Flag(help: "Train networks half as wide as the shipped one, which halve each image at once.")
    var small = false

    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 1

    @Option(help: "Folder for the state of every training.")
    var state: String

    @Option(help: "Folder for reproduction.md and its pictures.")
    var output: String

    func validate() throws {
        try atLeastOne(patients, "--patients")
        try atLeastOne(epochs, "--epochs")
        guard try numbers().allSatisfy({ $0 >= 8 }) else {
            throw ValidationError("--sizes: at least 8 patients, two for each fold")
        }
    }

    private func numbers() throws -> [Int] {
        try sizes.split(separator: ",").map {
            guard let number = Int($0) else { throw ValidationError("--sizes: \($0) is no number") }
            return number
        }
    }

    func run() throws {
        let line = ProgressLine()
        var areDigital = true
        func patients(_ path: String) throws -> [TrainingPatient] {
            let folder = try PatientFolder(path, assuming: collection.assumptions)
            areDigital = areDigital && folder.isDigital
            return try folder.patients(limit: self.patients, leftOut: { line.note("left out: \($0)") }) { done, total in
                line.show("looking at \(path): patient \(done) of \(total)")
            }
        }
        var plan = TrainingPlan()
        plan.epochs = epochs
        plan.seed = seed
        if small {
            plan.architecture = .small
            // Twice the steps, for as many foci: where they are few, steps are what a network lacks.
            plan.batch = 32
        }
        let cohorts = try Reproduction.Patients(
            development: try patients(development), test: try patients(test), fdg: try patients(fdg))
        if let whole = try numbers().first(where: { $0 >= cohorts.development.count }) {
            throw ValidationError(
                "--sizes: \(whole) is not fewer than the \(cohorts.development.count) patients there are")
        }
        let experiment = Reproduction(cohorts, plan: plan, folder: state)
        var entries: [ReproductionReport.Entry] = []
        var points: [ReproductionReport.CurvePoint] = []
        func report() throws {
            let command = "uptake-lab " + CommandLine.arguments.dropFirst().joined(separator: " ")
            try ReproductionReport(entries, points: points, command: command, areDigital: areDigital)
                .write(to: output)
        }
        let strategies = strategy.isEmpty ? Strategy.allCases : strategy
        for strategy in strategies {
            entries.append((strategy, try experiment.run(strategy) { TrainingLines.show($1, of: $0, on: line) }))
            // What is finished is worth reading while the rest goes on.
            try report()
        }
        for number in try numbers() {
            for strategy in strategies where Strategy.followed.contains(strategy) {
                let outcome = try experiment.run(strategy, first: number) { TrainingLines.show($1, of: $0, on: line) }
                points.append(.init(strategy: strategy, patients: number, outcome: outcome))
                try report()
            }
        }
        if !points.isEmpty {
            points += entries.filter { Strategy.followed.contains($0.strategy) }.map {
                .init(strategy: $0.strategy, patients: cohorts.development.count, outcome: $0.outcome)
            }
            try report()
        }
        line.finish()
        print("written to \(output)/reproduction.md")
    }
}

extension Strategy: ExpressibleByArgument {}
