import Dispatch

/// A smooth random displacement of the whole body, so that no outline is that of its formula.
///
/// Three scales of smooth noise: the lie of organs, their shape, their surface. The field is kept on a grid of 8 mm and
/// interpolated between.
struct Deformation: Sendable {
    /// Standard deviation of a displacement along each axis and size of its features, both mm.
    private static let octaves: [(amplitude: Float, sizeMm: Float)] = [(3.6, 75), (1.7, 34), (0.8, 16)]
    private static let spacing: Float = 8

    private let low: Point
    private let counts: SIMD3<Int>
    /// Displacements at the grid's points, x fastest, mm.
    private let vectors: [Point]

    /// Draws the deformation of a patient.
    /// - Parameters:
    ///   - bounds: where it is needed.
    ///   - strength: 1 as usual, 0 none.
    init(seed: UInt64, within bounds: Bounds, strength: Float = 1) {
        var random = SeededGenerator(seed: seed, stream: "deformation")
        let noise = SmoothNoise(using: &random)
        // Each axis and scale reads the one tile elsewhere.
        let offsets = (0..<9).map { _ in
            Point(Float(random.uniform(0, 64)), Float(random.uniform(0, 64)), Float(random.uniform(0, 64)))
        }
        let low = bounds.low - Self.spacing
        let size = (bounds.high - bounds.low) / Self.spacing
        let counts = SIMD3(Int(size.x) + 4, Int(size.y) + 4, Int(size.z) + 4)
        var vectors = [Point](repeating: .zero, count: counts.x * counts.y * counts.z)
        vectors.withUnsafeMutableBufferPointer { vectors in
            nonisolated(unsafe) let vectors = vectors
            DispatchQueue.concurrentPerform(iterations: counts.z) { k in
                for j in 0..<counts.y {
                    for i in 0..<counts.x {
                        let point = low + Point(Float(i), Float(j), Float(k)) * Self.spacing
                        vectors[(k * counts.y + j) * counts.x + i] =
                            Self.displacement(at: point, noise, offsets) * strength
                    }
                }
            }
        }
        self.low = low
        self.counts = counts
        self.vectors = vectors
    }

    private static func displacement(at point: Point, _ noise: SmoothNoise, _ offsets: [Point]) -> Point {
        var sum = Point.zero
        for (index, octave) in octaves.enumerated() {
            // A feature of the tile is some four samples wide.
            let place = point * (4 / octave.sizeMm)
            for axis in 0..<3 { sum[axis] += octave.amplitude * noise.value(at: place + offsets[index * 3 + axis]) }
        }
        return sum
    }

    /// The displacements along a row: `vectors` lie at `low + i * spacing`, straight lines between them.
    struct Row {
        let low: Float
        let spacing: Float
        let vectors: [Point]
    }

    /// The displacements along the row of a y and z.
    func row(y: Float, z: Float) -> Row {
        let v = min(max((y - low.y) / Self.spacing, 0), Float(counts.y) - 1.001)
        let w = min(max((z - low.z) / Self.spacing, 0), Float(counts.z) - 1.001)
        let (j, k) = (Int(v), Int(w))
        let (s, t) = (v - Float(j), w - Float(k))
        let near = (k * counts.y + j) * counts.x
        let far = near + counts.y * counts.x
        let weights = (near: ((1 - s) * (1 - t), s * (1 - t)), far: ((1 - s) * t, s * t))
        let row = [Point](unsafeUninitializedCapacity: counts.x) { row, count in
            vectors.withUnsafeBufferPointer { vectors in
                for i in 0..<counts.x {
                    let below = vectors[near + i] * weights.near.0 + vectors[near + counts.x + i] * weights.near.1
                    let above = vectors[far + i] * weights.far.0 + vectors[far + counts.x + i] * weights.far.1
                    row[i] = below + above
                }
            }
            count = counts.x
        }
        return Row(low: low.x, spacing: Self.spacing, vectors: row)
    }
}
