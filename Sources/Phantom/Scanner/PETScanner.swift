import Foundation
import Imaging

/// A PET scanner: samples a body with point spread, breathing, scatter and noise.
///
/// The body is read on samples twice as fine as the scanner's voxels along each axis, averaged to the voxels, blurred
/// by a Gaussian, and given noise that is correlated between neighbours, as reconstruction makes it.
struct PETScanner: Sendable {
    let scene: Scene
    let body: BodySampler
    let activity: TexturedParts
    let geometry: VolumeGeometry
    let acquisition: Acquisition
    let seed: UInt64
    /// Where the diaphragm is, LPS mm along z: breathing moves what is near it.
    let diaphragm: Float

    /// What was drawn of a site, counted in samples of the fine grid.
    struct Extent: Sendable {
        var count = 0
        var sum = SIMD3<Double>.zero
    }

    /// A scan: noisy SUVs, the site of each voxel plus one, the number of its structure, and what was drawn of each site.
    struct Scan {
        var voxels: [Float]
        var labels: [UInt16]
        var structures: [UInt8]
        var extents: [Extent]
        /// Volume of a sample of the fine grid, ml.
        var sampleMl: Double
    }

    /// Samples in a plane.
    var plane: Int { geometry.columns * geometry.rows }

    func scan() -> Scan {
        let slices = geometry.slices
        var voxels = [Float](repeating: 0, count: plane * slices)
        var labels = [UInt16](repeating: 0, count: plane * slices)
        var structures = [UInt8](repeating: 0, count: plane * slices)
        var extents = [[Extent]](repeating: [], count: slices)
        let lookup = PartLookup(scene.parts)
        voxels.withUnsafeMutableBufferPointer { voxels in
            labels.withUnsafeMutableBufferPointer { labels in
                structures.withUnsafeMutableBufferPointer { structures in
                    extents.withUnsafeMutableBufferPointer { extents in
                        nonisolated(unsafe) let (voxels, labels) = (voxels.baseAddress!, labels.baseAddress!)
                        nonisolated(unsafe) let (structures, extents) = (structures.baseAddress!, extents)
                        DispatchQueue.concurrentPerform(iterations: slices) { slice in
                            let target = SliceTarget(
                                suv: voxels + slice * plane, labels: labels + slice * plane,
                                structures: structures + slice * plane)
                            extents[slice] = draw(slice, lookup, target)
                        }
                    }
                }
            }
        }
        voxels = blurredAcrossSlices(voxels)
        addScatter(&voxels)
        addNoise(&voxels, labels)
        if acquisition.calibration != 1 {
            for index in voxels.indices { voxels[index] *= Float(acquisition.calibration) }
        }
        truncate(&voxels)
        return Scan(
            voxels: voxels, labels: labels, structures: structures, extents: merged(extents),
            sampleMl: geometry.columnSpacing * geometry.rowSpacing * geometry.sliceSpacing / 8000)
    }

    private func merged(_ extents: [[Extent]]) -> [Extent] {
        var total = [Extent](repeating: Extent(), count: scene.sites.count)
        for slice in extents {
            for (site, extent) in slice.enumerated() {
                total[site].count += extent.count
                total[site].sum += extent.sum
            }
        }
        return total
    }

    /// Standard deviation of the blur along z at a height: the point spread, and breathing near the diaphragm.
    func axialSigma(at z: Float) -> Float {
        let moved = Float(acquisition.respirationMm) * 0.33 * Breathing.share(z - diaphragm)
        return (acquisition.pointSpreadSigma * acquisition.pointSpreadSigma + moved * moved).squareRoot()
    }

    private func blurredAcrossSlices(_ source: [Float]) -> [Float] {
        var result = [Float](repeating: 0, count: source.count)
        let slices = geometry.slices
        result.withUnsafeMutableBufferPointer { result in
            source.withUnsafeBufferPointer { source in
                nonisolated(unsafe) let (result, source) = (result.baseAddress!, source.baseAddress!)
                DispatchQueue.concurrentPerform(iterations: slices) { slice in
                    let sigma = axialSigma(at: Float(geometry.sliceOrigins[slice].z))
                    let kernel = GaussianKernel(sigma: sigma / Float(acquisition.sliceSpacing))
                    let target = result + slice * plane
                    for (offset, weight) in kernel.weights.enumerated() {
                        let values = source + min(max(slice + offset - kernel.radius, 0), slices - 1) * plane
                        for index in 0..<plane { target[index] += values[index] * weight }
                    }
                }
            }
        }
        return result
    }

    /// Beyond the CT's field of view attenuation is not corrected: arms fade, and a bright rim marks the border.
    private func truncate(_ voxels: inout [Float]) {
        guard let radius = acquisition.truncationRadiusMm else { return }
        for index in 0..<plane {
            let point = geometry.point(at: index)
            let distance = (point.x * point.x + point.y * point.y).squareRoot()
            guard distance > radius - 6 else { continue }
            let factor: Float = distance > radius ? 0.35 : 1.3
            for slice in 0..<geometry.slices { voxels[slice * plane + index] *= factor }
        }
    }
}

/// How much of the diaphragm's movement organs follow.
enum Breathing {
    /// 1 at the diaphragm, falling towards the pelvis and the neck; `offset` is the height above it, mm.
    static func share(_ offset: Float) -> Float {
        let width: Float = offset > 0 ? 75 : 110
        return exp(-offset * offset / (2 * width * width))
    }
}
