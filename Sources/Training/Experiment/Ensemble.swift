import Classification
import Foundation
import NeuralNetwork

/// Networks of one strategy, one for each fold, who judge together: the mean of their calibrated probabilities.
struct Ensemble: Sendable {
    private let models: [NetworkModel]
    private let viewing: Viewing

    /// - Parameter isToldTracer: whether the networks are told the tracer.
    init(_ models: [NetworkModel], isToldTracer: Bool) {
        self.models = models
        var viewing = Viewing()
        if !isToldTracer { viewing.tracerCode = TracerCodes.any }
        self.viewing = viewing
    }

    /// What the networks say of a patient.
    func verdicts(_ patient: TrainingPatient) -> [Verdict] {
        let answers = models.map { $0.answers(for: patient.view, viewing) }
        return patient.foci.indices.map { focus in
            let own = answers.map { $0[focus] }
            let probability =
                zip(models, own).reduce(0) {
                    $0 + $1.0.description.calibration.probability($1.1.suspicion)
                } / Double(models.count)
            let locations = LocationClasses.all.indices.map { index in
                own.reduce(0) { $0 + $1.locations[index] } / Double(models.count)
            }
            // Only the location is taken from this verdict; the probability is the mean of the networks'.
            let verdict = models[0].verdict(
                NetworkModel.Answer(suspicion: 0, locations: locations),
                offset: patient.foci[focus].centroid.x - patient.midline)
            return Verdict(
                suspiciousProbability: probability, suspicious: false, location: verdict.location,
                laterality: verdict.laterality, locationProbability: verdict.locationProbability)
        }
    }
}
