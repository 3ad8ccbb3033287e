import Foundation

/// The shape of a lesion: a few waving ellipsoids that overlap; nodes are beans, others clumps.
struct IrregularShape {
    /// One ellipsoid, in units of the lesion's radius.
    private struct Lobe {
        var offset: Point
        var semiAxes: Point
        var tilt: Point
        var phase: Point
    }

    private let lobes: [Lobe]
    /// Radius of a ball of the lobes' volume, in units of the radius they were drawn for.
    private let equivalentRadius: Float

    init(isNode: Bool, using random: inout SeededGenerator) {
        let plan: [(offset: Float, size: Float)] =
            isNode ? [(0, 0.92), (0.35, 0.75)] : [(0, 0.85), (0.5, 0.6), (0.5, 0.6), (0.6, 0.5)]
        lobes = plan.map { offset, size in
            let away = Point(Float(random.normal()), Float(random.normal()), Float(random.normal()))
            let stretch = Point(
                Float(random.uniform(0.85, 1.15)), Float(random.uniform(0.85, 1.15)), Float(random.uniform(0.9, 1.3)))
            return Lobe(
                offset: away * (offset / max(length(away), 0.1)), semiAxes: stretch * size,
                tilt: Point(
                    Float(random.uniform(-40, 40)), Float(random.uniform(-40, 40)), Float(random.uniform(-40, 40))),
                phase: Point(Float(random.uniform(0, 6)), Float(random.uniform(0, 6)), Float(random.uniform(0, 6))))
        }
        equivalentRadius = Self.equivalentRadius(Self.shape(lobes, at: .zero, scale: 1))
    }

    /// The shape at a point with the volume of a ball of a radius in mm.
    func shape(at point: Point, radius: Float) -> Shape {
        Self.shape(lobes, at: point, scale: radius / equivalentRadius)
    }

    private static func shape(_ lobes: [Lobe], at point: Point, scale: Float) -> Shape {
        .group(
            lobes.map { lobe in
                .ellipsoid(
                    Ellipsoid(
                        point + lobe.offset * scale, lobe.semiAxes * scale, tilt: lobe.tilt, wobble: 0.15,
                        phase: lobe.phase))
            })
    }

    /// Counts samples of a fine grid; overlapping lobes have no volume in closed form.
    private static func equivalentRadius(_ shape: Shape) -> Float {
        let step: Float = 0.125
        let reach = 16
        var mask = [Bool](repeating: false, count: 2 * reach + 1)
        var inside = 0
        for k in -reach...reach {
            for j in -reach...reach {
                let row = SampleRow(
                    x0: -Float(reach) * step, step: step, y: Float(j) * step, z: Float(k) * step, count: mask.count)
                mask.withUnsafeMutableBufferPointer { mask in
                    mask.update(repeating: false)
                    shape.cover(row, mask.baseAddress!)
                    inside += mask.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
            }
        }
        return cbrt(Float(inside) * step * step * step * 3 / (4 * .pi))
    }
}
