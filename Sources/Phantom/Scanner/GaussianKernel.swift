import Foundation

/// A sampled Gaussian for separable smoothing.
struct GaussianKernel: Sendable {
    /// The weights, from −radius to radius; their sum is 1.
    let weights: [Float]

    /// Reach on either side, in samples.
    var radius: Int { weights.count / 2 }

    /// Makes one; `sigma` in samples.
    init(sigma: Float) {
        let radius = max(Int((3 * sigma).rounded(.up)), 1)
        // The integral over each sample: the point value would be wrong where the Gaussian is as narrow as a sample.
        func below(_ edge: Float) -> Float { erff(edge / (sigma * Float(2).squareRoot())) / 2 }
        let values = (-radius...radius).map { below(Float($0) + 0.5) - below(Float($0) - 0.5) }
        let sum = values.reduce(0, +)
        weights = values.map { $0 / sum }
    }

    /// Standard deviation that white noise of standard deviation 1 keeps after smoothing along one axis.
    var noiseGain: Float { weights.map { $0 * $0 }.reduce(0, +).squareRoot() }

    /// Smooths a plane along both axes in place; beyond the border lies zero.
    func blurPlane(_ plane: UnsafeMutablePointer<Float>, columns: Int, rows: Int) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: columns * rows) { buffer in
            let buffer = buffer.baseAddress!
            buffer.initialize(repeating: 0, count: columns * rows)
            for row in 0..<rows {
                for (offset, weight) in weights.enumerated() {
                    let shift = offset - radius
                    let target = buffer + row * columns
                    let source = plane + row * columns + shift
                    for column in max(0, -shift)..<min(columns, columns - shift) {
                        target[column] += source[column] * weight
                    }
                }
            }
            plane.update(repeating: 0, count: columns * rows)
            for row in 0..<rows {
                let target = plane + row * columns
                for (offset, weight) in weights.enumerated() {
                    let neighbour = row + offset - radius
                    guard neighbour >= 0, neighbour < rows else { continue }
                    let source = buffer + neighbour * columns
                    for column in 0..<columns { target[column] += source[column] * weight }
                }
            }
        }
    }
}
