import ArgumentParser
import Classification
import Foundation
import Training

/// Trains and measures a coarse map of the organs.
struct OrgansCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "organs",
        abstract: "Train a network that names the organ in each cube of 12 mm, and measure it.",
        discussion: """
            Example:
              uptake-lab organs --cohort psma --cohort fdg --output .build/organs

            Every eighth patient is not learnt from, the same ones as by uptake-lab train, which takes the map with \
            --organs; on these the map is measured: the share of the body's cubes that are called right, and the Dice \
            coefficient of each organ. A training that was stopped goes on when the same command is given again.
            """)

    @Option(help: "Folder of digital patients (uptake-lab cohort); give it again for several.")
    var cohort: [String]

    @Option(help: "At most this many patients of each cohort.")
    var patients = Int.max

    @Option(help: "Times that every patient is met.")
    var epochs = 8

    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 1

    @Option(help: "Folder for organs.safetensors and the training's state.")
    var output: String

    func validate() throws {
        try atLeastOne(patients, "--patients")
        try atLeastOne(epochs, "--epochs")
    }

    func run() throws {
        let line = ProgressLine()
        var learners: [OrganPatient] = []
        var validators: [OrganPatient] = []
        var sides = TrainingSides()
        for path in cohort {
            let folder = try PatientFolder(path)
            let all = try folder.organPatients(limit: patients) { done, total in
                line.show("looking at \(path): patient \(done) of \(total)")
            }
            for (patient, isHeldOut) in zip(all, sides.heldOut(people: folder.people(limit: patients))) {
                if isHeldOut { validators.append(patient) } else { learners.append(patient) }
            }
        }
        line.finish()
        let training = try OrganTraining(
            patients: learners, validators: validators, epochs: epochs, seed: seed, folder: output,
            account: "uptake-lab organs "
                + cohort.map { "--cohort \(URL(fileURLWithPath: $0).lastPathComponent)" }.joined(separator: " ")
                + " --epochs \(epochs) --seed \(seed): \(learners.count) digital patients")
        print("\(countOfPatients(learners.count)) to learn from, \(validators.count) to measure on")
        fflush(nil)
        try training.run { done, total, loss in
            line.show("step \(done) of \(total), loss " + String(format: "%.3f", loss))
        } epoch: { epoch in
            line.finish()
            print(
                "epoch \(epoch.number): "
                    + String(
                        format: "loss %.4f, right %.1f %%, %.0f s", epoch.loss, 100 * epoch.score.right, epoch.seconds))
            fflush(nil)
        }
        let (others, known) = try training.measure()
        print(
            String(
                format: "cubes called right: %.1f %% of those measured on, %.1f %% of as many who were learnt from",
                100 * others.right, 100 * known.right))
        for (index, name) in LocationClasses.names.enumerated() {
            if let dice = others.dice(index) { print(String(format: "  Dice %.2f  ", dice) + name) }
        }
    }
}
