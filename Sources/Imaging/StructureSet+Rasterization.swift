import DICOM

extension StructureSet.Region {
    /// The voxels of the region: those whose centre its contours enclose, by the even-odd rule, so that inner rings
    /// and keyholes both are holes.
    ///
    /// Each slice takes the contour plane nearest to it, within half its thickness, so that contours finer than the slices
    /// are not counted twice; or, where the contours were drawn on thicker slices, within half of their distance, so that
    /// no slice between them stays empty.
    /// - Returns: places in the linear array, ascending.
    /// - Throws: a refusal where the region lies in another frame of reference, or its contours not along the slices.
    public func voxels(on geometry: VolumeGeometry) throws(Refusal) -> [Int] {
        if let frame = frameOfReferenceUID, frame != geometry.frameOfReferenceUID {
            throw Refusal(
                .otherFrameOfReference, "ROI \"\(name)\" lies in another frame of reference than the image.")
        }
        var planes: [(position: Double, contours: [[PatientPoint]])] = []
        for contour in contours {
            let positions = contour.map { $0.dot(geometry.normal) }
            let position = positions.reduce(0, +) / Double(positions.count)
            let slice = nearestSlice(to: position, in: geometry)
            let halfThickness = geometry.sliceThickness(slice) / 2
            guard positions.max()! - positions.min()! <= halfThickness else {
                throw Refusal(.mixedOrientation, "The contours of ROI \"\(name)\" do not run along the image's slices.")
            }
            planes.append((position, [contour]))
        }
        planes.sort { $0.position < $1.position }
        planes = planes.reduce(into: []) { merged, plane in
            if let last = merged.last, plane.position - last.position <= SliceOrder.samePosition {
                merged[merged.count - 1].contours += plane.contours
            } else {
                merged.append(plane)
            }
        }
        let halfDistance = Self.distance(between: planes.map(\.position)) / 2
        var next = 0
        return (0..<geometry.slices).flatMap { slice -> [Int] in
            let position = geometry.slicePositions[slice]
            while next + 1 < planes.count,
                abs(planes[next + 1].position - position) < abs(planes[next].position - position)
            {
                next += 1
            }
            let reach = max(geometry.sliceThickness(slice) / 2, halfDistance) + SliceOrder.samePosition
            guard next < planes.count, abs(planes[next].position - position) <= reach else { return [] }
            return fill(planes[next].contours, slice: slice, geometry)
        }
    }

    /// How far the slices lie apart on which contours were drawn: the smallest distance of two; 0 where it is more than that of
    /// any slices, as of two lesions of one contour each.
    private static func distance(between positions: [Double]) -> Double {
        let smallest = zip(positions.dropFirst(), positions).map { $0 - $1 }.min() ?? 0
        return smallest <= 10 ? smallest : 0
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
