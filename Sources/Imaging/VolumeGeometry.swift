import DICOM

/// Where the voxels of a stack of parallel slices lie in the patient.
///
/// Axis order of voxels everywhere in Uptake: column `i` fastest, then row `j`, then slice `k`. Slices ascend along
/// `normal`; their distances may be uneven, and each may be shifted in its plane (a tilted gantry), because every slice
/// keeps its own origin (PS3.3 section C.7.6.2).
public struct VolumeGeometry: Sendable, Equatable {
    /// Voxels along a row (the DICOM attribute Columns).
    public let columns: Int
    /// Voxels along a column (the DICOM attribute Rows).
    public let rows: Int
    /// Millimetres between neighbouring columns, along `rowDirection`.
    public let columnSpacing: Double
    /// Millimetres between neighbouring rows, along `columnDirection`.
    public let rowSpacing: Double
    /// Unit vector of increasing column index.
    public let rowDirection: PatientPoint
    /// Unit vector of increasing row index.
    public let columnDirection: PatientPoint
    /// Centre of voxel (0, 0) of every slice (Image Position (Patient)), ascending along `normal`.
    public let sliceOrigins: [PatientPoint]
    /// The frame of reference of all coordinates.
    public let frameOfReferenceUID: UID

    /// Millimetres along `normal` at which each slice lies.
    public let slicePositions: [Double]

    /// Makes a geometry.
    /// - Precondition: at least one slice, ascending along rowDirection × columnDirection; positive spacings.
    public init(
        columns: Int, rows: Int, columnSpacing: Double, rowSpacing: Double, rowDirection: PatientPoint,
        columnDirection: PatientPoint, sliceOrigins: [PatientPoint], frameOfReferenceUID: UID
    ) {
        precondition(columns > 0 && rows > 0 && columnSpacing > 0 && rowSpacing > 0 && !sliceOrigins.isEmpty)
        self.columns = columns
        self.rows = rows
        self.columnSpacing = columnSpacing
        self.rowSpacing = rowSpacing
        self.rowDirection = rowDirection
        self.columnDirection = columnDirection
        self.sliceOrigins = sliceOrigins
        self.frameOfReferenceUID = frameOfReferenceUID
        let normal = rowDirection.cross(columnDirection)
        slicePositions = sliceOrigins.map { $0.dot(normal) }
        precondition(zip(slicePositions, slicePositions.dropFirst()).allSatisfy { $0 < $1 }, "slices must ascend")
    }

    /// An axial stack, evenly spaced: columns run to the patient's left, rows to the back, slices to the head.
    public static func axial(
        columns: Int, rows: Int, slices: Int, spacing: PatientPoint, origin: PatientPoint, frameOfReferenceUID: UID
    ) -> VolumeGeometry {
        VolumeGeometry(
            columns: columns, rows: rows, columnSpacing: spacing.x, rowSpacing: spacing.y,
            rowDirection: PatientPoint(1, 0, 0), columnDirection: PatientPoint(0, 1, 0),
            sliceOrigins: (0..<slices).map { PatientPoint(origin.x, origin.y, origin.z + Double($0) * spacing.z) },
            frameOfReferenceUID: frameOfReferenceUID)
    }

    /// Number of slices.
    public var slices: Int { sliceOrigins.count }

    /// Number of voxels.
    public var count: Int { columns * rows * slices }

    /// Unit vector across the slices, in ascending slice order.
    public var normal: PatientPoint { rowDirection.cross(columnDirection) }

    /// Whether the slices lie across the patient, from the feet to the head or the other way, within 30 degrees.
    public var isTransverse: Bool { abs(normal.z) > 0.866 }

    /// The distance that most neighbouring slices keep, in millimetres; 1 for a single slice.
    public var sliceSpacing: Double {
        let gaps = zip(slicePositions.dropFirst(), slicePositions).map { $0 - $1 }.sorted()
        return gaps.isEmpty ? 1 : gaps[gaps.count / 2]
    }

    /// How much of the normal slice `k` stands for, in millimetres: half the way to either neighbour.
    public func sliceThickness(_ k: Int) -> Double {
        guard slices > 1 else { return 1 }
        let below = k > 0 ? slicePositions[k] - slicePositions[k - 1] : slicePositions[1] - slicePositions[0]
        let above = k < slices - 1 ? slicePositions[k + 1] - slicePositions[k] : below
        return (below + above) / 2
    }

    /// The volume of a voxel of slice `k`, in millilitres.
    public func voxelVolumeMl(slice k: Int) -> Double {
        columnSpacing * rowSpacing * sliceThickness(k) / 1000
    }

    /// The place of voxel (i, j, k) in the linear array.
    @inlinable public func index(_ i: Int, _ j: Int, _ k: Int) -> Int { (k * rows + j) * columns + i }

    /// The voxel at a place in the linear array.
    @inlinable public func voxel(at index: Int) -> (i: Int, j: Int, k: Int) {
        let inSlice = index % (columns * rows)
        return (inSlice % columns, inSlice / columns, index / (columns * rows))
    }

    /// The centre of a voxel in the patient; fractions of an index within a slice interpolate.
    public func point(_ i: Double, _ j: Double, slice k: Int) -> PatientPoint {
        sliceOrigins[k] + rowDirection * (i * columnSpacing) + columnDirection * (j * rowSpacing)
    }

    /// The centre of the voxel at a place in the linear array.
    public func point(at index: Int) -> PatientPoint {
        let voxel = voxel(at: index)
        return point(Double(voxel.i), Double(voxel.j), slice: voxel.k)
    }

    /// The fractional voxel at a point; outside the stack the outermost slices extend.
    public func fractionalVoxel(at point: PatientPoint) -> (i: Double, j: Double, k: Double) {
        let k = fractionalSlice(at: point.dot(normal))
        // In a tilted stack the in-plane origin drifts from slice to slice; interpolate it.
        let lower = min(max(Int(k.rounded(.down)), 0), max(slices - 2, 0))
        let upper = min(lower + 1, slices - 1)
        let weight = k - Double(lower)
        let origin = sliceOrigins[lower] * (1 - weight) + sliceOrigins[upper] * weight
        let offset = point - (upper == lower ? sliceOrigins[lower] : origin)
        return (offset.dot(rowDirection) / columnSpacing, offset.dot(columnDirection) / rowSpacing, k)
    }

    /// The fractional slice at a position along the normal.
    public func fractionalSlice(at position: Double) -> Double {
        guard slices > 1 else { return position - slicePositions[0] }
        var low = 0
        var high = slices - 1
        while high - low > 1 {
            let middle = (low + high) / 2
            if slicePositions[middle] <= position { low = middle } else { high = middle }
        }
        return Double(low) + (position - slicePositions[low]) / (slicePositions[high] - slicePositions[low])
    }
}
