import Imaging

extension ReportedLesion {
    /// The lesion on the slices of another stack: every voxel whose centre lies in one of the lesion's (nearest neighbour);
    /// nothing where no slice passes through the lesion.
    ///
    /// - Parameters:
    ///   - source: The grid of the lesion's voxels.
    ///   - target: The other stack, in the same frame of reference.
    /// - Returns: Slices ascending, places (row × columns + column) ascending.
    func slices(of source: VolumeGeometry, on target: VolumeGeometry) -> [LesionSlice] {
        let voxels = Set(focus.voxels)
        let box = target.box(around: focus.voxels, of: source)
        return box.slices.compactMap { slice in
            let places = box.rows.flatMap { row in
                box.columns.compactMap { column -> Int? in
                    let point = target.point(Double(column), Double(row), slice: slice)
                    guard let voxel = source.nearestVoxel(to: point), voxels.contains(Int32(voxel)) else { return nil }
                    return row * target.columns + column
                }
            }
            return places.isEmpty ? nil : LesionSlice(slice: slice, places: places)
        }
    }
}

extension VolumeGeometry {
    /// The place of the voxel that holds a point: half the way to its neighbours; nil outside.
    fileprivate func nearestVoxel(to point: PatientPoint) -> Int? {
        let voxel = fractionalVoxel(at: point)
        let (i, j, k) = (Int(voxel.i.rounded()), Int(voxel.j.rounded()), Int(voxel.k.rounded()))
        guard i >= 0, i < columns, j >= 0, j < rows, k >= 0, k < slices else { return nil }
        return index(i, j, k)
    }

    /// The voxels of this stack among which all are that voxels of another one reach.
    fileprivate func box(
        around voxels: [Int32], of other: VolumeGeometry
    ) -> (columns: Range<Int>, rows: Range<Int>, slices: Range<Int>) {
        // A slice beyond the voxel to either side, and two voxels to spare: enough for any gap and tilt.
        let reach = other.normal * other.widestGap
        let corners = voxels.map(Int.init).flatMap { place in
            let voxel = other.voxel(at: place)
            return [-0.5, 0.5].flatMap { i in
                [-0.5, 0.5].flatMap { j in
                    let point = other.point(Double(voxel.i) + i, Double(voxel.j) + j, slice: voxel.k)
                    return [fractionalVoxel(at: point - reach), fractionalVoxel(at: point + reach)]
                }
            }
        }
        func range(_ values: [Double], _ count: Int) -> Range<Int> {
            let lower = Int(values.min()!.rounded(.down)) - 2
            return (lower..<Int(values.max()!.rounded(.up)) + 3).clamped(to: 0..<count)
        }
        return (range(corners.map(\.i), columns), range(corners.map(\.j), rows), range(corners.map(\.k), slices))
    }

    /// The widest distance of neighbouring slices, in millimetres.
    private var widestGap: Double {
        zip(slicePositions.dropFirst(), slicePositions).map { $0 - $1 }.max() ?? sliceSpacing
    }
}
