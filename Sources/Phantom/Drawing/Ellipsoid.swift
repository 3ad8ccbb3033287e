import Foundation

/// An ellipsoid or, with a higher power, a rounded block; its surface may wobble.
struct Ellipsoid: Sendable {
    /// Middle, LPS mm.
    let center: Point
    /// Half lengths along its own axes, mm.
    let semiAxes: Point
    /// Its own axes: three orthogonal unit vectors.
    let axes: (Point, Point, Point)
    /// The power of the superquadric: 2 an ellipsoid, higher a rounder-edged block (Barr 1981).
    let power: Float
    /// Height of the waves of the surface, as a share of the half lengths.
    let wobble: Float
    /// Where the waves begin along each axis, radians.
    let phase: Point

    /// Makes one; `tilt` are rotations about x, y and z in degrees, in that order.
    init(
        _ center: Point, _ semiAxes: Point, tilt: Point = .zero, power: Float = 2, wobble: Float = 0,
        phase: Point = .zero
    ) {
        self.init(center, semiAxes, axes: Self.rotated(tilt), power: power, wobble: wobble, phase: phase)
    }

    private init(
        _ center: Point, _ semiAxes: Point, axes: (Point, Point, Point), power: Float, wobble: Float, phase: Point
    ) {
        self.center = center
        self.semiAxes = semiAxes
        self.axes = axes
        self.power = power
        self.wobble = wobble
        self.phase = phase
    }

    var bounds: Bounds {
        // A block fills the box of its half lengths, an ellipsoid less; the box holds either.
        let (u, v, w) = axes
        let a = u * semiAxes.x
        let b = v * semiAxes.y
        let c = w * semiAxes.z
        let square = a * a + b * b + c * c
        let extent = power == 2 ? square.squareRoot() : absolute(a) + absolute(b) + absolute(c)
        return Bounds(low: center - extent * (1 + wobble), high: center + extent * (1 + wobble))
    }

    func inset(by depth: Float) -> Ellipsoid {
        Ellipsoid(
            center, pointwiseMax(semiAxes - depth, Point(repeating: 0.3)), axes: axes, power: power, wobble: wobble,
            phase: phase)
    }

    func cover(_ row: SampleRow, _ mask: UnsafeMutablePointer<Bool>) {
        let start = local(Point(row.x0, row.y, row.z) - center)
        let along = local(Point(row.step, 0, 0))
        guard power == 2 else {
            for index in range(of: row) {
                let q = absolute(start + along * Float(index))
                if pow(q.x, power) + pow(q.y, power) + pow(q.z, power) <= 1 { mask[index] = true }
            }
            return
        }
        // |start + i·along| = reach: where the row enters and leaves.
        let reach = 1 + wobble
        let a = dot(along, along)
        let b = dot(start, along)
        let c = dot(start, start) - reach * reach
        let discriminant = b * b - a * c
        guard discriminant >= 0 else { return }
        let root = discriminant.squareRoot()
        let first = max(((-b - root) / a).rounded(.up), 0)
        let last = min(((-b + root) / a).rounded(.down), Float(row.count - 1))
        guard first <= last else { return }
        for index in Int(first)...Int(last) where wobble == 0 || isInside(start + along * Float(index)) {
            mask[index] = true
        }
    }

    /// Whether a point in the ellipsoid's own unit coordinates is inside the waving surface.
    private func isInside(_ q: Point) -> Bool {
        let wave = sin(2.6 * q.x + phase.x) + sin(2.6 * q.y + phase.y) + sin(2.6 * q.z + phase.z)
        let radius = 1 + wobble * wave / 3
        return dot(q, q) <= radius * radius
    }

    private func range(of row: SampleRow) -> Range<Int> {
        let box = bounds
        return row.range(box.low.x, box.high.x)
    }

    /// An offset from the middle in the ellipsoid's own unit coordinates.
    func local(_ offset: Point) -> Point {
        Point(dot(offset, axes.0), dot(offset, axes.1), dot(offset, axes.2)) / semiAxes
    }

    private static func rotated(_ tilt: Point) -> (Point, Point, Point) {
        func turn(_ p: Point) -> Point {
            let radians = tilt * (.pi / 180)
            var q = Point(p.x, p.y * cos(radians.x) - p.z * sin(radians.x), p.y * sin(radians.x) + p.z * cos(radians.x))
            q = Point(q.x * cos(radians.y) + q.z * sin(radians.y), q.y, q.z * cos(radians.y) - q.x * sin(radians.y))
            return Point(
                q.x * cos(radians.z) - q.y * sin(radians.z), q.x * sin(radians.z) + q.y * cos(radians.z), q.z)
        }
        return (turn(Point(1, 0, 0)), turn(Point(0, 1, 0)), turn(Point(0, 0, 1)))
    }
}

/// Scalar product.
func dot(_ a: Point, _ b: Point) -> Float { (a * b).sum() }

/// Each coordinate without its sign.
func absolute(_ point: Point) -> Point { pointwiseMax(point, -point) }

/// Euclidean length.
func length(_ point: Point) -> Float { dot(point, point).squareRoot() }
