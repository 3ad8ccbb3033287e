import Anatomy
import DICOM
import Detection
import Foundation
import Imaging
import NeuralNetwork

/// Judges foci by a convolutional network (Capobianco et al. 2022): suspicious or not, and where.
public struct NetworkModel: FocusClassifier {
    /// What is known of it.
    public let description: ModelDescription
    public let identity: ModelIdentity
    /// The map of the organs that it is told by; nil where it is not told.
    public let organs: OrganMap?
    private let network: Network
    private let parameters: Parameters

    /// The network's answers for one focus.
    public struct Answer: Sendable, Equatable {
        /// Logit of suspicion, before calibration.
        public let suspicion: Double
        /// Probability of each of `LocationClasses`.
        public let locations: [Double]

        /// Gathers answers.
        public init(suspicion: Double, locations: [Double]) {
            (self.suspicion, self.locations) = (suspicion, locations)
        }
    }

    /// Puts a model together.
    /// - Parameter sha256: digest of `model.json`.
    /// - Throws: `ModelError` where the parts do not fit together or this program.
    public init(
        _ description: ModelDescription, weights: SafeTensors, sha256: String
    ) throws(ModelError) {
        try description.check()
        network = description.architecture.network(tracers: description.tracers.count)
        let (map, own) = weights.parted { $0.hasPrefix(OrganNetwork.prefix) }
        do { parameters = try own.parameters(for: network.declarations) } catch {
            throw .mismatch("its weights: \(error)")
        }
        if let shape = description.organs {
            organs = try OrganMap(shape, map)
        } else {
            guard map.parameters.names.isEmpty else { throw .mismatch("it has weights of a map that it does not name") }
            organs = nil
        }
        self.description = description
        identity = ModelIdentity(name: description.name, version: description.version, sha256: sha256)
    }

    public func classify(_ uptake: DetectedUptake, in scan: ScanVolumes) -> [ClassifiedFocus] {
        let answers = answers(for: ScanView(uptake, in: scan, organs: organs))
        let verdicts = zip(uptake.foci, answers).map { focus, answer in
            verdict(answer, offset: focus.centroid.x - uptake.landmarks.midline)
        }
        return zip(uptake.foci, description.operatingPoints.judging(verdicts)).map {
            ClassifiedFocus(focus: $0, verdict: $1)
        }
    }

    /// The answers for every focus of a scan, in order.
    /// - Parameters:
    ///   - scan: looked at with `organs`.
    ///   - viewing: how the foci are looked at.
    public func answers(for scan: ScanView, _ viewing: Viewing = Viewing()) -> [Answer] {
        let inputs = NetworkInputs(
            scale: description.scale, codes: description.tracers, seesOrgans: description.architecture.seesOrgans)
        // A few foci at a time, so that memory does not grow with their number.
        return stride(from: 0, to: scan.foci.count, by: 64).flatMap { first in
            let sights = (first..<min(first + 64, scan.foci.count)).map { FocusSight(scan, $0, viewing) }
            let outputs = network.outputs(inputs.tensors(sights), parameters)
            return zip(outputs[0].values, outputs[1].rows()).map { suspicion, logits in
                Answer(suspicion: Double(suspicion), locations: Self.softmax(logits))
            }
        }
    }

    /// The verdict that an answer amounts to, as if there were no other focus.
    /// - Parameter offset: millimetres to the left of the body's midline.
    public func verdict(_ answer: Answer, offset: Double) -> Verdict {
        let probability = description.calibration.probability(answer.suspicion)
        let best = LocationClasses.best(answer.locations)
        return Verdict(
            suspiciousProbability: probability,
            suspicious: probability >= description.operatingPoints[best.location.group].first,
            location: best.location,
            laterality: best.side ?? best.location.laterality(millimetresToLeft: offset),
            locationProbability: best.probability)
    }

    private static func softmax(_ logits: ArraySlice<Float>) -> [Double] {
        let highest = logits.max()!
        let exponentials = logits.map { exp(Double($0 - highest)) }
        let sum = exponentials.reduce(0, +)
        return exponentials.map { $0 / sum }
    }
}

extension Tensor {
    /// Its values, row by row of the last axis.
    fileprivate func rows() -> [ArraySlice<Float>] {
        let all = values
        return stride(from: 0, to: all.count, by: channels).map { all[$0..<$0 + channels] }
    }
}
