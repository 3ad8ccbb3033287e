import Foundation
import Imaging

/// A CT scanner: Hounsfield units of the scene, averaged over the pixel, with a little noise.
struct CTScanner {
    static let columns = 256
    /// Distance between columns and between rows, mm: a field of view of 500 mm.
    static let spacing: Float = 500 / 256
    /// Distance between slices, mm.
    static let sliceSpacing: Float = 3

    let scene: Scene
    let geometry: VolumeGeometry
    let seed: UInt64

    func scan() -> [Float] {
        let plane = Self.columns * Self.columns
        var voxels = [Float](repeating: 0, count: geometry.count)
        voxels.withUnsafeMutableBufferPointer { voxels in
            nonisolated(unsafe) let voxels = voxels
            DispatchQueue.concurrentPerform(iterations: geometry.slices) { slice in
                drawSlice(slice, voxels.baseAddress! + slice * plane)
            }
        }
        return voxels
    }

    private func drawSlice(_ slice: Int, _ target: UnsafeMutablePointer<Float>) {
        let origin = geometry.sliceOrigins[slice]
        let half = Self.spacing / 2
        let raster = Raster(
            x0: Float(origin.x) - half / 2, y0: Float(origin.y) - half / 2, step: half, columns: Self.columns * 2,
            rows: Self.columns * 2)
        let values = [-1000] + scene.parts.map(\.tissue.hu)
        let plane = Self.columns * Self.columns
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: raster.columns * raster.rows) { seen in
            raster.paint(scene.parts, z: Float(origin.z), into: seen.baseAddress!)
            for row in 0..<Self.columns {
                for column in 0..<Self.columns {
                    let start = row * 2 * raster.columns + column * 2
                    let upper = values[Int(seen[start])] + values[Int(seen[start + 1])]
                    let lower =
                        values[Int(seen[start + raster.columns])] + values[Int(seen[start + raster.columns + 1])]
                    target[row * Self.columns + column] = (upper + lower) / 4
                }
            }
        }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: plane) { noise in
            var random = SeededGenerator(seed: seed, stream: "ct-noise/\(slice)")
            random.fillNormal(noise)
            let kernel = GaussianKernel(sigma: 0.6)
            kernel.blurPlane(noise.baseAddress!, columns: Self.columns, rows: Self.columns)
            let scale = 14 / (kernel.noiseGain * kernel.noiseGain)
            for index in 0..<plane {
                // Scanners clip at air.
                target[index] = max((target[index] + noise[index] * scale).rounded(), -1024)
            }
        }
    }
}
