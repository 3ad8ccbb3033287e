import Classification
import Detection
import Foundation
import NeuralNetwork

/// Makes a model of a trained network: calibrated, and with an operating point, on patients it did not learn from.
public struct ModelFitting: Sendable {
    private let plan: TrainingPlan
    private let training: FocusTraining
    private let organs: OrganMap?

    /// Prepares a training whose outcome becomes a model.
    /// - Parameter organs: the map that its network is told by.
    public init(_ plan: TrainingPlan, _ training: FocusTraining, organs: OrganMap? = nil) {
        (self.plan, self.training, self.organs) = (plan, training, organs)
    }

    /// The model of an outcome.
    /// - Parameters:
    ///   - validators: patients to calibrate on.
    ///   - seenOtherwise: all of the same, once or more, with the CT elsewhere, or noisier. Points that fit straight scans
    ///     closely fit others badly.
    ///   - account: what is to be said of the training.
    public func model(
        _ outcome: FocusTraining.Outcome, validators: [TrainingPatient], seenOtherwise: [TrainingPatient] = [],
        version: String,
        account: ModelDescription.Training
    ) throws(ModelError) -> (description: ModelDescription, weights: SafeTensors) {
        var description = ModelDescription(
            name: "uptake-focus", version: version, architecture: plan.architecture,
            organs: organs?.shape, scale: training.scale, tracers: training.tracers,
            calibration: ModelDescription.Calibration(),
            operatingPoints: OperatingPoints(everywhere: 0.5),
            training: account, weights: ModelDescription.Weights(sha256: ""))
        var weights = SafeTensors(outcome.parameters)
        if let organs { weights = weights.joined(with: organs.parameters) }
        let model = try NetworkModel(description, weights: weights, sha256: "")
        var viewing = Viewing()
        if !plan.isToldTracer { viewing.tracerCode = TracerCodes.any }
        let all = validators + seenOtherwise
        let answers = all.map { model.answers(for: $0.view, viewing) }
        // Calibrated on scans as they are: the answers for those come first.
        let judged = zip(validators, answers).flatMap { patient, answers in
            zip(answers, patient.labels).compactMap { answer, label in
                label.suspicious.map { (logit: answer.suspicion, truth: $0) }
            }
        }
        description.calibration = .fit(judged.map(\.logit), judged.map(\.truth))
        let calibrated = try NetworkModel(description, weights: weights, sha256: "")
        description.operatingPoints = .fit(
            zip(all, answers).map { patient, answers in
                let verdicts = zip(answers, patient.foci).map { answer, focus in
                    calibrated.verdict(answer, offset: focus.centroid.x - patient.midline)
                }
                return PatientResult(patient, verdicts: verdicts, description.operatingPoints)
            }, times: all.count / validators.count)
        return (description, weights)
    }
}
