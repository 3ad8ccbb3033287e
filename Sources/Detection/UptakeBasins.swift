import Foundation
import Imaging

/// Local maxima of uptake with their catchments: a watershed from the top down in which a maximum stands on its own only
/// if it rises enough above the saddle to a higher neighbour (relative prominence).
struct UptakeBasins {
    /// The basin of each voxel, 1 and up in descending order of peak; 0 below the floor or outside the body.
    let labels: [Int32]
    /// The voxel of each basin's maximum; `peaks[0]` is basin 1.
    let peaks: [Int]

    /// Floods `pet` downwards to `floor`.
    /// - Parameter prominence: the part of its own height by which a maximum must rise above its saddle, 0 to 1.
    init(pet: Volume<SUVbw>, isInside: [Bool], floor: Float, prominence: Float) {
        let geometry = pet.geometry
        let values = pet.voxels
        var order = values.indices.filter { isInside[$0] && values[$0] >= floor }
        // Equal values in voxel order, so that the result does not depend on the sort.
        order.sort { values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1 }

        var forest = Forest()
        var node = [Int32](repeating: -1, count: values.count)
        for voxel in order {
            var touched: [Int32] = []
            Self.forEachNeighbour(of: voxel, in: geometry) { neighbour in
                guard node[neighbour] >= 0 else { return }
                let root = forest.root(node[neighbour])
                if !touched.contains(root) { touched.append(root) }
            }
            guard !touched.isEmpty else {
                node[voxel] = forest.add(peak: voxel)
                continue
            }
            // The steepest way up decides to whom the voxel belongs: the highest basin it touches.
            touched.sort {
                values[forest.peak($0)] != values[forest.peak($1)]
                    ? values[forest.peak($0)] > values[forest.peak($1)] : forest.peak($0) < forest.peak($1)
            }
            var owner = touched[0]
            for lower in touched.dropFirst() where values[voxel] >= (1 - prominence) * values[forest.peak(lower)] {
                owner = forest.merge(lower, into: owner)
            }
            node[voxel] = steepest(voxel, geometry, values, node) ?? owner
        }
        let roots = Set(order.map { forest.root(node[$0]) })
            .sorted {
                values[forest.peak($0)] != values[forest.peak($1)]
                    ? values[forest.peak($0)] > values[forest.peak($1)] : forest.peak($0) < forest.peak($1)
            }
        let rank = Dictionary(uniqueKeysWithValues: roots.enumerated().map { ($1, Int32($0 + 1)) })
        var labels = [Int32](repeating: 0, count: values.count)
        for voxel in order { labels[voxel] = rank[forest.root(node[voxel])]! }
        self.labels = labels
        peaks = roots.map { forest.peak($0) }
    }

    /// Calls with each of the 26 neighbours inside the grid.
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

/// The tree node of the highest already flooded neighbour.
private func steepest(_ voxel: Int, _ geometry: VolumeGeometry, _ values: [Float], _ node: [Int32]) -> Int32? {
    var best: (value: Float, node: Int32)?
    UptakeBasins.forEachNeighbour(of: voxel, in: geometry) { neighbour in
        if node[neighbour] >= 0, values[neighbour] > best?.value ?? -.infinity {
            best = (values[neighbour], node[neighbour])
        }
    }
    return best?.node
}

/// Disjoint sets of basins, each with the voxel of its maximum.
private struct Forest {
    private var parents: [Int32] = []
    private var peaks: [Int] = []

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

    mutating func merge(_ lower: Int32, into higher: Int32) -> Int32 {
        parents[Int(lower)] = higher
        return higher
    }
}
