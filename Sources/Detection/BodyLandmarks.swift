import Imaging

/// Levels and lines of the patient's own body to which positions are referred, in LPS millimetres.
public struct BodyLandmarks: Sendable, Equatable {
    /// The level of the body's lowest part in view.
    public let bottom: Double
    /// The level of its highest part in view.
    public let top: Double
    /// Where the lungs begin and end, from the feet up; nil without CT over the chest.
    public let lungs: ClosedRange<Double>?
    /// Level at which the thighs part; nil where they do not part in view.
    public let perineum: Double?
    /// The body's middle from side to side.
    public let midline: Double

    /// Finds the landmarks.
    package init(grid: BlockGrid, body: BodyMask, geometry: VolumeGeometry) {
        let inside = grid.inside.indices.filter { grid.inside[$0] > 0.5 }
        let levels = inside.map { grid.centres[$0].z }
        bottom = levels.min() ?? 0
        top = levels.max() ?? 0
        midline = Self.median(inside.map { grid.centres[$0].x }) ?? 0
        lungs = Self.lungs(in: grid)
        perineum = Self.perineum(body: body, geometry: geometry)
    }

    /// The extent of the large air-filled spaces inside the body.
    private static func lungs(in grid: BlockGrid) -> ClosedRange<Double>? {
        let components = grid.components { grid.hu[$0] < -500 && grid.inside[$0] > 0.8 }
        var levels: [Double] = []
        for block in components.labels.indices where components.labels[block] > 0 {
            // Bowel gas is in small pockets.
            if Double(components.sizes[Int(components.labels[block]) - 1]) * grid.blockMl > 300 {
                levels.append(grid.centres[block].z)
            }
        }
        guard levels.count > 10 else { return nil }
        levels.sort()
        return levels[levels.count / 100]...levels[levels.count - 1 - levels.count / 100]
    }

    /// The highest slice, among those below the middle of the stack, that two large pieces of body share.
    private static func perineum(body: BodyMask, geometry: VolumeGeometry) -> Double? {
        guard geometry.isTransverse else { return nil }
        let sliceCount = geometry.columns * geometry.rows
        let fromTheFeet = geometry.normal.z > 0 ? Array(0..<geometry.slices) : (0..<geometry.slices).reversed()
        var found: Double?
        for k in fromTheFeet.prefix(geometry.slices / 2) {
            let slice = Array(body.isInside[k * sliceCount..<(k + 1) * sliceCount])
            let sizes = ConnectedComponents(
                columns: geometry.columns, rows: geometry.rows, slices: 1, isMember: slice
            ).sizes.sorted(by: >)
            // Below the body.
            if sizes.isEmpty, found == nil { continue }
            // Arms beside the body are pieces too, but not of like size.
            guard sizes.count >= 2, sizes[1] * 2 > sizes[0] else { break }
            found = geometry.sliceOrigins[k].z
        }
        return found
    }

    private static func median(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }

    /// A level as a coordinate of the trunk: 0 at the perineum, 1 at the lung base, 2 at the lung apex, the head and
    /// the thighs beyond in the same measure as their neighbours.
    ///
    /// Where a landmark is out of view the average man stands in (`Self.trunkMm`, `Self.lungMm`).
    public func trunkLevel(_ z: Double) -> Double {
        let (floor, base, apex) = trunk
        if z < base { return (z - floor) / (base - floor) }
        return 1 + (z - base) / (apex - base)
    }

    /// Perineum, lung base and lung apex, measured or inferred from what is.
    private var trunk: (floor: Double, base: Double, apex: Double) {
        if let lungs {
            return (perineum ?? lungs.lowerBound - Self.trunkMm, lungs.lowerBound, lungs.upperBound)
        }
        // The usual scan runs from mid-thigh to the eyes or the vertex.
        let floor = perineum ?? bottom + 150
        return (floor, floor + Self.trunkMm, floor + Self.trunkMm + Self.lungMm)
    }

    /// Perineum to lung base of an average man, in millimetres.
    static let trunkMm = 370.0
    /// Lung base to apex of an average man, in millimetres.
    static let lungMm = 250.0
}
