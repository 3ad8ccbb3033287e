import Imaging

/// Local maxima of uptake with their catchments: a watershed from the top down in which a maximum stands on its own only
/// if it rises enough above the saddle to a higher neighbour (relative prominence).
package struct UptakeBasins {
    /// The basin of each voxel, 1 and up in descending order of peak; 0 below the floor or outside the body.
    package let labels: [Int32]
    /// The voxel of each basin's maximum; `peaks[0]` is basin 1.
    package let peaks: [Int]
    /// Where each basin meets a higher one first on the way down; nil for one that meets none above the floor.
    package let saddles: [Saddle?]

    /// The pass from a basin to a higher one.
    package struct Saddle: Sendable, Equatable {
        /// Value of the volume there.
        package let value: Float
        /// Place of the higher basin in `peaks`; always before the lower one's own.
        package let higher: Int

        /// Makes a saddle.
        package init(value: Float, higher: Int) { (self.value, self.higher) = (value, higher) }
    }

    /// Floods `pet` downwards to `floor`.
    /// - Parameters:
    ///   - isInside: one value for each voxel; the others are not looked at.
    ///   - prominence: the part of its own height by which a maximum must rise above its saddle, 0 to 1.
    package init(pet: Volume<SUVbw>, isInside: [Bool], floor: Float, prominence: Float) {
        let values = pet.voxels
        // Of equal values the one that comes first in the array is the higher, so that the result is a matter of the
        // voxels alone.
        func isHigher(_ a: Int, _ b: Int) -> Bool { values[a] != values[b] ? values[a] > values[b] : a < b }
        let order = values.indices.filter { isInside[$0] && values[$0] >= floor }.sorted(by: isHigher)

        var forest = Forest()
        var node = [Int32](repeating: -1, count: values.count)
        var touched: [Int32] = []
        var passes: [Int32: (value: Float, higher: Int32)] = [:]
        for voxel in order {
            touched.removeAll(keepingCapacity: true)
            var uphill: Int?
            Self.forEachNeighbour(of: voxel, in: pet.geometry) { neighbour in
                guard node[neighbour] >= 0 else { return }
                if uphill.map({ isHigher(neighbour, $0) }) ?? true { uphill = neighbour }
                let root = forest.root(node[neighbour])
                if !touched.contains(root) { touched.append(root) }
            }
            // A voxel belongs to the basin up its steepest slope, or begins one.
            node[voxel] = uphill.map { node[$0] } ?? forest.add(peak: voxel)
            // Where basins meet, those that rise too little above this saddle become part of the highest. One that
            // rises enough here does so at every lower saddle.
            touched.sort { isHigher(forest.peak($0), forest.peak($1)) }
            for lower in touched.dropFirst() {
                if values[voxel] >= (1 - prominence) * values[forest.peak(lower)] {
                    forest.merge(lower, into: touched[0])
                } else if passes[lower] == nil {
                    passes[lower] = (values[voxel], touched[0])
                }
            }
        }
        let roots = forest.roots.sorted { isHigher(forest.peak($0), forest.peak($1)) }
        let rank = Dictionary(uniqueKeysWithValues: roots.enumerated().map { ($1, Int32($0 + 1)) })
        var labels = [Int32](repeating: 0, count: values.count)
        for voxel in order { labels[voxel] = rank[forest.root(node[voxel])]! }
        self.labels = labels
        peaks = roots.map(forest.peak)
        saddles = roots.map { root in
            passes[root].map { Saddle(value: $0.value, higher: Int(rank[forest.root($0.higher)]!) - 1) }
        }
    }

    /// The basins that are kept; each of the others becomes part of the one it meets, or of none where it meets none.
    /// - Parameter isKept: one value for each basin.
    package func joined(keeping isKept: [Bool]) -> UptakeBasins {
        precondition(isKept.count == peaks.count, "one value for each basin")
        // The higher basin comes first, so that what becomes of it is known.
        var homes: [Int?] = []
        for (basin, saddle) in saddles.enumerated() {
            homes.append(isKept[basin] ? basin : saddle.flatMap { homes[$0.higher] })
        }
        let kept = peaks.indices.filter { isKept[$0] }
        let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
        let numbers = homes.map { $0.map { Int32(places[$0]! + 1) } ?? 0 }
        return UptakeBasins(
            labels: labels.map { $0 == 0 ? 0 : numbers[Int($0) - 1] }, peaks: kept.map { peaks[$0] },
            saddles: kept.map { basin in
                saddles[basin].flatMap { saddle in
                    homes[saddle.higher].map { Saddle(value: saddle.value, higher: places[$0]!) }
                }
            })
    }

    private init(labels: [Int32], peaks: [Int], saddles: [Saddle?]) {
        (self.labels, self.peaks, self.saddles) = (labels, peaks, saddles)
    }

    /// Calls with each of the 26 neighbours inside the grid, in the order of the array.
    @inline(__always)
    static func forEachNeighbour(of voxel: Int, in geometry: VolumeGeometry, _ body: (Int) -> Void) {
        let (i, j, k) = geometry.voxel(at: voxel)
        for dk in max(k - 1, 0)...min(k + 1, geometry.slices - 1) {
            for dj in max(j - 1, 0)...min(j + 1, geometry.rows - 1) {
                for di in max(i - 1, 0)...min(i + 1, geometry.columns - 1) {
                    let neighbour = geometry.index(di, dj, dk)
                    if neighbour != voxel { body(neighbour) }
                }
            }
        }
    }
}

/// Disjoint sets of basins, each with the voxel of its maximum.
private struct Forest {
    private var parents: [Int32] = []
    private var peaks: [Int] = []

    /// The sets, each by one of its members.
    var roots: [Int32] { parents.indices.map(Int32.init).filter { parents[Int($0)] == $0 } }

    mutating func add(peak: Int) -> Int32 {
        parents.append(Int32(parents.count))
        peaks.append(peak)
        return Int32(parents.count - 1)
    }

    mutating func root(_ node: Int32) -> Int32 {
        var root = node
        while parents[Int(root)] != root { root = parents[Int(root)] }
        var step = node
        while parents[Int(step)] != root { (step, parents[Int(step)]) = (parents[Int(step)], root) }
        return root
    }

    func peak(_ root: Int32) -> Int { peaks[Int(root)] }

    mutating func merge(_ lower: Int32, into higher: Int32) { parents[Int(lower)] = higher }
}
