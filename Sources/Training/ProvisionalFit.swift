import Anatomy
import Classification
import Foundation

/// Fits the provisional classifier: two logistic regressions over one input, by full-batch Adam with weight decay.
///
/// Deterministic: the same foci and settings give the same parameters on the same machine.
public struct ProvisionalFit: Sendable {
    /// Number of random Fourier directions.
    public var directionCount = 256
    /// Standard deviation of a direction's components.
    public var directionScale = 0.25
    /// Steps of Adam.
    public var steps = 600
    /// Adam's step length.
    public var rate: Float = 0.03
    /// Weight decay, per step and unit of rate.
    public var decay: Float = 0.002

    /// The settings of the shipped fit.
    public init() {}

    /// Fits.
    /// - Precondition: at least one focus, and one step.
    /// - Parameters:
    ///   - foci: the training foci.
    ///   - command: the command line to record in the model.
    ///   - progress: told the part done (0 to 1) and the present loss.
    public func fit(
        _ foci: [LabelledFocus], version: String, command: String, progress: (Double, Double) -> Void
    ) -> ProvisionalModel.Parameters {
        precondition(!foci.isEmpty && steps > 0)
        let (means, deviations) = Self.moments(of: foci)
        let transform = FeatureTransform(
            means: means, deviations: deviations, seed: 1, count: directionCount, scale: directionScale)
        let inputs = foci.map { transform($0.features) }
        let locations = AnatomicalLocation.allCases.filter { location in foci.contains { $0.location == location } }
        let rank = Dictionary(uniqueKeysWithValues: locations.enumerated().map { ($1, $0) })
        let locationWeights = descend(inputs, classes: foci.map { rank[$0.location]! }, count: locations.count) {
            progress($0 / 2, $1)
        }
        // A two-class softmax; the difference of its rows is the logistic regression.
        let suspicion = descend(inputs, classes: foci.map { $0.suspicious ? 1 : 0 }, count: 2) {
            progress(0.5 + $0 / 2, $1)
        }
        return ProvisionalModel.Parameters(
            version: version, trainedBy: command, means: means, deviations: deviations, directionSeed: 1,
            directionCount: directionCount, directionScale: directionScale, locations: locations,
            locationWeights: locationWeights, suspicionWeights: zip(suspicion[1], suspicion[0]).map { $0 - $1 },
            operatingPoint: 0.5)
    }

    private static func moments(of foci: [LabelledFocus]) -> ([Double], [Double]) {
        let count = Double(foci.count)
        let means = FocusFeatures.names.indices.map { index in
            foci.reduce(0) { $0 + $1.features.values[index] } / count
        }
        let deviations = means.indices.map { index in
            let squares = foci.reduce(0) { $0 + pow($1.features.values[index] - means[index], 2) }
            return max((squares / count).squareRoot(), 1e-3)
        }
        return (means, deviations)
    }

    /// Descends from zero along the gradient.
    /// - Returns: a row for each class: weights, then bias.
    private func descend(
        _ inputs: [[Float]], classes: [Int], count: Int, progress: (Double, Double) -> Void
    ) -> [[Float]] {
        let regression = SoftmaxRegression(inputs: inputs, classes: classes, count: count)
        var weights = [Float](repeating: 0, count: count * regression.width)
        var adam = Adam(count: weights.count, rate: rate, decay: decay)
        for step in 1...steps {
            let (gradient, loss) = regression.gradient(at: weights)
            adam.update(&weights, gradient, step: step, cooling: 1 - Float(step) / Float(steps + 1))
            if step % 20 == 0 || step == steps { progress(Double(step) / Double(steps), loss) }
        }
        return (0..<count).map { Array(weights[$0 * regression.width..<($0 + 1) * regression.width]) }
    }
}

/// Adam with decoupled weight decay (Kingma and Ba 2015; Loshchilov and Hutter 2019).
private struct Adam {
    private var first: [Float]
    private var second: [Float]
    private let rate: Float
    private let decay: Float

    init(count: Int, rate: Float, decay: Float) {
        first = [Float](repeating: 0, count: count)
        second = first
        self.rate = rate
        self.decay = decay
    }

    mutating func update(_ weights: inout [Float], _ gradient: [Float], step: Int, cooling: Float) {
        let firstBias = 1 - powf(0.9, Float(step))
        let secondBias = 1 - powf(0.999, Float(step))
        for index in weights.indices {
            first[index] = 0.9 * first[index] + 0.1 * gradient[index]
            second[index] = 0.999 * second[index] + 0.001 * gradient[index] * gradient[index]
            let direction = first[index] / firstBias / ((second[index] / secondBias).squareRoot() + 1e-8)
            weights[index] -= rate * cooling * (direction + decay * weights[index])
        }
    }
}
