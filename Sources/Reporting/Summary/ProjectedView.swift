import Imaging

/// A maximum-intensity projection of a PET along a body axis, with the lesions' outlines in it.
///
/// The projection runs along the voxel axis nearest to the body axis; of an oblique stack it is oblique as well.
package struct ProjectedView: Sendable {
    /// A plane of the body.
    package enum Plane: String, Sendable {
        /// Seen from the front: the patient's left is on the right.
        case coronal = "Coronal"
        /// Seen from the left: the front is on the left.
        case sagittal = "Sagittal"

        /// The body axes (0 x, 1 y, 2 z) that run across the picture and away from the viewer.
        var axes: (across: Int, depth: Int) { self == .coronal ? (0, 1) : (1, 0) }
    }

    /// A voxel axis as it runs over the page.
    struct Axis: Sendable {
        /// Millimetres of each voxel along the axis, ascending.
        let positions: [Double]
        /// Whether the page runs against the voxels.
        let isReversed: Bool

        var count: Int { positions.count }

        /// Edge to edge, in millimetres.
        var extent: Double { edge(count) - edge(0) }

        /// The edge before a voxel, in millimetres.
        func edge(_ index: Int) -> Double {
            guard count > 1 else { return positions[0] + Double(index) - 0.5 }
            if index == 0 { return positions[0] - (positions[1] - positions[0]) / 2 }
            if index == count { return positions[count - 1] + (positions[count - 1] - positions[count - 2]) / 2 }
            return (positions[index - 1] + positions[index]) / 2
        }

        /// Millimetres from the page's start of the picture to the edge before a voxel.
        func offset(ofEdge index: Int) -> Double { isReversed ? edge(count) - edge(index) : edge(index) - edge(0) }

        /// The voxel before a place on the page and how far the place is on the way to the next one.
        func sample(at offset: Double) -> (index: Int, weight: Float) {
            let position = isReversed ? edge(count) - offset : edge(0) + offset
            var low = 0
            var high = count - 1
            while high - low > 1 {
                let middle = (low + high) / 2
                if positions[middle] <= position { low = middle } else { high = middle }
            }
            guard high > low else { return (0, 0) }
            let weight = (position - positions[low]) / (positions[high] - positions[low])
            return (low, Float(min(max(weight, 0), 1)))
        }
    }

    let plane: Plane
    /// Left to right.
    let across: Axis
    /// Head to foot.
    let down: Axis
    /// Highest SUVbw along each line of sight, `across` fastest, in voxel order.
    let values: [Float]
    /// The outlines of each lesion as corners of the voxel grid (across, down), in the order of the lesions.
    let outlines: [[[GridCorner]]]

    /// Projects a PET.
    /// - Parameter lesions: The voxels of each lesion, as places in the linear array.
    package init(_ plane: Plane, of pet: Volume<SUVbw>, lesions: [[Int32]]) {
        self.plane = plane
        let geometry = pet.geometry
        let order = geometry.voxelAxes
        let (u, v) = (order[plane.axes.across], order[2])
        across = Axis(positions: geometry.positions(along: u.axis), isReversed: u.isReversed)
        down = Axis(positions: geometry.positions(along: v.axis), isReversed: !v.isReversed)
        let width = across.count
        let strides = [1, geometry.columns, geometry.columns * geometry.rows]
        let counts = [geometry.columns, geometry.rows, geometry.slices]
        func place(_ index: Int) -> Int {
            index / strides[v.axis] % counts[v.axis] * width + index / strides[u.axis] % counts[u.axis]
        }
        let depth = order[plane.axes.depth].axis
        values = Self.project(
            pet.voxels, across: (strides[u.axis], width), down: (strides[v.axis], down.count),
            depth: (strides[depth], counts[depth]))
        outlines = lesions.map { voxels in
            boundaryLoops(of: Array(Set(voxels.map { place(Int($0)) })), columns: width)
        }
    }

    /// The maximum along the depth of every line of sight.
    private static func project(
        _ voxels: [Float], across: (stride: Int, count: Int), down: (stride: Int, count: Int),
        depth: (stride: Int, count: Int)
    ) -> [Float] {
        var result = [Float](repeating: 0, count: across.count * down.count)
        voxels.withUnsafeBufferPointer { source in
            result.withUnsafeMutableBufferPointer { target in
                for v in 0..<down.count {
                    for d in 0..<depth.count {
                        let start = v * down.stride + d * depth.stride
                        for u in 0..<across.count {
                            let value = source[start + u * across.stride]
                            if value > target[v * across.count + u] { target[v * across.count + u] = value }
                        }
                    }
                }
            }
        }
        return result
    }

    /// Where the body lies across the picture, in millimetres from its start: the columns with a tenth of the mean uptake
    /// of the fullest one (each value counted up to 1 SUVbw), and every outline, with a margin.
    package var bodySpan: ClosedRange<Double> {
        let profile = (0..<across.count).map { u in
            (0..<down.count).reduce(Float(0)) { $0 + min(values[$1 * across.count + u], 1) }
        }
        let limit = 0.1 * (profile.max() ?? 0)
        let edges =
            profile.indices.filter { profile[$0] > 0 && profile[$0] >= limit }.flatMap { [$0, $0 + 1] }
            + outlines.joined().joined().map(\.column)
        let offsets = edges.map(across.offset(ofEdge:))
        guard let first = offsets.min(), let last = offsets.max() else { return 0...across.extent }
        let margin = 20.0
        return max(first - margin, 0)...min(last + margin, across.extent)
    }

    /// Grey values at `scale` page units per millimetre: 0 SUV white, `maximum` and above black.
    /// - Parameter span: the part of the picture across, in millimetres from its start; all of it if left out.
    package func grey(
        scale: Double, maximum: Double, across span: ClosedRange<Double>? = nil
    ) -> (pixels: [UInt8], width: Int, height: Int) {
        let span = span ?? 0...across.extent
        let width = max(Int(((span.upperBound - span.lowerBound) * scale).rounded(.down)), 1)
        let height = max(Int((down.extent * scale).rounded(.down)), 1)
        let columns = (0..<width).map { across.sample(at: span.lowerBound + (Double($0) + 0.5) / scale) }
        var pixels = [UInt8](repeating: 0, count: width * height)
        for y in 0..<height {
            let (row, below) = down.sample(at: (Double(y) + 0.5) / scale)
            for x in 0..<width {
                let (column, beyond) = columns[x]
                let value = interpolated(column, row, beyond, below) / Float(maximum)
                pixels[y * width + x] = UInt8(255 * (1 - min(max(value, 0), 1)))
            }
        }
        return (pixels, width, height)
    }

    private func interpolated(_ column: Int, _ row: Int, _ beyond: Float, _ below: Float) -> Float {
        let next = min(column + 1, across.count - 1)
        let under = min(row + 1, down.count - 1)
        func value(_ column: Int, _ row: Int) -> Float { values[row * across.count + column] }
        let upper = value(column, row) * (1 - beyond) + value(next, row) * beyond
        let lower = value(column, under) * (1 - beyond) + value(next, under) * beyond
        return upper * (1 - below) + lower * below
    }
}

extension VolumeGeometry {
    /// For each body axis x, y, z the voxel axis (0 column, 1 row, 2 slice) nearest to it, and whether it runs against it.
    fileprivate var voxelAxes: [(axis: Int, isReversed: Bool)] {
        let directions = [rowDirection, columnDirection, normal].map(\.coordinates)
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        func agreement(_ order: [Int]) -> Double { (0..<3).reduce(0) { $0 + abs(directions[order[$1]][$1]) } }
        let best = orders.max { agreement($0) < agreement($1) }!
        return best.enumerated().map { body, axis in (axis, directions[axis][body] < 0) }
    }

    /// Where the voxels of an axis lie along it, in millimetres.
    fileprivate func positions(along axis: Int) -> [Double] {
        switch axis {
        case 0: (0..<columns).map { Double($0) * columnSpacing }
        case 1: (0..<rows).map { Double($0) * rowSpacing }
        default: slicePositions
        }
    }
}
