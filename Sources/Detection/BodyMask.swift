import Imaging

/// Which voxels of the PET grid lie inside the patient, lungs and other air within included.
public struct BodyMask: Sendable {
    /// One value for each voxel of the PET grid: column, row, slice.
    public let isInside: [Bool]

    /// Finds the body: denser than −400 HU where CT covers the slice, else above a floor of uptake; the largest
    /// connected piece, holes filled slice by slice.
    ///
    /// - Parameter ct: on the PET grid; NaN where the CT does not reach.
    public init(pet: Volume<SUVbw>, ct: Volume<HounsfieldUnits>?) {
        let geometry = pet.geometry
        let sliceCount = geometry.columns * geometry.rows
        var dense = [Bool](repeating: false, count: geometry.count)
        for k in 0..<geometry.slices {
            let range = k * sliceCount..<(k + 1) * sliceCount
            if let ct, ct.covers(slice: k) {
                for voxel in range { dense[voxel] = ct.voxels[voxel] > -400 }
            } else {
                // Air outside the patient stays near zero; a tenth of the slice's brightest percent, but never so much
                // that a full bladder hides the thighs.
                let floor = min(0.2, 0.1 * Self.percentile(pet.voxels[range], 0.99))
                for voxel in range { dense[voxel] = pet.voxels[voxel] > max(floor, 0.03) }
            }
        }
        let components = ConnectedComponents(
            columns: geometry.columns, rows: geometry.rows, slices: geometry.slices, isMember: dense)
        // Arms and separated thighs are pieces of their own where the scan ends; the table and crumbs are not the body.
        let large = components.sizes.max() ?? 0
        let kept = components.sizes.map { $0 * 20 >= large }
        var inside = components.labels.map { $0 > 0 && kept[Int($0) - 1] }
        for k in 0..<geometry.slices {
            Self.fillHoles(&inside, columns: geometry.columns, rows: geometry.rows, offset: k * sliceCount)
        }
        isInside = inside
    }

    private static func percentile(_ values: ArraySlice<Float>, _ fraction: Double) -> Float {
        let sorted = values.sorted()
        return sorted[min(Int(Double(sorted.count) * fraction), sorted.count - 1)]
    }

    /// Sets every voxel of a slice that the outside cannot reach along the slice.
    private static func fillHoles(_ mask: inout [Bool], columns: Int, rows: Int, offset: Int) {
        var isOutside = [Bool](repeating: false, count: columns * rows)
        var stack: [Int] = []
        func reach(_ voxel: Int) {
            if !isOutside[voxel], !mask[offset + voxel] {
                isOutside[voxel] = true
                stack.append(voxel)
            }
        }
        for i in 0..<columns {
            reach(i)
            reach((rows - 1) * columns + i)
        }
        for j in 0..<rows {
            reach(j * columns)
            reach(j * columns + columns - 1)
        }
        while let voxel = stack.popLast() {
            let i = voxel % columns
            if i > 0 { reach(voxel - 1) }
            if i < columns - 1 { reach(voxel + 1) }
            if voxel >= columns { reach(voxel - columns) }
            if voxel < (rows - 1) * columns { reach(voxel + columns) }
        }
        for voxel in 0..<columns * rows where !isOutside[voxel] { mask[offset + voxel] = true }
    }
}

extension Volume where Measured == HounsfieldUnits {
    /// Whether a CT on the PET grid has values in slice `k`: the centre of the slice decides, since a CT's field of view
    /// may be narrower than the PET's.
    func covers(slice k: Int) -> Bool { !self[geometry.columns / 2, geometry.rows / 2, k].isNaN }
}
