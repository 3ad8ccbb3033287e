extension VolumeGeometry {
    /// Cubes along the patient's axes (LPS) that hold the middle of every voxel, however the slices lie.
    /// - Parameter edge: of a cube, mm.
    public func cubes(ofEdge edge: Double) -> VolumeGeometry {
        var low = PatientPoint(.infinity, .infinity, .infinity)
        var high = PatientPoint(-.infinity, -.infinity, -.infinity)
        for k in [0, slices - 1] {
            for (i, j) in [(0, 0), (columns - 1, 0), (0, rows - 1), (columns - 1, rows - 1)] {
                let p = point(Double(i), Double(j), slice: k)
                low = PatientPoint(min(low.x, p.x), min(low.y, p.y), min(low.z, p.z))
                high = PatientPoint(max(high.x, p.x), max(high.y, p.y), max(high.z, p.z))
            }
        }
        func number(_ length: Double) -> Int { max(Int((length / edge).rounded(.up)), 1) }
        let extent = high - low
        return .axial(
            columns: number(extent.x), rows: number(extent.y), slices: number(extent.z),
            spacing: PatientPoint(edge, edge, edge), origin: low + PatientPoint(edge, edge, edge) * 0.5,
            frameOfReferenceUID: frameOfReferenceUID)
    }
}
