import Imaging

/// Draws lesions into a grid, none over another: single voxels, grown clusters, hollow balls, combs; at the border, and
/// touching each other.
struct LesionDrawing {
    private let geometry: VolumeGeometry
    /// Voxels that a lesion may have, so that all of them leave most of the grid free.
    private let largest: Int
    private var taken: Set<Int> = []
    private var last: [Int] = []

    init(geometry: VolumeGeometry, lesions: Int) {
        self.geometry = geometry
        largest = max(1, min(400, geometry.count / (4 * (lesions + 1))))
    }

    /// The voxels of another lesion, places in the linear array, at least one.
    mutating func next(using generator: inout SeededGenerator) -> [Int] {
        let start = free(using: &generator)
        let shape: [Int] =
            switch Int.random(in: 0..<7, using: &generator) {
            case 0: [start]
            case 1: shell(around: start, using: &generator)
            case 2: comb(at: start, using: &generator)
            case 3: cluster(from: atBorder(start, using: &generator), using: &generator)
            case 4: cluster(from: last.randomElement(using: &generator) ?? start, using: &generator)
            default: cluster(from: start, using: &generator)
            }
        var voxels = shape.filter { taken.insert($0).inserted }
        if voxels.isEmpty {
            taken.insert(start)
            voxels = [start]
        }
        last = voxels
        return voxels
    }

    private func free(using generator: inout SeededGenerator) -> Int {
        while true {
            let place = Int.random(in: 0..<geometry.count, using: &generator)
            if !taken.contains(place) { return place }
        }
    }

    /// The voxel moved to one of the six faces of the grid.
    private func atBorder(_ place: Int, using generator: inout SeededGenerator) -> Int {
        var (i, j, k) = geometry.voxel(at: place)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: i = 0
        case 1: i = geometry.columns - 1
        case 2: j = 0
        case 3: j = geometry.rows - 1
        case 4: k = 0
        default: k = geometry.slices - 1
        }
        return geometry.index(i, j, k)
    }

    /// Grown by random steps, diagonal ones too: with holes, tails and corners of every kind.
    private func cluster(from start: Int, using generator: inout SeededGenerator) -> [Int] {
        var (i, j, k) = geometry.voxel(at: start)
        return (0..<Int.random(in: 1...largest, using: &generator)).map { _ in
            let place = geometry.index(i, j, k)
            i = min(max(i + Int.random(in: -1...1, using: &generator), 0), geometry.columns - 1)
            j = min(max(j + Int.random(in: -1...1, using: &generator), 0), geometry.rows - 1)
            k = min(max(k + Int.random(in: -1...1, using: &generator), 0), geometry.slices - 1)
            return place
        }
    }

    /// A ball without its core, so that most slices show a ring.
    private func shell(around centre: Int, using generator: inout SeededGenerator) -> [Int] {
        let (i, j, k) = geometry.voxel(at: centre)
        let outer = Double.random(in: 1.5...4, using: &generator)
        let inner = Double.random(in: 0.9...outer - 0.5, using: &generator)
        return box(i - 4...i + 4, j - 4...j + 4, k - 4...k + 4).filter { place in
            let (u, v, w) = geometry.voxel(at: place)
            let distance = Double((u - i) * (u - i) + (v - j) * (v - j) + (w - k) * (w - k)).squareRoot()
            return distance <= outer && distance >= inner
        }.head(largest)
    }

    /// Teeth one voxel wide, one voxel apart, in one slice.
    private func comb(at place: Int, using generator: inout SeededGenerator) -> [Int] {
        let (i, j, k) = geometry.voxel(at: place)
        let length = Int.random(in: 2...9, using: &generator)
        return box(i...i + length, j...j + 3, k...k).filter { place in
            let (u, v, _) = geometry.voxel(at: place)
            return v == j || (u - i) % 2 == 0
        }.head(largest)
    }

    /// The places of a box, as far as it lies in the grid.
    private func box(_ i: ClosedRange<Int>, _ j: ClosedRange<Int>, _ k: ClosedRange<Int>) -> [Int] {
        let grid = (0...geometry.columns - 1, 0...geometry.rows - 1, 0...geometry.slices - 1)
        return k.clamped(to: grid.2).flatMap { k in
            j.clamped(to: grid.1).flatMap { j in i.clamped(to: grid.0).map { i in geometry.index(i, j, k) } }
        }
    }
}

extension Array {
    fileprivate func head(_ count: Int) -> [Element] { Array(prefix(count)) }
}
