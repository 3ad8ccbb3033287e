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
            tracers: training.tracers, calibration: ModelDescription.Calibration(),
            operatingPoints: OperatingPoints(everywhere: 0.5),
            training: account, weights: ModelDescription.Weights(sha256: ""))
        let weights = SafeTensors(outcome.parameters)
        let model = try NetworkModel(description, weights: weights, sha256: "")
        var viewing = Viewing()
        if !plan.isToldTracer { viewing.tracerCode = TracerCodes.any }
        let answers = validators.map { model.answers(for: $0.view, viewing) }
        let judged = zip(validators, answers).flatMap { patient, answers in
            zip(answers, patient.labels).compactMap { answer, label in
                label.suspicious.map { (logit: answer.suspicion, truth: $0) }
            }
        }
        description.calibration = .fit(judged.map(\.logit), judged.map(\.truth))
        let calibrated = try NetworkModel(description, weights: weights, sha256: "")
        description.operatingPoints = .fit(
            zip(validators, answers).map { patient, answers in
                let verdicts = zip(answers, patient.foci).map { answer, focus in
                    calibrated.verdict(answer, offset: focus.centroid.x - patient.midline)
                }
                return PatientResult(patient, verdicts: verdicts, description.operatingPoints)
            })
        return (description, weights)
    }
}
