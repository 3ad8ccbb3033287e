/// Reads a patient's drawing along rows of a scanner's samples, through the deformation of the body.
struct BodySampler: Sendable {
    let map: LabelMap
    let deformation: Deformation
    /// By how much the body lies elsewhere than drawn, mm at a height: breathing and motion between PET and CT.
    var shift: @Sendable (Float) -> Point = { _ in .zero }

    /// The rows' box: samples outside of it see no body.
    var bounds: Bounds {
        // The deformation may carry the body this far beyond what was painted, mm.
        Bounds(low: map.bounds.low - 24, high: map.bounds.high + 24)
    }

    /// The part seen at each sample of a row, plus one; 0 outside the body.
    func read(_ row: SampleRow, into parts: UnsafeMutablePointer<UInt16>) {
        let inside = row.range(bounds.low.x, bounds.high.x)
        parts.update(repeating: 0, count: row.count)
        guard bounds.low.y <= row.y, row.y <= bounds.high.y, bounds.low.z <= row.z, row.z <= bounds.high.z else {
            return
        }
        let offset = Point(row.x0, row.y, row.z) - shift(row.z) - map.low
        let displacements = deformation.row(y: row.y, z: row.z)
        map.parts.withUnsafeBufferPointer { source in
            displacements.vectors.withUnsafeBufferPointer { vectors in
                // Between two points of the deformation's grid the way through the map is straight.
                for segment in -1..<vectors.count {
                    let start = displacements.low + Float(segment) * displacements.spacing
                    let samples = row.range(start, start + displacements.spacing * 0.999_99).clamped(to: inside)
                    guard !samples.isEmpty else { continue }
                    let from = vectors[max(segment, 0)]
                    let change = vectors[min(segment + 1, vectors.count - 1)] - from
                    let first = row.x0 + Float(samples.lowerBound) * row.step - start
                    let place =
                        offset + Point(Float(samples.lowerBound) * row.step, 0, 0)
                        + from + change * (first / displacements.spacing)
                    let along = Point(row.step, 0, 0) + change * (row.step / displacements.spacing)
                    walk(source, from: place, along: along, samples, parts)
                }
            }
        }
    }

    /// Reads the map along a straight line; `place` is in millimetres from the map's first sample.
    @inline(__always) private func walk(
        _ source: UnsafeBufferPointer<UInt16>, from place: Point, along: Point, _ samples: Range<Int>,
        _ parts: UnsafeMutablePointer<UInt16>
    ) {
        let scale = 1 / map.step
        // Half a sample more, because whole numbers are cut off, not rounded.
        var place = place * scale + 0.5
        let along = along * scale
        let counts = map.counts
        for index in samples {
            let (i, j, k) = (Int(place.x), Int(place.y), Int(place.z))
            // Above and below what was painted the body goes on as it ends; beside it is air.
            let slice = min(max(k, 0), counts.z - 1)
            if place.x >= 0, place.y >= 0, i < counts.x, j < counts.y {
                parts[index] = source[(slice * counts.y + j) * counts.x + i]
            }
            place += along
        }
    }
}
