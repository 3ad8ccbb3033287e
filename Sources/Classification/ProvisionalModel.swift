import Anatomy
import Detection
import Foundation
import Imaging

/// The provisional classifier: a logistic model on focus features and their random Fourier transform, fitted on digital
/// phantoms (`uptake-lab fit-provisional`). It holds the place of the convolutional network and claims nothing beyond the
/// phantoms.
public struct ProvisionalModel: FocusClassifier {
    /// The numbers of the model, as stored in `model.json`.
    public let parameters: Parameters
    /// Which model this is.
    public let identity: ModelIdentity

    /// What `model.json` holds.
    public struct Parameters: Codable, Sendable {
        /// Always `provisional-logistic`.
        public var name: String
        /// Version of the fit.
        public var version: String
        /// The command that fitted it.
        public var trainedBy: String
        /// The features it expects, in order.
        public var features: [String]
        /// Mean of each feature over the training foci.
        public var means: [Double]
        /// Standard deviation of each feature over the training foci.
        public var deviations: [Double]
        /// Seed of the random directions.
        public var directionSeed: UInt64
        /// Number of random directions.
        public var directionCount: Int
        /// Standard deviation of a direction's components.
        public var directionScale: Double
        /// The locations it can name, in the order of the rows of `locationWeights`.
        public var locations: [AnatomicalLocation]
        /// One row for each location: a weight for each input, then the bias.
        public var locationWeights: [[Float]]
        /// A weight for each input, then the bias.
        public var suspicionWeights: [Float]
        /// The probability from which a focus is suspicious.
        public var operatingPoint: Double

        /// Gathers parameters.
        public init(
            version: String, trainedBy: String, means: [Double], deviations: [Double], directionSeed: UInt64,
            directionCount: Int, directionScale: Double, locations: [AnatomicalLocation], locationWeights: [[Float]],
            suspicionWeights: [Float], operatingPoint: Double
        ) {
            name = "provisional-logistic"
            self.version = version
            self.trainedBy = trainedBy
            features = FocusFeatures.names
            self.means = means
            self.deviations = deviations
            self.directionSeed = directionSeed
            self.directionCount = directionCount
            self.directionScale = directionScale
            self.locations = locations
            self.locationWeights = locationWeights
            self.suspicionWeights = suspicionWeights
            self.operatingPoint = operatingPoint
        }
    }

    private let transform: FeatureTransform

    /// Makes the model.
    /// - Parameter sha256: digest of the file the parameters came from.
    /// - Throws: `ModelError` where they do not fit together or this program.
    public init(parameters: Parameters, sha256: String) throws(ModelError) {
        try Self.check(parameters)
        self.parameters = parameters
        identity = ModelIdentity(name: parameters.name, version: parameters.version, sha256: sha256)
        transform = FeatureTransform(parameters)
    }

    public func classify(_ uptake: DetectedUptake, in scan: ScanVolumes) -> [ClassifiedFocus] {
        zip(uptake.foci, FocusFeatures.of(uptake, in: scan)).map { focus, features in
            ClassifiedFocus(
                focus: focus,
                verdict: verdict(transform(features), offset: focus.centroid.x - uptake.landmarks.midline))
        }
    }

    /// Judges one focus.
    /// - Parameter offset: millimetres to the left of the body's midline.
    private func verdict(_ input: [Float], offset: Double) -> Verdict {
        let scores = parameters.locationWeights.map { Self.score($0, input) }
        let highest = scores.max()!
        let exponentials = scores.map { exp($0 - highest) }
        let best = scores.firstIndex(of: highest)!
        let probability = 1 / (1 + exp(-Self.score(parameters.suspicionWeights, input)))
        let location = parameters.locations[best]
        return Verdict(
            suspiciousProbability: probability, suspicious: probability >= parameters.operatingPoint,
            location: location, laterality: location.laterality(millimetresToLeft: offset),
            locationProbability: exponentials[best] / exponentials.reduce(0, +))
    }

    /// Weighted sum plus bias.
    static func score(_ weights: [Float], _ input: [Float]) -> Double {
        var sum = Double(weights[input.count])
        for index in input.indices { sum += Double(weights[index]) * Double(input[index]) }
        return sum
    }

    private static func check(_ parameters: Parameters) throws(ModelError) {
        func areFinite(_ weights: [Float], _ count: Int) -> Bool {
            weights.count == count && weights.allSatisfy(\.isFinite)
        }
        let count = FocusFeatures.names.count
        guard parameters.name == "provisional-logistic" else { throw .mismatch("unknown model \(parameters.name)") }
        guard parameters.features == FocusFeatures.names else {
            throw .mismatch("its features are not those of this program")
        }
        guard parameters.means.count == count, parameters.means.allSatisfy(\.isFinite),
            parameters.deviations.count == count, parameters.deviations.allSatisfy({ $0.isFinite && $0 > 0 })
        else { throw .mismatch("the scale of its features is damaged") }
        guard (0...4096).contains(parameters.directionCount), parameters.directionScale.isFinite else {
            throw .mismatch("its directions are out of bounds")
        }
        let inputs = count + parameters.directionCount + 1
        guard !parameters.locations.isEmpty, Set(parameters.locations).count == parameters.locations.count,
            parameters.locationWeights.count == parameters.locations.count,
            parameters.locationWeights.allSatisfy({ areFinite($0, inputs) }),
            areFinite(parameters.suspicionWeights, inputs)
        else { throw .mismatch("its weights do not fit its shape") }
        guard (0...1).contains(parameters.operatingPoint) else {
            throw .mismatch("its operating point is not in 0...1")
        }
    }
}

/// Standardises features and adds their random Fourier transform, which lets a linear model bend
/// (Rahimi and Recht, NIPS 2007).
public struct FeatureTransform: Sendable {
    private let means: [Double]
    private let deviations: [Double]
    private let directions: [[Double]]
    private let phases: [Double]

    /// The transform that belongs to a model's parameters.
    public init(_ parameters: ProvisionalModel.Parameters) {
        self.init(
            means: parameters.means, deviations: parameters.deviations, seed: parameters.directionSeed,
            count: parameters.directionCount, scale: parameters.directionScale)
    }

    /// A transform with directions drawn from a seed.
    public init(means: [Double], deviations: [Double], seed: UInt64, count: Int, scale: Double) {
        self.means = means
        self.deviations = deviations
        var generator = DirectionGenerator(state: seed)
        directions = (0..<count).map { _ in means.map { _ in generator.normal() * scale } }
        phases = (0..<count).map { _ in generator.uniform() * 2 * .pi }
    }

    /// The model's input for one focus.
    public func callAsFunction(_ features: FocusFeatures) -> [Float] {
        let z = features.values.indices.map { index in
            // Far outside the training range a figure says no more than its limit.
            min(max((features.values[index] - means[index]) / deviations[index], -4), 4)
        }
        let waves = zip(directions, phases).map { direction, phase in
            cos(zip(direction, z).reduce(phase) { $0 + $1.0 * $1.1 })
        }
        return (z + waves).map(Float.init)
    }
}

/// The generator of the random directions (SplitMix64): part of the model's definition, so fixed here.
private struct DirectionGenerator {
    var state: UInt64

    mutating func uniform() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ z >> 31) >> 11) / 9_007_199_254_740_992
    }

    /// Box–Muller.
    mutating func normal() -> Double {
        let radius = (-2 * log(max(uniform(), 1e-300))).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }
}
