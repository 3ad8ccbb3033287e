import ArgumentParser
import Foundation
import Phantom
import Training

/// Fits the provisional classifier on digital patients.
struct FitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit-provisional",
        abstract: "Fit the provisional classifier on digital patients.",
        discussion: """
            Example:
              uptake-lab fit-provisional --patients 60 --output Sources/Classification/Model

            Draws the patients, detects their foci, fits, and writes model.json.
            """)

    @Option(help: "How many digital patients of each tracer to draw.")
    var patients = 60

    @Option(help: "Seed of the first patient; the others follow.")
    var seed: UInt64 = 1000

    @Option(help: "Folder for model.json.")
    var output: String

    func run() throws {
        let cohort = Cohort(count: patients, seed: seed)
        let progress = ProgressLine()
        var foci: [LabelledFocus] = []
        for (index, member) in cohort.members.enumerated() {
            let study = member.patient.scan()
            foci += LabelledFocus.of(study)
            // Every third patient is seen without its CT too, so that the model can do without.
            if index.isMultiple(of: 3) { foci += LabelledFocus.of(study, withCT: false) }
            progress.show("patient \(index + 1) of \(cohort.members.count), \(foci.count) foci")
        }
        let command = "uptake-lab fit-provisional --patients \(patients) --seed \(seed)"
        let parameters = ProvisionalFit().fit(foci, version: "0.1.0", command: command) { done, loss in
            progress.show("fitting: \(Int(done * 100)) %, loss \(String(format: "%.4f", loss))")
        }
        progress.finish()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        let file = URL(fileURLWithPath: output).appendingPathComponent("model.json")
        try encoder.encode(parameters).write(to: file, options: .atomic)
        print("\(foci.count) foci of \(cohort.members.count) patients; model written to \(file.path)")
    }
}
