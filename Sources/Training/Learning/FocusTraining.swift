import Classification
import DICOM
import Foundation
import NeuralNetwork

/// Trains a network of foci: seeded, on two threads, stopped and taken up again at any epoch.
public struct FocusTraining: Sendable {
    private let plan: TrainingPlan
    private let patients: [TrainingPatient]
    private let validators: [TrainingPatient]
    private let folder: String
    private let loss: FocusLoss
    private let network: Network
    private let inputs: NetworkInputs
    /// What the description of the model needs to know besides the plan.
    public let scale: FeatureScale
    /// The tracers it learns.
    public let tracers: TracerCodes

    /// How far a training is.
    public enum Progress: Sendable {
        /// Steps done of those of the epoch, and the mean loss so far.
        case step(epoch: Int, done: Int, of: Int, loss: Double)
        /// An epoch is done.
        case epoch(Int, TrainingHistory.Epoch)
    }

    /// What training gave.
    public struct Outcome: Sendable {
        /// The weights of the best epoch, averaged.
        public let parameters: Parameters
        /// How it went.
        public let history: TrainingHistory
    }

    /// Prepares a training.
    /// - Parameters:
    ///   - patients: those learnt from.
    ///   - validators: those on whom progress is measured, none of them learnt from.
    ///   - folder: where its state is kept.
    ///   - start: scale and tracers of a network to go on from, whose weights are then given to `run`.
    public init(
        _ plan: TrainingPlan, patients: [TrainingPatient], validators: [TrainingPatient], folder: String,
        start: (scale: FeatureScale, tracers: TracerCodes)? = nil
    ) throws(TrainingError) {
        guard patients.contains(where: { !$0.foci.isEmpty }) else { throw .tooFew("no patient has a focus") }
        guard validators.contains(where: { !$0.foci.isEmpty }) else {
            throw .tooFew("no patient is left to measure on")
        }
        (self.plan, self.patients, self.validators, self.folder) = (plan, patients, validators, folder)
        let known = Set(patients.map(\.view.tracer))
        tracers = start?.tracers ?? TracerCodes(trained: known.sorted { $0.rawValue < $1.rawValue })
        scale = start?.scale ?? FeatureScale(of: patients.flatMap { $0.view.foci.map(\.features) })
        loss = FocusLoss(patients, locationWeight: plan.locationWeight)
        network = plan.architecture.network(tracers: tracers.count)
        inputs = NetworkInputs(scale: scale, codes: tracers, seesOrgans: plan.architecture.seesOrgans)
    }

    private static let averageDecay = 0.996

    /// Trains, or goes on where an earlier run was stopped.
    /// - Parameter start: weights to begin with; drawn from the seed where not given.
    public func run(from start: Parameters? = nil, progress: (Progress) -> Void) throws(TrainingError) -> Outcome {
        let groups = [patients, validators].map { TrainingPatient.digest(of: $0).description }
        // Weights to begin with are another training's, and so is the scale of the figures that goes with them.
        let origin = start.map {
            SHA256Digest(of: Array(SafeTensors($0, metadata: ["scale": "\(scale)"]).encoded())).description
        }
        let folder = try TrainingFolder(folder, plan: plan, patients: groups + (origin.map { [$0] } ?? []))
        var settings = AdamW.Settings()
        settings.decay = plan.decay
        var (state, history) =
            try folder.resume(network.declarations, settings: settings, averageDecay: Self.averageDecay)
            ?? (
                TrainingState(
                    start ?? network.start(seed: plan.seed), settings: settings, averageDecay: Self.averageDecay),
                TrainingHistory()
            )
        let selection = FocusSelection(patients, plan: plan)
        let steps = (selection.items(epoch: 0).count + plan.batch - 1) / plan.batch
        let rate = LearningRate(
            peak: plan.rate, floor: plan.rate / 50, warmUp: min(steps, plan.epochs * steps / 10),
            steps: plan.epochs * steps)
        while history.epochs.count < plan.epochs, !history.hasStalled(patience: plan.patience) {
            let start = ContinuousClock.now
            let epoch = history.epochs.count
            var record = try learn(epoch, selection.items(epoch: epoch), &state, rate, progress)
            (record.validation, record.located) = validate(state.average.parameters)
            record.seconds = (ContinuousClock.now - start).seconds
            history.epochs.append(record)
            try folder.save(state, history)
            progress(.epoch(epoch, record))
        }
        return Outcome(parameters: try folder.best(network.declarations), history: history)
    }

    /// One epoch of steps.
    private func learn(
        _ epoch: Int, _ items: [FocusSelection.Item], _ state: inout TrainingState, _ rate: LearningRate,
        _ progress: (Progress) -> Void
    ) throws(TrainingError) -> TrainingHistory.Epoch {
        var random = SplitMix64(seed: plan.seed, stream: "viewing/\(epoch)")
        var sums = [0.0, 0.0]
        let batches = stride(from: 0, to: items.count, by: plan.batch).map {
            items[$0..<min($0 + plan.batch, items.count)]
        }
        for (number, batch) in batches.enumerated() {
            let sights = batch.map { item in
                let view = patients[item.patient].view
                var viewing = plan.augmentation.viewing(of: view.tracer, &random)
                if !plan.isToldTracer { viewing.tracerCode = TracerCodes.any }
                return FocusSight(view, item.focus, viewing)
            }
            let targets = loss.targets(
                zip(batch, sights).map {
                    (patients[$0.patient].labels[$0.focus], $1.viewing.geometry.isMirrored)
                })
            var (losses, gradients) = network.gradients(
                inputs.tensors(sights), state.parameters, seed: random.next()
            ) { outputs, samples in loss(outputs, targets, samples) }
            guard losses.allSatisfy(\.isFinite) else { throw .diverged(epoch: epoch + 1) }
            gradients.clip(toNorm: 3)
            state.update(gradients, rate: rate(epoch * batches.count + number))
            for head in losses.indices { sums[head] += losses[head] }
            let mean = sums.reduce(0, +) / Double(number + 1)
            progress(.step(epoch: epoch, done: number + 1, of: batches.count, loss: mean))
        }
        return TrainingHistory.Epoch(
            samples: items.count, learning: sums.map { $0 / Double(batches.count) }, validation: [], located: [],
            seconds: 0)
    }

    /// Losses and right locations on the validation patients.
    private func validate(_ parameters: Parameters) -> (losses: [Double], located: [Double]) {
        var sums = [0.0, 0.0]
        var right = [0.0, 0.0]
        var known = [0.0, 0.0]
        let sights = validators.flatMap { patient in
            patient.foci.indices.map { (FocusSight(patient.view, $0, viewing), patient.labels[$0]) }
        }
        let batches = stride(from: 0, to: sights.count, by: 256).map { sights[$0..<min($0 + 256, sights.count)] }
        for batch in batches {
            let outputs = network.outputs(inputs.tensors(batch.map(\.0)), parameters)
            let targets = loss.targets(batch.map { ($0.1, false) })
            let losses = loss(outputs, targets, 0..<batch.count)
            for head in losses.indices { sums[head] += losses[head].value * Double(batch.count) }
            for (row, label) in batch.map(\.1).enumerated() {
                guard let truth = FocusLoss.place(label, isMirrored: false) else { continue }
                let logits = outputs[1].samples(row..<row + 1).values
                let isRight =
                    LocationClasses.sites[logits.indices.max { logits[$0] < logits[$1] }!] == truth.site
                for group in label.suspicious == true ? [0, 1] : [0] {
                    known[group] += 1
                    right[group] += isRight ? 1 : 0
                }
            }
        }
        return (sums.map { $0 / Double(sights.count) }, zip(right, known).map { $0 / max($1, 1) })
    }

    /// How foci are looked at where nothing is changed.
    private var viewing: Viewing {
        var viewing = Viewing()
        if !plan.isToldTracer { viewing.tracerCode = TracerCodes.any }
        return viewing
    }
}

extension Duration {
    /// In seconds.
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
