/// A round tube along a smooth curve, its radius changing on the way.
struct Tube: Sendable {
    /// A place on the curve, with the tube's radius there in mm.
    struct Knot: Sendable {
        var point: Point
        var radius: Float
    }

    /// The curve, close enough to be straight from knot to knot.
    let knots: [Knot]
    let bounds: Bounds

    /// A tube through `controls` by a Catmull-Rom spline.
    init(through controls: [Knot], spacing: Float = 6) {
        self.init(knots: controls.count > 2 ? Self.spline(controls, spacing: spacing) : controls)
    }

    private init(knots: [Knot]) {
        precondition(knots.count >= 2, "a tube needs two ends")
        self.knots = knots
        let boxes = knots.map { Bounds(low: $0.point - $0.radius, high: $0.point + $0.radius) }
        bounds = boxes.dropFirst().reduce(boxes[0]) { $0.union($1) }
    }

    func inset(by depth: Float) -> Tube {
        Tube(knots: knots.map { Knot(point: $0.point, radius: max($0.radius - depth, 0.3)) })
    }

    /// The part between two shares of its length, each in 0...1.
    func part(_ from: Float, _ to: Float) -> Tube {
        let last = Float(knots.count - 1)
        let first = min(Int(from * last), knots.count - 2)
        return Tube(knots: Array(knots[first...max(Int(to * last), first + 1)]))
    }

    /// The knot at a share of the length in 0...1.
    func knot(at share: Float) -> Knot {
        let place = min(max(share, 0), 1) * Float(knots.count - 1)
        let index = min(Int(place), knots.count - 2)
        let weight = place - Float(index)
        let (a, b) = (knots[index], knots[index + 1])
        return Knot(point: a.point + (b.point - a.point) * weight, radius: a.radius + (b.radius - a.radius) * weight)
    }

    func cover(_ row: SampleRow, _ mask: UnsafeMutablePointer<Bool>) {
        knots.withUnsafeBufferPointer { knots in
            for index in 0..<knots.count - 1 { cover(row, from: knots[index], to: knots[index + 1], mask) }
        }
    }

    private func cover(_ row: SampleRow, from a: Knot, to b: Knot, _ mask: UnsafeMutablePointer<Bool>) {
        let radius = max(a.radius, b.radius)
        guard row.z >= min(a.point.z, b.point.z) - radius, row.z <= max(a.point.z, b.point.z) + radius,
            row.y >= min(a.point.y, b.point.y) - radius, row.y <= max(a.point.y, b.point.y) + radius
        else { return }
        let axis = b.point - a.point
        let scale = 1 / max(dot(axis, axis), 1e-6)
        for index in row.range(min(a.point.x, b.point.x) - radius, max(a.point.x, b.point.x) + radius) {
            let offset = Point(row.x0 + Float(index) * row.step, row.y, row.z) - a.point
            let share = min(max(dot(offset, axis) * scale, 0), 1)
            let away = offset - axis * share
            let limit = a.radius + (b.radius - a.radius) * share
            if dot(away, away) <= limit * limit { mask[index] = true }
        }
    }

    private static func spline(_ controls: [Knot], spacing: Float) -> [Knot] {
        var knots: [Knot] = []
        for index in 0..<controls.count - 1 {
            let (p1, p2) = (controls[index], controls[index + 1])
            let p0 = controls[max(index - 1, 0)]
            let p3 = controls[min(index + 2, controls.count - 1)]
            let steps = max(Int((length(p2.point - p1.point) / spacing).rounded(.up)), 1)
            for step in 0..<steps {
                let t = Float(step) / Float(steps)
                let point = catmullRom(p0.point, p1.point, p2.point, p3.point, t)
                knots.append(Knot(point: point, radius: p1.radius + (p2.radius - p1.radius) * t))
            }
        }
        return knots + [controls[controls.count - 1]]
    }
}

/// The Catmull-Rom curve from `p1` (t = 0) to `p2` (t = 1).
func catmullRom(_ p0: Point, _ p1: Point, _ p2: Point, _ p3: Point, _ t: Float) -> Point {
    let linear = (p2 - p0) * t
    let square = (p0 * 2 - p1 * 5 + p2 * 4 - p3) * (t * t)
    let cube = (p1 * 3 - p0 - p2 * 3 + p3) * (t * t * t)
    return p1 + (linear + square + cube) * 0.5
}
