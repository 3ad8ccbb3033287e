import Foundation

/// Cross-entropy of one class out of several, from logits, at one or more levels of a hierarchy.
///
/// A softmax over the classes gives p; a level gathers classes into groups, whose probability is the sum of their classes'.
/// L = Σ rows Σ levels λ · w(row, level) · −log P(true group) / divisor, where w is the row's weight times that of its group.
/// A guess in the right group but the wrong class is wrong at the fine level only, so a near miss costs less; a row whose
/// truth is known at a coarse level only counts there. ∂L/∂x_k = λ · w · (p_k − [k in true group] · p_k / P) / divisor.
///
/// With one level of groups of one class each it is the usual cross-entropy with class weights.
public struct CategoricalCrossEntropy: Sendable {
    /// A way of gathering the classes.
    public struct Level: Sendable {
        /// The group of each class.
        public let groups: [Int]
        /// Weight λ of the level.
        public let weight: Float
        /// Weight of each group, for balance.
        public let groupWeights: [Float]

        /// Describes a level.
        /// - Parameters:
        ///   - groups: the group of each class, counted from 0.
        ///   - groupWeights: weight of each group; where not given, 1.
        public init(groups: [Int], weight: Float = 1, groupWeights: [Float]? = nil) {
            precondition(!groups.isEmpty && groups.allSatisfy { $0 >= 0 }, "a class without a group")
            let count = groups.max()! + 1
            self.groups = groups
            self.weight = weight
            self.groupWeights = groupWeights ?? Array(repeating: 1, count: count)
            precondition(Set(groups).count == count, "a group without a class")
            precondition(self.groupWeights.count == count, "\(self.groupWeights.count) weights of \(count) groups")
        }

        /// Every class by itself.
        public static func classes(_ count: Int, weight: Float = 1, classWeights: [Float]? = nil) -> Level {
            Level(groups: Array(0..<count), weight: weight, groupWeights: classWeights)
        }
    }

    /// The levels, in the order of the targets.
    public let levels: [Level]

    /// Makes a loss of levels over the same classes.
    public init(_ levels: [Level]) {
        precondition(!levels.isEmpty, "a loss without levels")
        precondition(levels.allSatisfy { $0.groups.count == levels[0].groups.count }, "levels over unlike classes")
        self.levels = levels
    }

    /// The loss of some logits.
    /// - Parameters:
    ///   - logits: rows of one logit for each class (last axis).
    ///   - targets: the true group of each row, for each level in turn; `nil` where it is not known at that level.
    ///   - weights: how much each row counts.
    ///   - divisor: what the sum is divided by, for the *whole* batch: see `divisor(targets:weights:)`.
    public func loss(_ logits: Tensor, targets: [[Int?]], weights: [Float], divisor: Double) -> Loss {
        let classes = levels[0].groups.count
        precondition(logits.channels == classes, "\(logits.channels) logits for \(classes) classes")
        let rows = logits.count / classes
        precondition(targets.count == levels.count && targets.allSatisfy { $0.count == rows }, "targets for other rows")
        precondition(weights.count == rows && divisor > 0, "weights for other rows, or nothing to divide by")
        var gradient = Tensor(logits.shape)
        var sum = 0.0
        gradient.withUnsafeMutableBuffer { gradient in
            logits.withUnsafeBuffer { logits in
                for row in 0..<rows where weights[row] != 0 && targets.contains(where: { $0[row] != nil }) {
                    let own = UnsafeBufferPointer(rebasing: logits[row * classes..<(row + 1) * classes])
                    let all = Self.softmax(own) { _ in true }
                    for (level, truths) in zip(levels, targets) {
                        guard let truth = truths[row] else { continue }
                        let weight = Double(level.weight * level.groupWeights[truth] * weights[row]) / divisor
                        let inside = Self.softmax(own) { level.groups[$0] == truth }
                        sum += weight * (all.logarithm - inside.logarithm)
                        for index in 0..<classes {
                            gradient[row * classes + index] += Float(
                                weight * (all.shares[index] - inside.shares[index]))
                        }
                    }
                }
            }
        }
        return Loss(value: sum, gradient: gradient)
    }

    /// The sum of λ · w over the rows and levels whose truth is known: dividing by it makes the loss a mean.
    public func divisor(targets: [[Int?]], weights: [Float]) -> Double {
        var sum = 0.0
        for (level, truths) in zip(levels, targets) {
            for (truth, weight) in zip(truths, weights) {
                guard let truth else { continue }
                sum += Double(level.weight * level.groupWeights[truth] * weight)
            }
        }
        return sum
    }

    /// The shares e^x / Σ e^x among the chosen classes, zero for the others, and log Σ e^x, without overflow.
    private static func softmax(
        _ logits: UnsafeBufferPointer<Float>, of chosen: (Int) -> Bool
    ) -> (shares: [Double], logarithm: Double) {
        var highest = -Double.infinity
        for index in logits.indices where chosen(index) { highest = max(highest, Double(logits[index])) }
        let exponentials = logits.indices.map { chosen($0) ? exp(Double(logits[$0]) - highest) : 0 }
        let total = exponentials.reduce(0, +)
        return (exponentials.map { $0 / total }, highest + log(total))
    }
}
