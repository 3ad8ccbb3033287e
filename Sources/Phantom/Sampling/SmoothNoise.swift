/// Smooth standard normal noise on a periodic grid of 64 samples along each axis.
///
/// White noise smoothed over neighbours, normalised to a mean of 0 and a standard deviation of 1. One tile serves every
/// scale: whoever reads it chooses how many millimetres a sample is, and where to begin.
struct SmoothNoise: Sendable {
    static let side = 64
    private static let mask = side - 1

    /// x fastest.
    let values: [Float]

    /// Draws a tile.
    init(using random: inout SeededGenerator) {
        let count = Self.side * Self.side * Self.side
        var tile = [Float](repeating: 0, count: count)
        tile.withUnsafeMutableBufferPointer { random.fillNormal($0) }
        // The weights of a cubic B-spline, twice: neighbours are alike, features some four samples wide.
        for stride in [1, Self.side, Self.side * Self.side] {
            for _ in 0..<2 { tile = Self.smoothed(tile, stride) }
        }
        let mean = tile.reduce(0, +) / Float(count)
        let variance = tile.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(count)
        let scale = 1 / variance.squareRoot()
        values = tile.map { ($0 - mean) * scale }
    }

    private static func smoothed(_ tile: [Float], _ stride: Int) -> [Float] {
        tile.withUnsafeBufferPointer { tile in
            [Float](unsafeUninitializedCapacity: tile.count) { result, count in
                for index in 0..<tile.count {
                    let place = index / stride & mask
                    let before = index + ((place - 1) & mask - place) * stride
                    let after = index + ((place + 1) & mask - place) * stride
                    result[index] = (tile[before] + 4 * tile[index] + tile[after]) / 6
                }
                count = tile.count
            }
        }
    }

    /// The nearest sample's value.
    @inline(__always) static func index(_ x: Int, _ y: Int, _ z: Int) -> Int {
        (z & mask) << 12 | (y & mask) << 6 | x & mask
    }

    /// Trilinear interpolation at a point counted in samples.
    func value(at point: Point) -> Float {
        let base = point.rounded(.down)
        let t = point - base
        let (x, y, z) = (Int(base.x), Int(base.y), Int(base.z))
        func line(_ y: Int, _ z: Int) -> Float {
            let (a, b) = (values[Self.index(x, y, z)], values[Self.index(x + 1, y, z)])
            return a + (b - a) * t.x
        }
        func plane(_ z: Int) -> Float {
            let (a, b) = (line(y, z), line(y + 1, z))
            return a + (b - a) * t.y
        }
        let (a, b) = (plane(z), plane(z + 1))
        return a + (b - a) * t.z
    }
}
