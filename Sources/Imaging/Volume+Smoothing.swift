import Foundation

extension Volume {
    /// The volume convolved with a Gaussian of the given full width at half maximum, border values extending outwards.
    ///
    /// Separable along column, row and slice; the slice spacing is taken as even.
    public func smoothed(fullWidthAtHalfMaximumMm width: Double) -> Volume {
        guard width > 0 else { return self }
        let spacings = [geometry.columnSpacing, geometry.rowSpacing, geometry.sliceSpacing]
        let counts = [geometry.columns, geometry.rows, geometry.slices]
        let strides = [1, geometry.columns, geometry.columns * geometry.rows]
        var result = voxels
        for axis in 0..<3 {
            let kernel = Self.gaussian(sigma: width / 2.354_82 / spacings[axis])
            if kernel.count > 1 {
                result = Self.convolve(result, kernel, count: counts[axis], stride: strides[axis])
            }
        }
        return Volume(geometry: geometry, voxels: result)
    }

    /// Weights at 0, ±1, ±2 … voxels out to three standard deviations, normalised as the two-sided kernel.
    private static func gaussian(sigma: Double) -> [Float] {
        let radius = Int((3 * sigma).rounded(.up))
        let weights = (0...radius).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
        let sum = weights[0] + 2 * weights.dropFirst().reduce(0, +)
        return weights.map { Float($0 / sum) }
    }

    /// Convolves along the axis whose neighbours are `stride` apart.
    private static func convolve(_ input: [Float], _ kernel: [Float], count: Int, stride: Int) -> [Float] {
        var output = [Float](repeating: 0, count: input.count)
        let block = count * stride
        input.withUnsafeBufferPointer { source in
            nonisolated(unsafe) let source = source
            output.withUnsafeMutableBufferPointer { target in
                nonisolated(unsafe) let target = target
                DispatchQueue.concurrentPerform(iterations: input.count / block) { outer in
                    for position in 0..<count {
                        let row = outer * block + position * stride
                        for offset in 0..<stride { target[row + offset] = kernel[0] * source[row + offset] }
                        for distance in 1..<kernel.count {
                            let before = outer * block + max(position - distance, 0) * stride
                            let after = outer * block + min(position + distance, count - 1) * stride
                            let weight = kernel[distance]
                            for offset in 0..<stride {
                                target[row + offset] += weight * (source[before + offset] + source[after + offset])
                            }
                        }
                    }
                }
            }
        }
        return output
    }
}
