import Imaging

/// A box of voxels within a grid.
struct VoxelBox: Equatable {
    let columns: Range<Int>
    let rows: Range<Int>
    let slices: Range<Int>

    /// The smallest box around all labels but 0, wider by `margin` voxels in the plane, with every slice.
    init(around labels: [UInt16], _ geometry: VolumeGeometry, margin: Int) {
        var (left, right, top, bottom) = (geometry.columns, 0, geometry.rows, 0)
        for (index, label) in labels.enumerated() where label != 0 {
            let (column, row) = (index % geometry.columns, index / geometry.columns % geometry.rows)
            left = min(left, column)
            right = max(right, column)
            top = min(top, row)
            bottom = max(bottom, row)
        }
        columns = max(left - margin, 0)..<max(min(right + margin + 1, geometry.columns), left)
        rows = max(top - margin, 0)..<max(min(bottom + margin + 1, geometry.rows), top)
        slices = 0..<geometry.slices
    }

    /// The grid of the box.
    func geometry(in whole: VolumeGeometry) -> VolumeGeometry {
        VolumeGeometry(
            columns: columns.count, rows: rows.count, columnSpacing: whole.columnSpacing, rowSpacing: whole.rowSpacing,
            rowDirection: whole.rowDirection, columnDirection: whole.columnDirection,
            sliceOrigins: slices.map { whole.point(Double(columns.lowerBound), Double(rows.lowerBound), slice: $0) },
            frameOfReferenceUID: whole.frameOfReferenceUID)
    }

    /// The values of the box, columns fastest.
    func crop<Value>(_ values: [Value], _ whole: VolumeGeometry) -> [Value] {
        var result: [Value] = []
        result.reserveCapacity(columns.count * rows.count * slices.count)
        for slice in slices {
            for row in rows {
                let start = whole.index(columns.lowerBound, row, slice)
                result += values[start..<start + columns.count]
            }
        }
        return result
    }
}
