import Foundation

/// A solid given by axial sections, each a superellipse, joined smoothly along z.
struct Loft: Sendable {
    /// One axial section.
    struct Section: Sendable {
        /// Height, LPS mm.
        var z: Float
        /// Middle, LPS mm.
        var x: Float
        var y: Float
        /// Half lengths along its own two axes, mm.
        var a: Float
        var b: Float
        /// By how much the axes turn from x to y, degrees.
        var turn: Float = 0
        /// Power of the superellipse: 2 an ellipse, higher closer to a rectangle.
        var power: Float = 2
    }

    /// The sections, ascending along z.
    let sections: [Section]
    let bounds: Bounds

    init(_ sections: [Section]) {
        precondition(sections.count >= 2, "a loft needs two sections")
        self.sections = sections.sorted { $0.z < $1.z }
        let boxes = self.sections.map { section in
            let reach = section.turn == 0 ? Point(section.a, section.b, 0) : Point(1, 1, 0) * max(section.a, section.b)
            let middle = Point(section.x, section.y, section.z)
            // Smooth interpolation may overshoot its controls a little.
            return Bounds(low: middle - reach * 1.1, high: middle + reach * 1.1)
        }
        bounds = boxes.dropFirst().reduce(boxes[0]) { $0.union($1) }
    }

    func inset(by depth: Float) -> Loft {
        Loft(
            sections.enumerated().map { index, section in
                var smaller = section
                smaller.a = max(section.a - depth, 0.3)
                smaller.b = max(section.b - depth, 0.3)
                if index == 0 { smaller.z += depth }
                if index == sections.count - 1 { smaller.z -= depth }
                return smaller
            })
    }

    /// The section at a height; beyond the ends the last one.
    func section(at z: Float) -> Section {
        let last = sections.count - 1
        guard z > sections[0].z else { return sections[0] }
        guard z < sections[last].z else { return sections[last] }
        let index = sections.firstIndex { $0.z > z }! - 1
        let t = (z - sections[index].z) / (sections[index + 1].z - sections[index].z)
        let around = [max(index - 1, 0), index, index + 1, min(index + 2, last)].map { sections[$0] }
        func smooth(_ value: (Section) -> Point) -> Point {
            catmullRom(value(around[0]), value(around[1]), value(around[2]), value(around[3]), t)
        }
        let place = smooth { Point($0.x, $0.y, $0.turn) }
        let size = smooth { Point($0.a, $0.b, $0.power) }
        return Section(
            z: z, x: place.x, y: place.y, a: max(size.x, 0.3), b: max(size.y, 0.3), turn: place.z, power: size.z)
    }

    func cover(_ row: SampleRow, _ mask: UnsafeMutablePointer<Bool>) {
        guard row.z >= sections[0].z, row.z <= sections[sections.count - 1].z else { return }
        let section = section(at: row.z)
        let dy = row.y - section.y
        guard section.turn != 0 else {
            let rest = 1 - pow(abs(dy) / section.b, section.power)
            guard rest >= 0 else { return }
            let half = section.a * pow(rest, 1 / section.power)
            for index in row.range(section.x - half, section.x + half) { mask[index] = true }
            return
        }
        let (cosine, sine) = (cos(section.turn * .pi / 180), sin(section.turn * .pi / 180))
        let reach = max(section.a, section.b)
        guard abs(dy) <= reach else { return }
        for index in row.range(section.x - reach, section.x + reach) {
            let dx = row.x0 + Float(index) * row.step - section.x
            let u = abs(dx * cosine + dy * sine) / section.a
            let v = abs(dy * cosine - dx * sine) / section.b
            if pow(u, section.power) + pow(v, section.power) <= 1 { mask[index] = true }
        }
    }
}
