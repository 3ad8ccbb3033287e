import Foundation
import Imaging

/// What scatter correction leaves behind, or takes too much of: a broad faint copy of the activity.
extension PETScanner {
    /// Edge of the blocks in which scatter is worked out, mm: it has no detail.
    private static let blockMm = 24.0
    /// Standard deviation of its spread, mm.
    private static let spreadMm = 55.0

    func addScatter(_ voxels: inout [Float]) {
        guard acquisition.scatter != 0 else { return }
        let edge = max(Int((Self.blockMm / geometry.columnSpacing).rounded()), 1)
        let depth = max(Int((Self.blockMm / geometry.sliceSpacing).rounded()), 1)
        let counts = SIMD3(
            (geometry.columns + edge - 1) / edge, (geometry.rows + edge - 1) / edge,
            (geometry.slices + depth - 1) / depth)
        var blocks = blockMeans(voxels, edge, depth, counts)
        let kernel = GaussianKernel(sigma: Float(Self.spreadMm / Self.blockMm))
        blocks.withUnsafeMutableBufferPointer { blocks in
            for k in 0..<counts.z {
                kernel.blurPlane(
                    blocks.baseAddress! + k * counts.x * counts.y, columns: counts.x, rows: counts.y)
            }
        }
        for k in 0..<geometry.slices {
            // Smooth from block to block along z, stepwise in the plane, where the smoothing already made it even.
            let place = (Float(k) + 0.5) / Float(depth) - 0.5
            let low = min(max(Int(place.rounded(.down)), 0), counts.z - 1)
            let high = min(low + 1, counts.z - 1)
            let weight = min(max(place - Float(low), 0), 1)
            for index in 0..<plane {
                let block = index / geometry.columns / edge * counts.x + index % geometry.columns / edge
                let below = blocks[low * counts.x * counts.y + block]
                let above = blocks[high * counts.x * counts.y + block]
                let scattered = Float(acquisition.scatter) * (below + (above - below) * weight)
                voxels[k * plane + index] = max(voxels[k * plane + index] + scattered, 0)
            }
        }
    }

    private func blockMeans(_ voxels: [Float], _ edge: Int, _ depth: Int, _ counts: SIMD3<Int>) -> [Float] {
        var blocks = [Float](repeating: 0, count: counts.x * counts.y * counts.z)
        for k in 0..<geometry.slices {
            let start = k / depth * counts.x * counts.y
            for j in 0..<geometry.rows {
                let line = (k * geometry.rows + j) * geometry.columns
                let row = start + j / edge * counts.x
                for i in 0..<geometry.columns { blocks[row + i / edge] += voxels[line + i] }
            }
        }
        let scale = 1 / Float(edge * edge * depth)
        return blocks.map { $0 * scale }
    }
}
