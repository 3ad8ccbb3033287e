/// A point of the drawing: LPS millimetres.
typealias Point = SIMD3<Float>

/// A box along the patient axes, in LPS millimetres.
struct Bounds: Sendable {
    var low: Point
    var high: Point

    /// Whether a point lies in the box.
    func contains(_ point: Point) -> Bool { all(point .>= low) && all(point .<= high) }

    /// The smallest box around two.
    func union(_ other: Bounds) -> Bounds {
        Bounds(low: pointwiseMin(low, other.low), high: pointwiseMax(high, other.high))
    }
}

/// A row of sample points along x: sample `i` lies at `x0 + i * step`.
struct SampleRow {
    let x0: Float
    let step: Float
    let y: Float
    let z: Float
    let count: Int

    /// The samples between two x, as a range of indices.
    func range(_ low: Float, _ high: Float) -> Range<Int> {
        let first = max(((low - x0) / step).rounded(.up), 0)
        let last = min(((high - x0) / step).rounded(.down), Float(count - 1))
        return first <= last ? Int(first)..<Int(last) + 1 : 0..<0
    }
}

/// A solid of the drawing.
enum Shape: Sendable {
    case ellipsoid(Ellipsoid)
    case tube(Tube)
    case loft(Loft)
    case blob(Blob)
    /// All of several solids, for what one solid cannot tell.
    case group([Shape])

    /// The box around it.
    var bounds: Bounds {
        switch self {
        case .ellipsoid(let ellipsoid): ellipsoid.bounds
        case .tube(let tube): tube.bounds
        case .loft(let loft): loft.bounds
        case .blob(let blob): blob.bounds
        case .group(let shapes): shapes.dropFirst().reduce(shapes[0].bounds) { $0.union($1.bounds) }
        }
    }

    /// Sets `mask` at the samples of a row that lie inside; others are left as they are.
    func cover(_ row: SampleRow, _ mask: UnsafeMutablePointer<Bool>) {
        switch self {
        case .ellipsoid(let ellipsoid): ellipsoid.cover(row, mask)
        case .tube(let tube): tube.cover(row, mask)
        case .loft(let loft): loft.cover(row, mask)
        case .blob(let blob): blob.cover(row, mask)
        case .group(let shapes): for shape in shapes { shape.cover(row, mask) }
        }
    }

    /// Whether a point lies inside.
    func contains(_ point: Point) -> Bool {
        guard bounds.contains(point) else { return false }
        var inside = false
        cover(SampleRow(x0: point.x, step: 1, y: point.y, z: point.z, count: 1), &inside)
        return inside
    }

    /// The solid without its outer `depth` millimetres, such as marrow within cortical bone.
    func inset(by depth: Float) -> Shape {
        switch self {
        case .ellipsoid(let ellipsoid): .ellipsoid(ellipsoid.inset(by: depth))
        case .tube(let tube): .tube(tube.inset(by: depth))
        case .loft(let loft): .loft(loft.inset(by: depth))
        case .blob(let blob): .blob(blob.inset(by: depth))
        case .group(let shapes): .group(shapes.map { $0.inset(by: depth) })
        }
    }
}
