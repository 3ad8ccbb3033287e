import DICOM

extension StructureSet.Region {
    /// The voxels of the region: those whose centre its contours enclose, by the even-odd rule, so that inner rings
    /// and keyholes both are holes.
    ///
    /// Each slice takes the contour plane nearest to it, within half its thickness; contours finer than the slices
    /// are thus not counted twice.
    /// - Returns: places in the linear array, ascending.
    /// - Throws: a refusal where the region lies in another frame of reference, or its contours not along the slices.
    public func voxels(on geometry: VolumeGeometry) throws(Refusal) -> [Int] {
        if let frame = frameOfReferenceUID, frame != geometry.frameOfReferenceUID {
            throw Refusal(
                .otherFrameOfReference, "ROI \"\(name)\" lies in another frame of reference than the image.")
        }
        // By slice: where the nearest contour plane lies, and its contours.
        var planes: [Int: (position: Double, contours: [[PatientPoint]])] = [:]
        for contour in contours {
            let positions = contour.map { $0.dot(geometry.normal) }
            let position = positions.reduce(0, +) / Double(positions.count)
            let slice = nearestSlice(to: position, in: geometry)
            let halfThickness = geometry.sliceThickness(slice) / 2
            guard positions.max()! - positions.min()! <= halfThickness else {
                throw Refusal(.mixedOrientation, "The contours of ROI \"\(name)\" do not run along the image's slices.")
            }
            let distance = abs(position - geometry.slicePositions[slice])
            guard distance <= halfThickness + SliceOrder.samePosition else { continue }
            guard let known = planes[slice] else {
                planes[slice] = (position, [contour])
                continue
            }
            if abs(known.position - position) <= SliceOrder.samePosition {
                planes[slice]!.contours.append(contour)
            } else if (distance, position) < (abs(known.position - geometry.slicePositions[slice]), known.position) {
                planes[slice] = (position, [contour])
            }
        }
        return planes.keys.sorted().flatMap { fill(planes[$0]!.contours, slice: $0, geometry) }
    }

    private func nearestSlice(to position: Double, in geometry: VolumeGeometry) -> Int {
        let fraction = geometry.fractionalSlice(at: position)
        let low = min(max(Int(fraction.rounded(.down)), 0), geometry.slices - 1)
        let high = min(low + 1, geometry.slices - 1)
        let isLowNearer = abs(geometry.slicePositions[low] - position) <= abs(geometry.slicePositions[high] - position)
        return isLowNearer ? low : high
    }

    /// Fills row by row between the crossings of all contours of a slice.
    private func fill(_ contours: [[PatientPoint]], slice: Int, _ geometry: VolumeGeometry) -> [Int] {
        var crossings = [[Double]](repeating: [], count: geometry.rows)
        for contour in contours {
            let corners = contour.map { point in
                let offset = point - geometry.sliceOrigins[slice]
                return (
                    x: offset.dot(geometry.rowDirection) / geometry.columnSpacing,
                    y: offset.dot(geometry.columnDirection) / geometry.rowSpacing
                )
            }
            for (from, to) in zip(corners, corners.dropFirst() + corners.prefix(1)) {
                // Rows j with one end at or above and the other below: an edge through a corner counts once.
                let first = max(0, Int(min(max(min(from.y, to.y).rounded(.up), 0), Double(geometry.rows))))
                let end = Int(min(max(max(from.y, to.y).rounded(.up), 0), Double(geometry.rows)))
                for j in stride(from: first, to: end, by: 1) {
                    crossings[j].append(from.x + (Double(j) - from.y) / (to.y - from.y) * (to.x - from.x))
                }
            }
        }
        var found: [Int] = []
        for (j, row) in crossings.enumerated() {
            let ends = row.sorted().map { Int(min(max($0.rounded(.up), 0), Double(geometry.columns))) }
            for pair in stride(from: 0, to: ends.count - 1, by: 2) {
                found += (ends[pair]..<ends[pair + 1]).map { geometry.index($0, j, slice) }
            }
        }
        return found
    }
}
