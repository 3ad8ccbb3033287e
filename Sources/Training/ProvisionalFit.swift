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
    /// - Parameters:
    ///   - foci: the training foci.
    ///   - command: the command line to record in the model.
    ///   - progress: told the part done (0 to 1) and the present loss.
    public func fit(
        _ foci: [LabelledFocus], version: String, command: String, progress: (Double, Double) -> Void
    ) -> ProvisionalModel.Parameters {
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

    /// Multinomial logistic regression; each class weighs by the square root of its share, so that rare sites count.
    /// - Returns: a row for each class: weights, then bias.
    private func descend(
        _ inputs: [[Float]], classes: [Int], count: Int, progress: (Double, Double) -> Void
    ) -> [[Float]] {
        let width = inputs[0].count + 1
        let rows = inputs.map { $0 + [1] }
        let sizes = (0..<count).map { value in classes.count { $0 == value } }
        let importance = classes.map { 1 / Float(max(sizes[$0], 1)).squareRoot() }
        let total = importance.reduce(0, +)
        var weights = [Float](repeating: 0, count: count * width)
        var adam = Adam(count: weights.count, rate: rate, decay: decay)
        for step in 1...steps {
            let (gradient, loss) = Self.gradient(rows, classes, importance, total, weights, count, width)
            adam.update(&weights, gradient, step: step, cooling: 1 - Float(step) / Float(steps + 1))
            if step % 20 == 0 || step == steps { progress(Double(step) / Double(steps), loss) }
        }
        return (0..<count).map { Array(weights[$0 * width..<($0 + 1) * width]) }
    }

    /// Gradient of the weighted mean cross-entropy, on both cores; halves are summed in a fixed order.
    private static func gradient(
        _ rows: [[Float]], _ classes: [Int], _ importance: [Float], _ total: Float, _ weights: [Float], _ count: Int,
        _ width: Int
    ) -> ([Float], Double) {
        let parts = 4
        var gradients = [[Float]](repeating: [], count: parts)
        var losses = [Double](repeating: 0, count: parts)
        gradients.withUnsafeMutableBufferPointer { gradients in
            losses.withUnsafeMutableBufferPointer { losses in
                nonisolated(unsafe) let gradients = gradients
                nonisolated(unsafe) let losses = losses
                DispatchQueue.concurrentPerform(iterations: parts) { part in
                    var own = [Float](repeating: 0, count: weights.count)
                    for index in stride(from: part, to: rows.count, by: parts) {
                        losses[part] += accumulate(
                            rows[index], classes[index], importance[index] / total, weights, count, width, &own)
                    }
                    gradients[part] = own
                }
            }
        }
        var sum = gradients[0]
        for part in 1..<parts { for index in sum.indices { sum[index] += gradients[part][index] } }
        return (sum, losses.reduce(0, +))
    }

    private static func accumulate(
        _ row: [Float], _ truth: Int, _ importance: Float, _ weights: [Float], _ count: Int, _ width: Int,
        _ gradient: inout [Float]
    ) -> Double {
        var scores = [Float](repeating: 0, count: count)
        weights.withUnsafeBufferPointer { weights in
            row.withUnsafeBufferPointer { row in
                for value in 0..<count {
                    var sum: Float = 0
                    for index in 0..<width { sum += weights[value * width + index] * row[index] }
                    scores[value] = sum
                }
            }
        }
        let highest = scores.max()!
        let exponentials = scores.map { expf($0 - highest) }
        let norm = exponentials.reduce(0, +)
        gradient.withUnsafeMutableBufferPointer { gradient in
            row.withUnsafeBufferPointer { row in
                for value in 0..<count {
                    let error = (exponentials[value] / norm - (value == truth ? 1 : 0)) * importance
                    if abs(error) < 1e-12 { continue }
                    for index in 0..<width { gradient[value * width + index] += error * row[index] }
                }
            }
        }
        return -Double(importance) * log(Double(max(exponentials[truth] / norm, 1e-12)))
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
