import Foundation

/// The loss of multinomial logistic regression over a set of examples, and its gradient.
///
/// Each class weighs by the square root of its share, so that rare sites count. Weights stand class by class, in each a
/// weight for every input and then the bias.
struct SoftmaxRegression {
    /// Inputs, with a one for the bias.
    private let rows: [[Float]]
    private let classes: [Int]
    /// What each example counts for; all sum to one.
    private let importance: [Float]
    /// Number of classes.
    private let count: Int
    /// Weights of one class.
    let width: Int

    /// - Parameters:
    ///   - classes: of each example, from 0.
    ///   - count: number of classes.
    init(inputs: [[Float]], classes: [Int], count: Int) {
        rows = inputs.map { $0 + [1] }
        width = inputs[0].count + 1
        self.classes = classes
        self.count = count
        let sizes = (0..<count).map { value in classes.count { $0 == value } }
        let importance = classes.map { 1 / Float(max(sizes[$0], 1)).squareRoot() }
        let total = importance.reduce(0, +)
        self.importance = importance.map { $0 / total }
    }

    /// Gradient of the weighted mean cross-entropy, and that entropy; on all cores, the parts summed in a fixed order.
    func gradient(at weights: [Float]) -> (gradient: [Float], loss: Double) {
        let parts = 4
        var gradients = [[Float]](repeating: [], count: parts)
        var losses = [Double](repeating: 0, count: parts)
        gradients.withUnsafeMutableBufferPointer { gradients in
            losses.withUnsafeMutableBufferPointer { losses in
                nonisolated(unsafe) let gradients = gradients
                nonisolated(unsafe) let losses = losses
                DispatchQueue.concurrentPerform(iterations: parts) { part in
                    var own = [Float](repeating: 0, count: weights.count)
                    for example in stride(from: part, to: rows.count, by: parts) {
                        losses[part] += accumulate(example, weights, &own)
                    }
                    gradients[part] = own
                }
            }
        }
        var sum = gradients[0]
        for part in 1..<parts { for index in sum.indices { sum[index] += gradients[part][index] } }
        return (sum, losses.reduce(0, +))
    }

    /// Adds one example's part of the gradient.
    /// - Returns: its part of the loss.
    private func accumulate(_ example: Int, _ weights: [Float], _ gradient: inout [Float]) -> Double {
        let (row, truth, importance) = (rows[example], classes[example], importance[example])
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
