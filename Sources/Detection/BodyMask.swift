import Imaging

/// Which voxels of the PET grid lie inside the patient, lungs and other air within included.
public struct BodyMask: Sendable {
    /// One value for each voxel of the PET grid: column, row, slice.
    public let isInside: [Bool]

    /// Finds the body: denser than −400 HU where the CT reaches, else above a floor of uptake; every connected piece of at
    /// least a twentieth of the largest and a fifth of its uptake, holes filled slice by slice.
    ///
    /// - Parameter ct: on the PET grid; NaN where the CT does not reach.
    public init(pet: Volume<SUVbw>, ct: Volume<HounsfieldUnits>?) {
        let geometry = pet.geometry
        let sliceCount = geometry.columns * geometry.rows
        var dense = [Bool](repeating: false, count: geometry.count)
        for k in 0..<geometry.slices {
            Self.mark(k * sliceCount..<(k + 1) * sliceCount, of: &dense, pet: pet.voxels, ct: ct?.voxels)
        }
        let components = ConnectedComponents(
            columns: geometry.columns, rows: geometry.rows, slices: geometry.slices, isMember: dense)
        let kept = Self.isBody(components, pet: pet.voxels)
        var inside = components.labels.map { $0 > 0 && kept[Int($0) - 1] }
        for k in 0..<geometry.slices {
            Self.fillHoles(&inside, columns: geometry.columns, rows: geometry.rows, offset: k * sliceCount)
        }
        isInside = inside
    }

    /// Which pieces are of the body. Arms and separated thighs are pieces of their own where the scan ends; crumbs are not the
    /// body, nor is the table, which is large and dense enough but takes nothing up.
    private static func isBody(_ components: ConnectedComponents, pet: [Float]) -> [Bool] {
        guard let largest = components.largest.map({ Int($0) - 1 }) else { return [] }
        var uptake = [Double](repeating: 0, count: components.sizes.count)
        for (voxel, label) in components.labels.enumerated() where label > 0 {
            // What is hot counts as no more than tissue: a full bladder must not outweigh the arms.
            uptake[Int(label) - 1] += Double(min(pet[voxel], 1))
        }
        let means = zip(uptake, components.sizes).map { $0 / Double($1) }
        return components.sizes.indices.map {
            components.sizes[$0] * 20 >= components.sizes[largest] && means[$0] >= means[largest] / 5
        }
    }

    /// Marks the dense voxels of a slice. The CT's field of view may be narrower than the PET's, and its scan shorter.
    private static func mark(_ slice: Range<Int>, of dense: inout [Bool], pet: [Float], ct: [Float]?) {
        var isUncovered = ct == nil
        if let ct {
            for voxel in slice {
                dense[voxel] = ct[voxel] > -400
                isUncovered = isUncovered || ct[voxel].isNaN
            }
        }
        guard isUncovered else { return }
        // Air outside the patient stays near zero; a tenth of the slice's brightest percent, but never so much that a full
        // bladder hides the thighs.
        let floor = max(min(0.2, 0.1 * percentile(pet, slice, 0.99)), 0.03)
        for voxel in slice where ct?[voxel].isNaN ?? true { dense[voxel] = pet[voxel] > floor }
    }

    /// A percentile of a part of an array; some four thousand of its values are sample enough.
    private static func percentile(_ values: [Float], _ part: Range<Int>, _ fraction: Double) -> Float {
        let sample = stride(from: part.lowerBound, to: part.upperBound, by: max(part.count / 4096, 1))
        let sorted = sample.map { values[$0] }.sorted()
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
