import Foundation

/// Noise: variance in proportion to local activity, more of it where the body is thick and where beds overlap least.
extension PETScanner {
    func addNoise(_ voxels: inout [Float], _ labels: [UInt16]) {
        let field = correlatedField()
        let plane = Self.columns * Self.columns
        for slice in 0..<geometry.slices {
            let scale = noise * bodyFactor(labels, slice) * bedFactor(slice)
            for index in slice * plane..<(slice + 1) * plane {
                let activity = voxels[index]
                voxels[index] = max(activity + scale * (max(activity, 0) + 0.01).squareRoot() * field[index], 0)
            }
        }
    }

    /// Fewer photons leave a thick body: the root of the attenuation along its mean diameter, against 30 cm.
    private func bodyFactor(_ labels: [UInt16], _ slice: Int) -> Float {
        let plane = Self.columns * Self.columns
        let inside = labels[slice * plane..<(slice + 1) * plane].reduce(0) { $0 + ($1 == 0 ? 0 : 1) }
        let diameter = (Float(inside) * Self.spacing * Self.spacing * 4 / .pi).squareRoot()
        // 0.0096 per mm attenuates 511 keV in water; scatter and randoms corrections take part of it back.
        return min(max(exp(0.0096 * 0.35 * (diameter - 300)), 0.5), 2)
    }

    /// The sensitivity of a bed falls from its middle to its ends, where the next bed overlaps.
    private func bedFactor(_ slice: Int) -> Float {
        let position = Float(slice % BedPositions.step) / Float(BedPositions.step)
        return 1 + 0.12 * cos(2 * .pi * position)
    }

    /// Standard normal noise, smoothed as reconstruction smooths it.
    private func correlatedField() -> [Float] {
        let plane = Self.columns * Self.columns
        let inPlane = GaussianKernel(sigma: 5.2 / 2.354_82 / Self.spacing)
        let across = GaussianKernel(sigma: 4.5 / 2.354_82 / Self.sliceSpacing)
        var white = [Float](repeating: 0, count: geometry.count)
        var field = [Float](repeating: 0, count: geometry.count)
        let gain = 1 / (inPlane.noiseGain * inPlane.noiseGain * across.noiseGain)
        white.withUnsafeMutableBufferPointer { white in
            field.withUnsafeMutableBufferPointer { field in
                nonisolated(unsafe) let (white, field) = (white, field)
                DispatchQueue.concurrentPerform(iterations: geometry.slices) { slice in
                    var random = SeededGenerator(seed: seed, stream: "pet-noise/\(slice)")
                    random.fillNormal(UnsafeMutableBufferPointer(rebasing: white[slice * plane..<(slice + 1) * plane]))
                    inPlane.blurPlane(white.baseAddress! + slice * plane, columns: Self.columns, rows: Self.columns)
                }
                DispatchQueue.concurrentPerform(iterations: geometry.slices) { slice in
                    for (offset, weight) in across.weights.enumerated() {
                        let source = min(max(slice + offset - across.radius, 0), geometry.slices - 1)
                        let values = white.baseAddress! + source * plane
                        let target = field.baseAddress! + slice * plane
                        for index in 0..<plane { target[index] += values[index] * weight * gain }
                    }
                }
            }
        }
        return field
    }
}

/// Bed positions of a step-and-shoot scan from the thighs upwards.
enum BedPositions {
    /// Slices from one bed position to the next.
    static let step = 43

    /// Seconds at each bed position.
    static let seconds = 180

    /// The bed in which a slice was acquired, from 0 at the thighs.
    static func bed(ofSlice slice: Int) -> Int { slice / step }
}
