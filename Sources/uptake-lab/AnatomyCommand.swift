import ArgumentParser
import Foundation
import Phantom

/// Compares what is drawn with the reference man.
struct AnatomyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anatomy",
        abstract: "Compare the masses of drawn organs with the ICRP reference man.",
        discussion: """
            Example:
              uptake-lab anatomy --patients 40

            Prints for each organ the mean over the patients, the smallest and the largest, and the reference mass.
            """)

    @Option(help: "How many patients to draw.")
    var patients = 40

    @Option(help: "Seed of the first patient.")
    var seed: UInt64 = 1

    func validate() throws {
        try atLeastOne(patients, "--patients")
        try seeds(from: seed, count: patients)
    }

    func run() throws {
        let line = ProgressLine()
        let masses = (0..<patients).map { index in
            line.show("patient \(index + 1) of \(patients)")
            return PhantomPatient(seed: seed + UInt64(index), disease: .none).massesInGrams()
        }
        line.finish()
        print("organ                            mean  smallest   largest  ICRP 89  ratio")
        for row in ReferenceMan.rows {
            // Those who lost an organ do not count.
            let values = masses.map { mass in row.kinds.reduce(0) { $0 + (mass[$1] ?? 0) } }.filter { $0 > 0 }
            let mean = values.reduce(0, +) / Double(values.count)
            let name = row.name.padding(toLength: 30, withPad: " ", startingAt: 0)
            print(
                name
                    + String(
                        format: "%7.1f  %8.1f  %8.1f  %7.0f   %.2f", mean, values.min() ?? 0, values.max() ?? 0,
                        row.grams, mean / row.grams))
        }
    }
}
