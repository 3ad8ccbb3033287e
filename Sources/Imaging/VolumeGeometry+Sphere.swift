extension VolumeGeometry {
    /// Calls with every voxel whose centre lies in a sphere: its place in the linear array, ascending, and its distance
    /// from the sphere's centre in millimetres. Uneven slice distances and tilted stacks are taken as they are.
    /// - Parameter radius: millimetres.
    @inlinable public func forEachVoxel(
        within radius: Double, of centre: PatientPoint, _ body: (_ index: Int, _ distance: Double) -> Void
    ) {
        for k in 0..<slices where abs(slicePositions[k] - centre.dot(normal)) <= radius {
            forEachVoxel(inSlice: k, within: radius, of: centre, body)
        }
    }

    /// As above, of one slice.
    @inlinable public func forEachVoxel(
        inSlice k: Int, within radius: Double, of centre: PatientPoint,
        _ body: (_ index: Int, _ distance: Double) -> Void
    ) {
        let offset = centre - sliceOrigins[k]
        let across = Self.places(around: offset.dot(rowDirection), radius, spacing: columnSpacing, count: columns)
        let down = Self.places(around: offset.dot(columnDirection), radius, spacing: rowSpacing, count: rows)
        for j in down {
            for i in across {
                let distance = point(Double(i), Double(j), slice: k).distance(to: centre)
                if distance <= radius { body(index(i, j, k), distance) }
            }
        }
    }

    /// The places along an axis that may lie within a radius of a position; empty where none does.
    @usableFromInline static func places(
        around position: Double, _ radius: Double, spacing: Double, count: Int
    ) -> Range<Int> {
        func place(_ position: Double) -> Int { Int(min(max(position / spacing, 0), Double(count))) }
        let low = place(position - radius)
        return low..<max(low, min(place(position + radius) + 1, count))
    }
}
