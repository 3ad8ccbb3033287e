import Dispatch

/// The drawing on a fine grid around the body: which part is seen at each sample.
///
/// Scanners read it instead of the shapes, each at its own samples and through the body's deformation, so that the
/// geometry is worked out once.
struct LabelMap: Sendable {
    /// The first sample, LPS mm.
    let low: Point
    /// Distance between samples along every axis, mm.
    let step: Float
    /// Samples along each axis.
    let counts: SIMD3<Int>
    /// For each sample, x fastest, the index of the part plus one; 0 outside the body.
    let parts: [UInt16]

    /// Paints a scene.
    /// - Parameters:
    ///   - step: mm.
    ///   - heights: what to paint along z, LPS mm.
    init(_ scene: Scene, step: Float, heights: ClosedRange<Float>) {
        let boxes = scene.parts.map(\.bounds)
        let whole = boxes.dropFirst().reduce(boxes[0]) { $0.union($1) }
        let low = Point(whole.low.x - step, whole.low.y - step, max(whole.low.z, heights.lowerBound))
        let high = Point(whole.high.x + step, whole.high.y + step, min(whole.high.z, heights.upperBound))
        let size = ((high - low) / step).rounded(.up)
        let counts = SIMD3(Int(size.x) + 1, Int(size.y) + 1, Int(size.z) + 1)
        let plane = counts.x * counts.y
        parts = [UInt16](unsafeUninitializedCapacity: plane * counts.z) { buffer, count in
            nonisolated(unsafe) let buffer = buffer
            DispatchQueue.concurrentPerform(iterations: counts.z) { k in
                Raster(x0: low.x, y0: low.y, step: step, columns: counts.x, rows: counts.y)
                    .paint(scene.parts, z: low.z + Float(k) * step, into: buffer.baseAddress! + k * plane)
            }
            count = plane * counts.z
        }
        (self.low, self.step, self.counts) = (low, step, counts)
    }

    /// The box of the samples.
    var bounds: Bounds {
        Bounds(low: low, high: low + Point(Float(counts.x - 1), Float(counts.y - 1), Float(counts.z - 1)) * step)
    }

    /// How many samples each part covers; `[0]` counts the air.
    var histogram: [Int] {
        var counts: [Int] = []
        for part in parts {
            while counts.count <= Int(part) { counts.append(0) }
            counts[Int(part)] += 1
        }
        return counts
    }
}
