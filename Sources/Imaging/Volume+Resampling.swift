import Dispatch

extension Volume {
    /// The volume on another grid.
    ///
    /// Each value is the mean over its voxel of the trilinear interpolation here, so that a fine CT on a coarse PET
    /// grid keeps no aliases. Voxels whose centre lies more than half a voxel outside this stack get `outside`.
    /// - Precondition: both grids have one frame of reference.
    public func resampled(to target: VolumeGeometry, outside: Float) -> Volume {
        precondition(geometry.frameOfReferenceUID == target.frameOfReferenceUID, "one frame of reference")
        return geometry.isParallel(to: target)
            ? resampledAlongAxes(to: target, outside: outside) : resampledPointwise(to: target, outside: outside)
    }

    /// Parallel grids: the mean over a voxel is a product of means along its axes, so one axis after the other.
    package func resampledAlongAxes(to target: VolumeGeometry, outside: Float) -> Volume {
        let offset = target.sliceOrigins[0] - geometry.sliceOrigins[0]
        let columnAxis = AxisWeights(
            targets: target.columns,
            position: {
                (offset.dot(geometry.rowDirection) + Double($0) * target.columnSpacing) / geometry.columnSpacing
            },
            width: target.columnSpacing / geometry.columnSpacing, sources: geometry.columns)
        let rowAxis = AxisWeights(
            targets: target.rows,
            position: { (offset.dot(geometry.columnDirection) + Double($0) * target.rowSpacing) / geometry.rowSpacing },
            width: target.rowSpacing / geometry.rowSpacing, sources: geometry.rows)
        let sliceAxis = AxisWeights(
            targets: target.slices,
            position: { geometry.fractionalSlice(at: target.slicePositions[$0]) },
            width: target.sliceSpacing / geometry.sliceSpacing, sources: geometry.slices)
        // Within the plane first: it shrinks the data most. Slices that no target needs are left out.
        let plane = target.columns * target.rows
        let needed = sliceAxis.sourceRange
        var inPlane = [Float](repeating: outside, count: plane * needed.count)
        var result = [Float](repeating: outside, count: target.count)
        voxels.withUnsafeBufferPointer { source in
            inPlane.withUnsafeMutableBufferPointer { inPlane in
                let shared = UncheckedBuffer(source, inPlane)
                DispatchQueue.concurrentPerform(iterations: needed.count) { index in
                    let k = needed.lowerBound + index
                    let from = UnsafeBufferPointer(
                        rebasing: shared.source[
                            k * geometry.columns * geometry.rows..<(k + 1) * geometry.columns * geometry.rows])
                    let to = UnsafeMutableBufferPointer(rebasing: shared.target[index * plane..<(index + 1) * plane])
                    resamplePlane(from, sourceColumns: geometry.columns, columnAxis, rowAxis, into: to)
                }
            }
        }
        inPlane.withUnsafeBufferPointer { inPlane in
            result.withUnsafeMutableBufferPointer { result in
                let shared = UncheckedBuffer(inPlane, result)
                DispatchQueue.concurrentPerform(iterations: target.slices) { k in
                    guard let taps = sliceAxis.taps[k] else { return }
                    for j in 0..<target.rows where rowAxis.taps[j] != nil {
                        for i in 0..<target.columns where columnAxis.taps[i] != nil {
                            var sum: Float = 0
                            for (step, weight) in taps.weights.enumerated() {
                                let slice = taps.first + step - needed.lowerBound
                                sum += weight * shared.source[slice * plane + j * target.columns + i]
                            }
                            shared.target[k * plane + j * target.columns + i] = sum
                        }
                    }
                }
            }
        }
        return Volume(geometry: target, voxels: result)
    }

    /// Grids at an angle, or tilted: shrunk within its own slices first, so that one interpolation there has the mean
    /// over a target voxel; across the slices, the mean of points spread over the voxel.
    package func resampledPointwise(to target: VolumeGeometry, outside: Float) -> Volume {
        let fine = min(geometry.sliceSpacing, target.sliceSpacing)
        let parts = min(Int((target.sliceSpacing / fine).rounded(.up)), 8)
        let offsets = (0..<parts).map { part in
            target.normal * (((Double(part) + 0.5) / Double(parts) - 0.5) * target.sliceSpacing)
        }
        let shrunk = shrunkInPlane(to: min(target.columnSpacing, target.rowSpacing))
        var result = [Float](repeating: outside, count: target.count)
        shrunk.voxels.withUnsafeBufferPointer { source in
            result.withUnsafeMutableBufferPointer { result in
                let shared = UncheckedBuffer(source, result)
                DispatchQueue.concurrentPerform(iterations: target.slices) { k in
                    for j in 0..<target.rows {
                        for i in 0..<target.columns {
                            let centre = target.point(Double(i), Double(j), slice: k)
                            guard geometry.contains(centre) else { continue }
                            var sum: Float = 0
                            for offset in offsets {
                                let place = shrunk.geometry.fractionalVoxel(at: centre + offset)
                                sum += interpolate(shared.source, shrunk.geometry, place)
                            }
                            shared.target[target.index(i, j, k)] = sum / Float(offsets.count)
                        }
                    }
                }
            }
        }
        return Volume(geometry: target, voxels: result)
    }

    /// The same slices in larger pixels, each the mean of those it covers.
    private func shrunkInPlane(to spacing: Double) -> Volume {
        guard spacing > 1.5 * max(geometry.columnSpacing, geometry.rowSpacing) else { return self }
        func number(_ count: Int, _ step: Double) -> Int { max(1, Int((Double(count) * step / spacing).rounded(.up))) }
        let shift =
            geometry.rowDirection * ((spacing - geometry.columnSpacing) / 2)
            + geometry.columnDirection * ((spacing - geometry.rowSpacing) / 2)
        let shrunk = VolumeGeometry(
            columns: number(geometry.columns, geometry.columnSpacing), rows: number(geometry.rows, geometry.rowSpacing),
            columnSpacing: spacing, rowSpacing: spacing, rowDirection: geometry.rowDirection,
            columnDirection: geometry.columnDirection, sliceOrigins: geometry.sliceOrigins.map { $0 + shift },
            frameOfReferenceUID: geometry.frameOfReferenceUID)
        func axis(_ targets: Int, _ step: Double, _ sources: Int) -> AxisWeights {
            AxisWeights(
                targets: targets,
                // The last pixel may reach beyond the border; its centre is held at it.
                position: { min(((Double($0) + 0.5) * spacing / step) - 0.5, Double(sources) - 0.5) },
                width: spacing / step, sources: sources)
        }
        let columnAxis = axis(shrunk.columns, geometry.columnSpacing, geometry.columns)
        let rowAxis = axis(shrunk.rows, geometry.rowSpacing, geometry.rows)
        var result = [Float](repeating: 0, count: shrunk.count)
        voxels.withUnsafeBufferPointer { source in
            result.withUnsafeMutableBufferPointer { result in
                let shared = UncheckedBuffer(source, result)
                let (plane, shrunkPlane) = (geometry.columns * geometry.rows, shrunk.columns * shrunk.rows)
                DispatchQueue.concurrentPerform(iterations: geometry.slices) { k in
                    resamplePlane(
                        UnsafeBufferPointer(rebasing: shared.source[k * plane..<(k + 1) * plane]),
                        sourceColumns: geometry.columns, columnAxis, rowAxis,
                        into: UnsafeMutableBufferPointer(
                            rebasing: shared.target[k * shrunkPlane..<(k + 1) * shrunkPlane]))
                }
            }
        }
        return Volume(geometry: shrunk, voxels: result)
    }
}

/// Trilinear interpolation, the border values extending outwards.
private func interpolate(
    _ voxels: UnsafeBufferPointer<Float>, _ geometry: VolumeGeometry, _ place: (i: Double, j: Double, k: Double)
) -> Float {
    let i = min(max(place.i, 0), Double(geometry.columns - 1))
    let j = min(max(place.j, 0), Double(geometry.rows - 1))
    let k = min(max(place.k, 0), Double(geometry.slices - 1))
    let (i0, j0, k0) = (Int(i), Int(j), Int(k))
    let (u, v, w) = (Float(i - Double(i0)), Float(j - Double(j0)), Float(k - Double(k0)))
    let right = i0 + 1 < geometry.columns ? 1 : 0
    let down = j0 + 1 < geometry.rows ? geometry.columns : 0
    let up = k0 + 1 < geometry.slices ? geometry.columns * geometry.rows : 0
    func plane(_ start: Int) -> Float {
        let near = voxels[start] * (1 - u) + voxels[start + right] * u
        let far = voxels[start + down] * (1 - u) + voxels[start + down + right] * u
        return near * (1 - v) + far * v
    }
    let start = geometry.index(i0, j0, k0)
    return plane(start) * (1 - w) + plane(start + up) * w
}

/// Buffers that threads share, each writing to its own part only.
private struct UncheckedBuffer: @unchecked Sendable {
    let source: UnsafeBufferPointer<Float>
    let target: UnsafeMutableBufferPointer<Float>

    init(_ source: UnsafeBufferPointer<Float>, _ target: UnsafeMutableBufferPointer<Float>) {
        self.source = source
        self.target = target
    }
}

/// For each target index along an axis, the neighbouring source indices whose weighted sum is its value.
private struct AxisWeights: Sendable {
    struct Taps: Sendable {
        let first: Int
        let weights: [Float]
    }

    /// nil where the target's centre lies outside the source.
    let taps: [Taps?]

    /// - Parameters:
    ///   - position: the fractional source index of a target's centre.
    ///   - width: the extent of a target in source steps.
    init(targets: Int, position: (Int) -> Double, width: Double, sources: Int) {
        // Enough points that each source step is met several times; one point when enlarging is plain interpolation.
        let points = width <= 1 ? 1 : Int((4 * width).rounded(.up))
        taps = (0..<targets).map { target in
            let centre = position(target)
            guard centre >= -0.5, centre <= Double(sources) - 0.5 else { return nil }
            var weights: [Int: Double] = [:]
            for point in 0..<points {
                let place = centre + ((Double(point) + 0.5) / Double(points) - 0.5) * width
                let clamped = min(max(place, 0), Double(sources - 1))
                let low = min(Int(clamped), max(sources - 2, 0))
                weights[low, default: 0] += (1 - (clamped - Double(low))) / Double(points)
                if sources > 1 { weights[low + 1, default: 0] += (clamped - Double(low)) / Double(points) }
            }
            let (first, last) = (weights.keys.min()!, weights.keys.max()!)
            return Taps(first: first, weights: (first...last).map { Float(weights[$0] ?? 0) })
        }
    }

    /// The source indices that any target needs.
    var sourceRange: Range<Int> {
        let used = taps.compactMap { $0 }
        guard let first = used.map(\.first).min(), let last = used.map({ $0.first + $0.weights.count }).max() else {
            return 0..<0
        }
        return first..<last
    }
}

/// One plane: along the rows, then across them.
private func resamplePlane(
    _ source: UnsafeBufferPointer<Float>, sourceColumns: Int, _ columnAxis: AxisWeights, _ rowAxis: AxisWeights,
    into target: UnsafeMutableBufferPointer<Float>
) {
    let columns = columnAxis.taps.count
    let neededRows = rowAxis.sourceRange
    var narrow = [Float](repeating: 0, count: columns * neededRows.count)
    narrow.withUnsafeMutableBufferPointer { narrow in
        for (i, taps) in columnAxis.taps.enumerated() {
            guard let taps else { continue }
            taps.weights.withUnsafeBufferPointer { weights in
                for row in neededRows {
                    let start = row * sourceColumns + taps.first
                    var sum: Float = 0
                    for step in 0..<weights.count { sum += weights[step] * source[start + step] }
                    narrow[(row - neededRows.lowerBound) * columns + i] = sum
                }
            }
        }
        for (j, taps) in rowAxis.taps.enumerated() {
            guard let taps else { continue }
            for i in 0..<columns { target[j * columns + i] = 0 }
            for (step, weight) in taps.weights.enumerated() {
                let row = taps.first + step - neededRows.lowerBound
                for i in 0..<columns { target[j * columns + i] += weight * narrow[row * columns + i] }
            }
        }
    }
}
