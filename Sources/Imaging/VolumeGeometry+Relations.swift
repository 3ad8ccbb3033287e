extension VolumeGeometry {
    /// Whether a point lies in the stack, up to half a voxel beyond the outermost centres.
    public func contains(_ point: PatientPoint) -> Bool {
        let place = fractionalVoxel(at: point)
        return place.i >= -0.5 && place.j >= -0.5 && place.k >= -0.5 && place.i <= Double(columns) - 0.5
            && place.j <= Double(rows) - 0.5 && place.k <= Double(slices) - 0.5
    }

    /// The extent along the normal in millimetres, the outer slices with half their thickness beyond their centres.
    public var axialExtent: ClosedRange<Double> {
        let below = sliceThickness(0) / 2
        let above = sliceThickness(slices - 1) / 2
        return slicePositions[0] - below...slicePositions[slices - 1] + above
    }

    /// The share of this stack's extent along its normal that another stack covers, 0 to 1.
    public func axialCoverage(by other: VolumeGeometry) -> Double {
        // The other's slices may run the other way or at an angle: its corners along this normal tell its extent.
        let corners = [0, other.slices - 1].flatMap { slice in
            [(0.0, 0.0), (Double(other.columns - 1), Double(other.rows - 1))].map { i, j in
                other.point(i, j, slice: slice).dot(normal)
            }
        }
        let margin = other.sliceSpacing / 2 * abs(normal.dot(other.normal))
        let low = max(axialExtent.lowerBound, corners.min()! - margin)
        let high = min(axialExtent.upperBound, corners.max()! + margin)
        return max(0, min(1, (high - low) / (axialExtent.upperBound - axialExtent.lowerBound)))
    }

    /// Whether rows, columns and slices of two stacks run in the same directions, neither tilted.
    func isParallel(to other: VolumeGeometry) -> Bool {
        rowDirection.distance(to: other.rowDirection) < 1e-4
            && columnDirection.distance(to: other.columnDirection) < 1e-4 && !isTilted && !other.isTilted
    }

    /// Whether slice origins drift in their plane by more than a hundredth of a voxel.
    var isTilted: Bool {
        sliceOrigins.contains { origin in
            let drift = origin - sliceOrigins[0]
            return abs(drift.dot(rowDirection)) > 0.01 * columnSpacing
                || abs(drift.dot(columnDirection)) > 0.01 * rowSpacing
        }
    }
}
