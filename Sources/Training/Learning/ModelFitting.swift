import Classification
import Detection
import Foundation
import NeuralNetwork

/// Makes a model of a trained network: calibrated, and with an operating point, on patients it did not learn from.
public struct ModelFitting: Sendable {
    private let plan: TrainingPlan
    private let training: FocusTraining

    /// Prepares a training whose outcome becomes a model.
    public init(_ plan: TrainingPlan, _ training: FocusTraining) { (self.plan, self.training) = (plan, training) }

    /// The model of an outcome.
    /// - Parameters:
    ///   - validators: patients to calibrate on.
    ///   - account: what is to be said of the training.
    public func model(
        _ outcome: FocusTraining.Outcome, validators: [TrainingPatient], version: String,
        account: ModelDescription.Training
    ) throws(ModelError) -> (description: ModelDescription, weights: SafeTensors) {
        var description = ModelDescription(
            name: "uptake-focus", version: version, architecture: plan.architecture, scale: training.scale,
            tracers: training.tracers, calibration: ModelDescription.Calibration(), operatingPoint: 0.5,
            training: account, weights: ModelDescription.Weights(sha256: ""))
        let weights = SafeTensors(outcome.parameters)
        let model = try NetworkModel(description, weights: weights, sha256: "")
        var viewing = Viewing()
        if !plan.isToldTracer { viewing.tracerCode = TracerCodes.any }
        var judged: [(logit: Double, truth: Bool)] = []
        for patient in validators {
            for (answer, label) in zip(model.answers(for: patient.view, viewing), patient.labels) {
                if let truth = label.suspicious { judged.append((answer.suspicion, truth)) }
            }
        }
        description.calibration = .fit(judged.map(\.logit), judged.map(\.truth))
        description.operatingPoint = Self.operatingPoint(
            judged.map { (description.calibration.probability($0.logit), $0.truth) })
        return (description, weights)
    }

    /// The probability at which recall and positive predictive value balance best (highest F1), halfway to the next lower
    /// one so that it does not rest on a single focus.
    public static func operatingPoint(_ judged: [(probability: Double, truth: Bool)]) -> Double {
        let ranked = judged.sorted { $0.probability > $1.probability }
        let positives = judged.count { $0.truth }
        var (hits, best, point) = (0, 0.0, 0.5)
        for (index, focus) in ranked.enumerated() {
            hits += focus.truth ? 1 : 0
            let next = index + 1 < ranked.count ? ranked[index + 1].probability : 0
            guard next < focus.probability else { continue }
            let score = 2 * Double(hits) / Double(index + 1 + positives)
            if score > best { (best, point) = (score, (focus.probability + next) / 2) }
        }
        return point
    }
}
