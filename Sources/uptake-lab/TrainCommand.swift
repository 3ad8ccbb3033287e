import ArgumentParser
import Classification
import Foundation
import Imaging
import NeuralNetwork
import Training

/// Trains the network that judges foci.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train the network that judges foci on cohorts of labelled patients.",
        discussion: """
            Example:
              uptake-lab cohort --tracer 68Ga-PSMA-11 --count 121 --seed 10000 --output psma
              uptake-lab cohort --tracer 18F-FDG --count 300 --seed 30000 --output fdg
              uptake-lab organs --cohort psma --cohort fdg --output .build/organs
              uptake-lab train --cohort psma --cohort fdg --organs .build/organs/organs.safetensors \
                --state .build/training --output model

            Every eighth patient is not learnt from: progress is measured on those, and the model is calibrated on them; \
            the points from which foci are suspicious are chosen on them, on their scans as they are, with the CT moved, \
            and with more noise. \
            What the network sees of each patient is kept beside his volumes, so that the next training begins at once. \
            A training that was stopped goes on when the same command is given again. learning-curve.png shows its course.
            """)

    @Option(help: "Folder of a cohort (uptake-lab cohort) or of labelled patients; give it again for several.")
    var cohort: [String]

    @OptionGroup(title: "Patients from elsewhere")
    var collection: CollectionOptions

    @Option(help: "At most this many patients of each cohort.")
    var patients = Int.max

    @Option(
        help: "Every so manyth patient is learnt from once more with the CT 8 to 25 mm away from the PET; 0 for none.")
    var displaced = 4

    @Option(help: "Every so manyth patient is learnt from once more with a noisier PET; 0 for none.")
    var noisier = 4

    @Option(help: "Every so manyth patient is learnt from once more with a smoother PET; 0 for none.")
    var blurred = 0

    @Option(help: "Every so manyth patient is learnt from once more by the lower part of the scan alone; 0 for none.")
    var cropped = 8

    @Option(
        help: """
            Weights of a map of the organs (uptake-lab organs), which becomes part of the model and tells the network what \
            organ a focus lies in.
            """)
    var organs: String?

    @Option(help: "Folder for the model: model.json, weights.safetensors and learning-curve.png.")
    var output: String

    @Option(help: "Folder for the training's state.")
    var state: String

    @Option(help: "Times that every patient is met, at most.")
    var epochs = TrainingPlan().epochs

    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 1

    @Option(help: "Version of the model.")
    var modelVersion = "0.5.0"

    func validate() throws {
        try atLeastOne(patients, "--patients")
        try atLeastOne(epochs, "--epochs")
        for (name, every) in [
            ("displaced", displaced), ("noisier", noisier), ("blurred", blurred), ("cropped", cropped),
        ] where ![0, 1, 2, 4, 8].contains(every) {
            throw ValidationError("--\(name): 1, 2, 4 or 8, since every eighth patient is left out; 0 for none")
        }
    }

    func run() throws {
        let line = ProgressLine()
        let map = try organs.map(OrganMap.init(path:))
        var learners: [TrainingPatient] = []
        var validators: [TrainingPatient] = []
        var seenOtherwise: [TrainingPatient] = []
        var sides = TrainingSides()
        var data: [String] = []
        for path in cohort {
            let folder = try PatientFolder(path, assuming: collection.assumptions, organs: map)
            let all = try folder.patients(limit: patients, leftOut: { line.note("left out: \($0)") }) { done, total in
                line.show("looking at \(path): patient \(done) of \(total)")
            }
            let isHeldOut = sides.heldOut(all)
            let measured = zip(all, isHeldOut).filter(\.1).map(\.0)
            learners += zip(all, isHeldOut).filter { !$1 }.map(\.0)
            validators += measured
            let variations: [(PatientFolder.Variation, every: Int, first: Int)] = [
                (.displaced, displaced, 1), (.noisier, noisier, 2), (.cropped, cropped, 3),
                (.blurred, blurred, 4),
            ]
            for (variation, every, first) in variations {
                // Never of those whom progress is measured on: they are the last of every eight.
                let chosen = zip(all, zip(all.people, isHeldOut)).filter {
                    every > 0 && !$1.1 && $1.0 % 8 % every == first % every
                }
                learners += try folder.patients(chosen.map(\.0.name), changed: variation) {
                    line.show("looking at \(path), \(variation.rawValue): patient \($0) of \($1)")
                }
            }
            for variation in [PatientFolder.Variation.displaced, .noisier] {
                seenOtherwise += try folder.patients(measured.map(\.name), changed: variation) {
                    line.show("looking at \(path), \(variation.rawValue), to measure on: patient \($0) of \($1)")
                }
            }
            let tracers = Set(all.map(\.view.tracer.rawValue)).sorted().joined(separator: ", ")
            data.append("\(all.count) \(folder.isDigital ? "digital " : "")patients, \(tracers)")
        }
        line.finish()
        print("\(countOfPatients(learners.count)) to learn from, \(validators.count) to measure on")
        var plan = TrainingPlan()
        plan.epochs = epochs
        plan.seed = seed
        plan.architecture.seesOrgans = map != nil
        let training = try FocusTraining(plan, patients: learners, validators: validators, folder: state)
        let outcome = try training.run { TrainingLines.show($0, on: line) }
        line.finish()
        let account = ModelDescription.Training(
            command: "uptake-lab train "
                + cohort.map { "--cohort \(URL(fileURLWithPath: $0).lastPathComponent)" }
                .joined(separator: " ")
                + collection.words + (patients == .max ? "" : " --patients \(patients)")
                + (map == nil ? "" : " --organs organs.safetensors")
                + " --displaced \(displaced) --noisier \(noisier) --blurred \(blurred) --cropped \(cropped) --epochs \(epochs) --seed \(seed)",
            data: data, samples: outcome.history.samples, organs: map?.account)
        let (description, weights) = try ModelFitting(plan, training, organs: map).model(
            outcome, validators: validators, seenOtherwise: seenOtherwise, version: modelVersion, account: account)
        try ModelBundle.write(description, weights: weights, to: URL(fileURLWithPath: output))
        try LearningCurve(outcome.history).writePNG(to: output + "/learning-curve.png")
        print(
            "model in \(output): \(outcome.parameters.count) weights, best epoch \((outcome.history.best ?? 0) + 1), "
                + "suspicious from: \(description.operatingPoints)")
    }
}
