import Classification
import Foundation
import NeuralNetwork

/// The experiment of the paper: its four strategies and one more, each trained on folds of the development patients and
/// measured on patients of whom none was learnt from.
///
/// Everything is kept in a folder, training by training; an experiment that was stopped goes on.
public struct Reproduction: Sendable {
    /// Who takes part.
    public struct Patients: Sendable {
        /// PSMA patients to learn from, in folds.
        public var development: [TrainingPatient]
        /// PSMA patients to measure on.
        public var test: [TrainingPatient]
        /// FDG patients to learn from.
        public var fdg: [TrainingPatient]

        /// Gathers patients, of folders that may hold studies of either tracer.
        /// - Throws: `TrainingError.known` where a test patient would be learnt from.
        public init(
            development: [TrainingPatient], test: [TrainingPatient], fdg: [TrainingPatient]
        ) throws(TrainingError) {
            self.development = development.filter { $0.view.tracer.target == .psma }
            self.test = test.filter { $0.view.tracer.target == .psma }
            self.fdg = fdg.filter { $0.view.tracer.target == .glucose }
            let learntFrom = Set((self.development + self.fdg).map(\.person))
            if let known = self.test.first(where: { learntFrom.contains($0.person) }) { throw .known(known.person) }
        }

        /// The FDG patients but for those who are among others: bodies and lesions are known from either tracer.
        func fdg(without others: [TrainingPatient]) -> [TrainingPatient] {
            let people = Set(others.map(\.person))
            return fdg.filter { !people.contains($0.person) }
        }
    }

    /// What came of a strategy.
    public struct Outcome: Sendable, Codable {
        /// The development patients, each judged by the network that did not learn from his fold.
        public var development: [PatientResult]
        /// The probabilities from which foci are suspicious, chosen on them.
        public var operatingPoints: OperatingPoints
        /// The test patients, judged by all folds' networks together at those points.
        public var test: [PatientResult]
        /// Tells plan and patients from others.
        var identity: String
    }

    private let patients: Patients
    private let plan: TrainingPlan
    private let folder: String
    private let folds: Int

    /// Prepares the experiment.
    /// - Parameter folder: where everything is kept.
    public init(_ patients: Patients, plan: TrainingPlan, folds: Int = 4, folder: String) {
        (self.patients, self.plan, self.folds, self.folder) = (patients, plan, folds, folder)
    }

    /// Told how far the experiment is: which training, and its progress.
    public typealias Progress = (_ training: String, _ progress: FocusTraining.Progress) -> Void

    /// Runs a strategy, or reads what came of it.
    /// - Parameter first: only the first of the development patients.
    /// - Throws: `TrainingError.unusable` where the folder holds an experiment with other patients or another plan.
    public func run(_ strategy: Strategy, first count: Int = .max, _ progress: Progress) throws -> Outcome {
        try requireSameExperiment()
        let development = Array(patients.development.prefix(count))
        let name = count < patients.development.count ? "\(strategy.rawValue)-\(development.count)" : strategy.rawValue
        let file = URL(fileURLWithPath: "\(folder)/\(name)/outcome.json")
        let identity = try identity(strategy, development)
        if let data = try? Data(contentsOf: file), let outcome = try? JSONDecoder().decode(Outcome.self, from: data),
            outcome.identity == identity
        {
            return outcome
        }
        var models: [NetworkModel] = []
        var judged: [(patient: TrainingPatient, verdicts: [Verdict])] = []
        let people = development.people
        for fold in 0..<folds {
            let held = development.indices.filter { people[$0] % folds == fold }.map { development[$0] }
            let learners = development.indices.filter { people[$0] % folds != fold }.map { development[$0] }
            let model = try train(
                strategy, learners, validators: held, folder: "\(folder)/\(name)/fold-\(fold + 1)"
            ) { progress("\(name), fold \(fold + 1) of \(folds)", $0) }
            models.append(model)
            let judge = Ensemble([model], isToldTracer: strategy != .mixed)
            judged += held.map { ($0, judge.verdicts($0)) }
        }
        func results(_ points: OperatingPoints) -> [PatientResult] {
            judged.map { PatientResult($0.patient, verdicts: $0.verdicts, points) }
        }
        let points = OperatingPoints.fit(results(OperatingPoints(everywhere: 0.5)))
        let ensemble = Ensemble(models, isToldTracer: strategy != .mixed)
        let outcome = Outcome(
            development: results(points), operatingPoints: points,
            test: patients.test.map { PatientResult($0, verdicts: ensemble.verdicts($0), points) }, identity: identity)
        try JSONEncoder().encode(outcome).write(to: file, options: .atomic)
        return outcome
    }

    /// Refuses the folder of another experiment as a whole, rather than training by training with hours between.
    private func requireSameExperiment() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let groups = [patients.development, patients.fdg].map { TrainingPatient.digest(of: $0).description }
        let own = Data(
            ([String(decoding: try encoder.encode(plan), as: UTF8.self), "\(folds) folds"] + groups)
                .joined(separator: " ").utf8)
        let file = URL(fileURLWithPath: folder + "/experiment")
        if let held = try? Data(contentsOf: file) {
            guard held == own else {
                throw TrainingError.unusable(
                    path: folder, reason: "it holds an experiment with other patients to learn from, or another plan")
            }
            return
        }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try own.write(to: file, options: .atomic)
        } catch {
            throw TrainingError.unwritable(path: folder, reason: error.localizedDescription)
        }
    }

    private func identity(_ strategy: Strategy, _ development: [TrainingPatient]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let plans = try [plan, strategy.plan(plan)].map { String(decoding: try encoder.encode($0), as: UTF8.self) }
        let groups = [development, patients.test, patients.fdg].map { TrainingPatient.digest(of: $0).description }
        return (plans + ["\(folds) folds"] + groups).joined(separator: " ")
    }

    /// Trains a network of a strategy and calibrates it on its validators.
    private func train(
        _ strategy: Strategy, _ learners: [TrainingPatient], validators: [TrainingPatient], folder: String,
        _ progress: (FocusTraining.Progress) -> Void
    ) throws -> NetworkModel {
        let all = Double(patients.development.count) * Double(folds - 1) / Double(folds)
        let own = strategy.plan(plan, share: min(Double(learners.count) / all, 1))
        let training: FocusTraining
        let outcome: FocusTraining.Outcome
        if strategy == .fineTuned {
            let (before, weights) = try pretrained(without: validators, folder, progress)
            training = try FocusTraining(
                own, patients: learners, validators: validators, folder: folder,
                start: (before.scale, before.tracers))
            outcome = try training.run(from: weights, progress: progress)
        } else {
            let learning = strategy.mixesTracers ? learners + patients.fdg(without: validators) : learners
            training = try FocusTraining(own, patients: learning, validators: validators, folder: folder)
            outcome = try training.run(progress: progress)
        }
        let (description, weights) = try ModelFitting(own, training).model(
            outcome, validators: validators, version: "0",
            account: .init(command: "uptake-lab reproduce", data: [strategy.title], samples: outcome.history.samples))
        return try NetworkModel(description, weights: weights, sha256: "")
    }

    /// The network that learnt from FDG patients only, with which fine-tuning begins: one for all folds, unless the FDG
    /// patients are in part those of a fold.
    private func pretrained(
        without others: [TrainingPatient], _ fold: String, _ progress: (FocusTraining.Progress) -> Void
    ) throws -> (training: FocusTraining, weights: Parameters) {
        let remaining = patients.fdg(without: others)
        let (learners, validators) = remaining.parted
        let folder = remaining.count == patients.fdg.count ? folder + "/fdg" : fold + "-fdg"
        let training = try FocusTraining(plan, patients: learners, validators: validators, folder: folder)
        return (training, try training.run(progress: progress).parameters)
    }
}
