import Classification
import Foundation
import NeuralNetwork

/// Cross-entropy over the cubes of a scan, rare organs counting more, and how many cubes are called right.
package struct OrganLoss: Sendable {
    /// How much a cube of each class counts: the root of how rare it is, at most ten times the mean.
    private let weights: [Float]

    package init(_ patients: [OrganPatient]) {
        var counts = [Double](repeating: 0, count: OrganGrid.classes)
        for patient in patients { for case let label? in patient.labels { counts[Int(label)] += 1 } }
        let mean = counts.reduce(0, +) / Double(counts.count)
        weights = counts.map { Float(min((mean / max($0, 1)).squareRoot(), 10)) }
    }

    /// The mean loss over the cubes of a patient whose class is known.
    /// - Parameter logits: of his grid, changed.
    package func callAsFunction(_ logits: Tensor, _ patient: OrganPatient, _ change: OrganGrid.Change) -> Loss {
        let classes = OrganGrid.classes
        var gradient = Tensor(logits.shape)
        var sum = 0.0
        let divisor = Float(max(patient.labels.count { $0 != nil }, 1))
        gradient.withUnsafeMutableBuffer { gradient in
            logits.withUnsafeBuffer { logits in
                for cube in patient.labels.indices {
                    guard let label = patient.label(cube, change) else { continue }
                    let row = cube * classes..<(cube + 1) * classes
                    let highest = logits[row].max()!
                    var total: Float = 0
                    for index in row {
                        gradient[index] = expf(logits[index] - highest)
                        total += gradient[index]
                    }
                    let weight = weights[label] / divisor
                    sum += Double(weight * (logf(total) + highest - logits[row.lowerBound + label]))
                    for index in row { gradient[index] *= weight / total }
                    gradient[row.lowerBound + label] -= weight
                }
            }
        }
        return Loss(value: sum, gradient: gradient)
    }
}

/// How often each class is called right.
public struct OrganScore: Sendable {
    /// Of each class: cubes of it, cubes called it, cubes of it called it.
    private(set) var counts = [(of: Int, called: Int, right: Int)](repeating: (0, 0, 0), count: OrganGrid.classes)

    package init() {}

    /// Counts a patient's cubes.
    package mutating func add(_ logits: Tensor, _ patient: OrganPatient) {
        let classes = OrganGrid.classes
        logits.withUnsafeBuffer { logits in
            for (cube, label) in patient.labels.enumerated() {
                guard let label else { continue }
                let row = cube * classes..<(cube + 1) * classes
                let best = row.max { logits[$0] < logits[$1] }! - row.lowerBound
                counts[Int(label)].of += 1
                counts[best].called += 1
                if best == Int(label) { counts[best].right += 1 }
            }
        }
    }

    mutating func add(_ other: OrganScore) {
        for (index, count) in other.counts.enumerated() {
            counts[index].of += count.of
            counts[index].called += count.called
            counts[index].right += count.right
        }
    }

    /// Part of the cubes within the body that are called right.
    public var right: Double {
        let inside = counts.dropLast()
        return Double(inside.reduce(0) { $0 + $1.right }) / Double(max(inside.reduce(0) { $0 + $1.of }, 1))
    }

    /// Dice coefficient of a class (2 · right / (of + called)); nil for one that no patient has.
    public func dice(_ index: Int) -> Double? {
        let count = counts[index]
        return count.of == 0 ? nil : 2 * Double(count.right) / Double(count.of + count.called)
    }
}
