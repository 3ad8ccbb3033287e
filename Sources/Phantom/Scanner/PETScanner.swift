import Foundation
import Imaging

/// A PET scanner: samples a scene with point spread and noise.
///
/// The scene is drawn on a grid twice as fine as the scanner's along each axis, blurred there by a Gaussian, averaged
/// to the scanner's voxels, and given noise that is correlated between neighbours, as reconstruction makes it.
struct PETScanner {
    static let columns = 168
    /// Distance between columns and between rows, mm.
    static let spacing: Float = 4.07283
    /// Distance between slices, mm.
    static let sliceSpacing: Float = 3
    /// Full width at half maximum of the point spread, mm.
    static let pointSpreadMm: Float = 5.5
    /// Standard deviation of the point spread, mm.
    static let pointSpreadSigma = pointSpreadMm / 2.354_82

    let scene: Scene
    let geometry: VolumeGeometry
    let seed: UInt64
    /// Standard deviation of the noise at SUV 1 in the middle of an average trunk.
    let noise: Float

    /// What was drawn of a site, counted in samples of the fine grid.
    struct Extent: Sendable {
        var count = 0
        var sum = SIMD3<Double>.zero
    }

    /// A scan: noisy SUVs, the site of each voxel plus one, and what was drawn of each site.
    struct Scan {
        var voxels: [Float]
        var labels: [UInt16]
        var extents: [Extent]
    }

    /// Volume of a sample of the fine grid, ml.
    static let sampleMl = Double(spacing * spacing * sliceSpacing) / 8000

    func scan() -> Scan {
        let plane = Self.columns * Self.columns
        let slices = geometry.slices
        var fine = [Float](repeating: 0, count: plane * slices * 2)
        var labels = [UInt16](repeating: 0, count: plane * slices)
        var extents = [[Extent]](repeating: [], count: slices)
        fine.withUnsafeMutableBufferPointer { fine in
            labels.withUnsafeMutableBufferPointer { labels in
                extents.withUnsafeMutableBufferPointer { extents in
                    nonisolated(unsafe) let (fine, labels, extents) = (fine, labels, extents)
                    DispatchQueue.concurrentPerform(iterations: slices) { slice in
                        extents[slice] = drawSlice(
                            slice, fine: fine.baseAddress! + slice * 2 * plane,
                            labels: labels.baseAddress! + slice * plane)
                    }
                }
            }
        }
        var voxels = blurAcrossSlices(fine)
        addNoise(&voxels, labels)
        return Scan(voxels: voxels, labels: labels, extents: merged(extents))
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

    /// Draws the two fine planes of a slice: in-plane blurred SUV, labels, extents.
    private func drawSlice(
        _ slice: Int, fine: UnsafeMutablePointer<Float>, labels: UnsafeMutablePointer<UInt16>
    ) -> [Extent] {
        let origin = geometry.sliceOrigins[slice]
        let half = Self.spacing / 2
        let raster = Raster(
            x0: Float(origin.x) - half / 2, y0: Float(origin.y) - half / 2, step: half, columns: Self.columns * 2,
            rows: Self.columns * 2)
        let samples = raster.columns * raster.rows
        var extents = [Extent](repeating: Extent(), count: scene.sites.count)
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: samples * 2) { seen in
            for layer in 0..<2 {
                let z = Float(origin.z) + (Float(layer) - 0.5) * Self.sliceSpacing / 2
                let plane = seen.baseAddress! + layer * samples
                raster.paint(scene.parts, z: z, into: plane)
                measure(plane, raster, z, &extents)
                project(plane, raster, into: fine + layer * Self.columns * Self.columns)
            }
            label(seen.baseAddress!, raster, labels)
        }
        return extents
    }

    private func measure(_ plane: UnsafeMutablePointer<UInt16>, _ raster: Raster, _ z: Float, _ extents: inout [Extent])
    {
        for row in 0..<raster.rows {
            let y = Double(raster.y0 + Float(row) * raster.step)
            for column in 0..<raster.columns where plane[row * raster.columns + column] != 0 {
                guard let site = scene.parts[Int(plane[row * raster.columns + column]) - 1].site else { continue }
                extents[site].count += 1
                extents[site].sum += SIMD3(Double(raster.x0 + Float(column) * raster.step), y, Double(z))
            }
        }
    }

    /// SUV of the fine plane, blurred in the plane and averaged to scanner pixels.
    private func project(
        _ plane: UnsafeMutablePointer<UInt16>, _ raster: Raster, into target: UnsafeMutablePointer<Float>
    ) {
        let count = raster.columns * raster.rows
        let values = [0] + scene.parts.map(\.suv)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { suv in
            for index in 0..<count { suv[index] = values[Int(plane[index])] }
            GaussianKernel(sigma: Self.pointSpreadSigma / raster.step).blurPlane(
                suv.baseAddress!, columns: raster.columns, rows: raster.rows)
            for row in 0..<Self.columns {
                let upper = suv.baseAddress! + row * 2 * raster.columns
                let lower = upper + raster.columns
                for column in 0..<Self.columns {
                    let sum = upper[2 * column] + upper[2 * column + 1] + lower[2 * column] + lower[2 * column + 1]
                    target[row * Self.columns + column] = sum / 4
                }
            }
        }
    }

    /// The site of each voxel: a lesion where it has at least two of the eight samples, else what has most.
    private func label(_ seen: UnsafeMutablePointer<UInt16>, _ raster: Raster, _ labels: UnsafeMutablePointer<UInt16>) {
        let samples = raster.columns * raster.rows
        let siteOfPart = [0] + scene.parts.map { UInt16(($0.site ?? -1) + 1) }
        let isLesion = [false] + scene.parts.map { $0.tissue.layer == .lesion }
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 8) { votes in
            for row in 0..<Self.columns {
                for column in 0..<Self.columns {
                    let start = row * 2 * raster.columns + column * 2
                    var lesion: UInt16 = 0
                    var lesionVotes = 0
                    for corner in 0..<8 {
                        let offset = (corner & 1) + (corner >> 1 & 1) * raster.columns + (corner >> 2) * samples
                        let part = Int(seen[start + offset])
                        votes[corner] = siteOfPart[part]
                        if isLesion[part] {
                            lesion = siteOfPart[part]
                            lesionVotes += 1
                        }
                    }
                    labels[row * Self.columns + column] = lesionVotes >= 2 ? lesion : majority(votes)
                }
            }
        }
    }

    private func majority(_ votes: UnsafeMutableBufferPointer<UInt16>) -> UInt16 {
        if (1..<8).allSatisfy({ votes[$0] == votes[0] }) { return votes[0] }
        var best: UInt16 = 0
        var most = 0
        for vote in votes {
            let count = votes.reduce(0) { $0 + ($1 == vote ? 1 : 0) }
            if count > most { (best, most) = (vote, count) }
        }
        return best
    }

    /// The blur across slices, from the fine planes to the scanner's slices.
    private func blurAcrossSlices(_ fine: [Float]) -> [Float] {
        let plane = Self.columns * Self.columns
        let kernel = GaussianKernel(sigma: Self.pointSpreadSigma / (Self.sliceSpacing / 2))
        var voxels = [Float](repeating: 0, count: geometry.count)
        voxels.withUnsafeMutableBufferPointer { voxels in
            fine.withUnsafeBufferPointer { fine in
                nonisolated(unsafe) let (voxels, fine) = (voxels, fine)
                DispatchQueue.concurrentPerform(iterations: geometry.slices) { slice in
                    let target = voxels.baseAddress! + slice * plane
                    for (offset, weight) in kernel.weights.enumerated() {
                        for half in 0..<2 {
                            let source = slice * 2 + half + offset - kernel.radius
                            let inside = min(max(source, 0), geometry.slices * 2 - 1)
                            let values = fine.baseAddress! + inside * plane
                            for index in 0..<plane { target[index] += values[index] * (weight / 2) }
                        }
                    }
                }
            }
        }
        return voxels
    }
}
