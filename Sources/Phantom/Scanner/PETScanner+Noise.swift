import Foundation
import Imaging

/// Noise: more of it where activity is high, in the middle of thick bodies, where beds overlap least and at the ends.
extension PETScanner {
    func addNoise(_ voxels: inout [Float], _ labels: [UInt16]) {
        let grain = acquisition.pointSpreadSigma * Float(acquisition.grain)
        let field = correlatedField(sigma: grain, stream: "pet-noise", every: 1)
        // Reconstruction stopped early leaves coarse waves too.
        let waves = correlatedField(sigma: grain * 2.4, stream: "pet-waves", every: 2)
        // A coarser grid or smoother reconstruction averages more decays in a voxel of its grain.
        let smoothness = powf(5.5 / Float(acquisition.pointSpreadMm), 0.75)
        voxels.withUnsafeMutableBufferPointer { voxels in
            nonisolated(unsafe) let voxels = voxels.baseAddress!
            DispatchQueue.concurrentPerform(iterations: geometry.slices) { slice in
                let shape = BodySection(labels, slice, geometry)
                let scale = Float(acquisition.noise) * smoothness * shape.thickness * bedFactor(slice)
                for index in slice * plane..<(slice + 1) * plane {
                    let activity = voxels[index]
                    let wave = 0.88 * field[index] + 0.42 * waves[index]
                    // Between Poisson noise (the root) and that of ordered subsets, which follows the activity itself.
                    let deviation = scale * powf(max(activity, 0) + 0.01, 0.62)
                    voxels[index] = max(activity + deviation * wave * shape.depth(index % plane), 0)
                }
            }
        }
    }

    /// The sensitivity of a bed falls from its middle to its ends, where the next bed overlaps; nothing overlaps the
    /// ends of the scan.
    private func bedFactor(_ slice: Int) -> Float {
        let step = acquisition.bedStep
        let overlap = 1 + 0.12 * cos(2 * .pi * Float(slice % step) / Float(step))
        let fromEnd = Float(min(slice, geometry.slices - 1 - slice)) * Float(acquisition.sliceSpacing)
        return overlap * (1 + 1.6 * exp(-fromEnd / 9))
    }

    /// Standard normal noise, smoothed as reconstruction smooths it.
    /// - Parameter every: slices and pixels are filled from a grid coarser by this factor.
    private func correlatedField(sigma: Float, stream: String, every: Int) -> [Float] {
        let (columns, rows) = (geometry.columns / every, geometry.rows / every)
        let slices = geometry.slices / every + 1
        let small = columns * rows
        let inPlane = GaussianKernel(sigma: sigma / Float(geometry.columnSpacing) / Float(every))
        let across = GaussianKernel(sigma: sigma * 0.87 / Float(geometry.sliceSpacing) / Float(every))
        let gain = 1 / (inPlane.noiseGain * inPlane.noiseGain * across.noiseGain)
        var white = [Float](repeating: 0, count: small * slices)
        var field = [Float](repeating: 0, count: plane * geometry.slices)
        white.withUnsafeMutableBufferPointer { white in
            field.withUnsafeMutableBufferPointer { field in
                nonisolated(unsafe) let (white, field) = (white, field.baseAddress!)
                DispatchQueue.concurrentPerform(iterations: slices) { slice in
                    var random = SeededGenerator(seed: seed, stream: "\(stream)/\(slice)")
                    random.fillNormal(UnsafeMutableBufferPointer(rebasing: white[slice * small..<(slice + 1) * small]))
                    inPlane.blurPlane(white.baseAddress! + slice * small, columns: columns, rows: rows)
                }
                DispatchQueue.concurrentPerform(iterations: geometry.slices) { slice in
                    let target = field + slice * plane
                    for (offset, weight) in across.weights.enumerated() {
                        let source = min(max(slice / every + offset - across.radius, 0), slices - 1)
                        let values = white.baseAddress! + source * small
                        for row in 0..<geometry.rows {
                            let line = values + min(row / every, rows - 1) * columns
                            let into = target + row * geometry.columns
                            if every == 1 {
                                for column in 0..<columns { into[column] += line[column] * weight * gain }
                            } else {
                                for column in 0..<geometry.columns {
                                    into[column] += line[min(column / every, columns - 1)] * weight * gain
                                }
                            }
                        }
                    }
                }
            }
        }
        return field
    }
}

/// The outline of the body in a slice, for what attenuation does to noise.
private struct BodySection {
    /// Fewer photons leave a thick body: the root of the attenuation along its mean diameter, against 30 cm.
    let thickness: Float
    private let middle: SIMD2<Float>
    private let radii: SIMD2<Float>
    private let columns: Int

    init(_ labels: [UInt16], _ slice: Int, _ geometry: VolumeGeometry) {
        columns = geometry.columns
        let plane = geometry.columns * geometry.rows
        var count: Float = 0
        var (sum, square) = (SIMD2<Float>.zero, SIMD2<Float>.zero)
        for index in 0..<plane where labels[slice * plane + index] != 0 {
            let point = SIMD2(Float(index % columns), Float(index / columns))
            count += 1
            sum += point
            square += point * point
        }
        middle = sum / max(count, 1)
        let variance = square / max(count, 1) - middle * middle
        // An even ellipse has a variance of a quarter of its half axis squared.
        radii = 2 * SIMD2(max(variance.x, 1).squareRoot(), max(variance.y, 1).squareRoot())
        let diameter = (count * Float(geometry.columnSpacing * geometry.rowSpacing) * 4 / .pi).squareRoot()
        // 0.0096 per mm attenuates 511 keV in water; scatter and randoms corrections take part of it back.
        thickness = min(max(exp(0.0096 * 0.35 * (diameter - 300)), 0.5), 2)
    }

    /// More noise in the middle of the body than at its surface.
    func depth(_ index: Int) -> Float {
        let offset = (SIMD2(Float(index % columns), Float(index / columns)) - middle) / radii
        return 1.2 - 0.5 * min((offset * offset).sum(), 1)
    }
}
