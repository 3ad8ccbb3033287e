import Anatomy
import Foundation

/// Spine, ribs, breastbone, shoulder girdle and arms.
extension PatientDrawing {
    /// Vertebrae by template height of the body's middle, with half width, half depth and half height.
    private static let vertebrae: [(location: AnatomicalLocation, height: Float, size: Point)] = {
        func series(
            _ location: AnatomicalLocation, _ heights: [Float], _ first: Point, _ last: Point
        ) -> [(location: AnatomicalLocation, height: Float, size: Point)] {
            heights.enumerated().map { index, height in
                let share = heights.count > 1 ? Float(index) / Float(heights.count - 1) : 0
                return (location, height, first + (last - first) * share)
            }
        }
        return series(
            .cervicalSpine, [1570, 1552, 1535, 1518, 1501, 1484, 1466], Point(11, 8, 7.5), Point(13, 9, 7.5))
            + series(
                .thoracicSpine, [1445, 1423, 1400, 1377, 1353, 1329, 1304, 1279, 1253, 1227, 1200, 1172],
                Point(15, 11, 9), Point(20, 16, 12))
            + series(.lumbarSpine, [1142, 1110, 1077, 1043, 1009], Point(22, 16, 13.5), Point(25, 18, 14))
    }()

    /// Heights of the heads of the twelve ribs.
    private static let thoracicHeights: [Float] = vertebrae.filter { $0.location == .thoracicSpine }.map(\.height)

    mutating func drawSkeleton() {
        drawDiscsAndCanal()
        for location in [AnatomicalLocation.cervicalSpine, .thoracicSpine, .lumbarSpine] {
            let site = scene.site(location, .midline, suv: uptake[.marrow])
            let kind = Structure.Kind(location)
            for (index, vertebra) in Self.vertebrae.filter({ $0.location == location }).enumerated() {
                drawVertebra(
                    vertebra.height, vertebra.size, site: site, as: Structure(kind, ordinal: index + 1))
            }
        }
        drawPelvis()
        drawRibs()
        drawSternum()
        for (laterality, mirror) in Self.sides { drawShoulder(laterality, mirror) }
        for (laterality, mirror) in Self.sides { drawFemur(laterality, mirror) }
        drawPsoas()
    }

    private mutating func drawDiscsAndCanal() {
        let soft = scene.sites.firstIndex { $0.location == .softTissue }!
        let heights = stride(from: Float(990), through: 1570, by: 20)
        let discs = heights.map { height in
            (Float(0), Habitus.spineY(height), height, height > 1450 ? Float(9) : height > 1160 ? 14 : 17)
        }
        scene.draw(.tube(tube(discs, spacing: 20)), .disc, site: soft, suv: uptake[.fat], as: Structure(.disc))
        let cord = heights.filter { $0 > 1080 }.map { height in
            (Float(0), Habitus.spineY(height) + (height > 1450 ? 17 : 26), height, Float(5))
        }
        scene.draw(
            .tube(tube(cord, spacing: 20)), .canal, site: soft, suv: uptake[.brain] * 0.17, as: Structure(.spinalCord))
    }

    private mutating func drawVertebra(_ height: Float, _ size: Point, site: Int, as structure: Structure) {
        var random = random("vertebra/\(height)")
        let scale = 1 + Float(random.bounded(sd: 0.03))
        let y = Habitus.spineY(height)
        let width = habitus.width(at: height) * scale
        let body = Ellipsoid(
            habitus.point(0, y, height), size * Point(width, width, habitus.length), power: 4)
        scene.drawBone(.ellipsoid(body), site: site, cortexMm: 1.5, as: structure)
        let back = y + size.y
        for (_, mirror) in Self.sides {
            let pedicle = tube([(9, back - 2, height, 4.5), (12, back + 10, height, 4.5)], mirror: mirror)
            let wing = tube(
                [(11, back + 9, height, 4.5), (size.x + 14, back + 13, height - 2, 3.5)], mirror: mirror)
            let lamina = tube([(12, back + 10, height, 4), (1, back + 20, height - 5, 4)], mirror: mirror)
            for shape in [pedicle, wing, lamina] {
                scene.drawBone(.tube(shape), site: site, cortexMm: 1.5, as: structure)
            }
        }
        let spinous = tube([(0, back + 19, height - 5, 4), (0, back + 34, height - 14, 3.5)])
        scene.drawBone(.tube(spinous), site: site, cortexMm: 1.5, as: structure)
    }

    private mutating func drawRibs() {
        let cavity = cavity
        for (laterality, mirror) in Self.sides {
            let site = scene.site(.rib, laterality, suv: uptake[.marrow])
            for number in 1...12 {
                let rib = rib(number, mirror, around: cavity)
                scene.drawBone(
                    .tube(rib), site: site, cortexMm: 1.6, red: 0.75, as: Structure(.rib, laterality, ordinal: number))
                if number <= 10 { drawCartilage(from: rib, number, around: cavity) }
                landmarks.courses["rib\(number)/\(laterality.rawValue)"] = rib
            }
        }
    }

    /// A rib runs around the cavity from its vertebra, sinking towards the front.
    private func rib(_ number: Int, _ mirror: Float, around cavity: Loft) -> Tube {
        let head = Self.thoracicHeights[number - 1]
        let reach: [Float] = [140, 148, 150, 150, 150, 148, 142, 132, 124, 116, 92, 68]
        let drop: [Float] = [34, 52, 66, 78, 86, 90, 92, 92, 90, 86, 62, 40]
        let end = reach[number - 1]
        var knots: [Tube.Knot] = [habitus.knot(17 * mirror, Habitus.spineY(head) + 8, head + 2, 5)]
        for step in 0...14 {
            // Degrees from the midline of the back around the side to the front.
            let angle = 24 + (end - 24) * Float(step) / 14
            let height = head - drop[number - 1] * pow(Float(step) / 14, 1.15)
            let wall = cavity.section(at: habitus.z(height))
            let (s, c) = (sin(angle * .pi / 180), cos(angle * .pi / 180))
            // The superellipse of the cavity at this angle, 6 mm outside of it.
            let radial = pow(pow(abs(s), 2.3) + pow(abs(c), 2.3), -1 / 2.3)
            let x = wall.x + mirror * (wall.a + 6) * radial * s
            let y = wall.y + (wall.b + 6) * radial * c
            knots.append(Tube.Knot(point: Point(x, y, habitus.z(height)), radius: number == 1 ? 4.5 : 5.4))
        }
        return Tube(through: knots, spacing: 8)
    }

    /// From the end of a rib towards the breastbone.
    private mutating func drawCartilage(from rib: Tube, _ number: Int, around cavity: Loft) {
        let soft = scene.sites.firstIndex { $0.location == .softTissue }!
        let start = rib.knots[rib.knots.count - 1]
        let rise: [Float] = [6, 2, 0, 4, 14, 28, 42, 34, 26, 18]
        let reach: Float = number <= 7 ? 0.2 : 0.62
        let height = start.point.z + rise[number - 1] * habitus.length
        let wall = cavity.section(at: height)
        let end = Point(
            wall.x + (start.point.x - wall.x) * reach, wall.y - (wall.b + 5) * (number <= 7 ? 1 : 0.93), height)
        var middle = (start.point + end) * 0.5
        middle.y -= 4
        let course = [start, Tube.Knot(point: middle, radius: 5), Tube.Knot(point: end, radius: 4.5)]
        let tissue = Tissue(hu: 95, layer: .muscle, over: [.fat, .muscle, .cavity])
        scene.draw(
            .tube(Tube(through: course)), tissue, site: soft, suv: uptake[.fat] * 1.2, as: Structure(.costalCartilage))
    }

    private mutating func drawSternum() {
        let site = scene.site(.sternum, .midline, suv: uptake[.marrow])
        let cavity = cavity
        let halves: [(Float, Float)] = [
            (1232, 7), (1250, 15), (1300, 18), (1350, 16), (1368, 20), (1395, 29), (1404, 24),
        ]
        let sections = halves.map { height, half in
            let wall = cavity.section(at: habitus.z(height))
            let y = wall.y - wall.b - 7 + (height > 1370 ? 4 : 0)
            return Loft.Section(z: wall.z, x: wall.x, y: y, a: half, b: 6.5, power: 3)
        }
        scene.drawBone(.loft(Loft(sections)), site: site)
    }

    private mutating func drawShoulder(_ laterality: Laterality, _ mirror: Float) {
        let lift: Float = habitus.arms == .raised ? 16 : 0
        let clavicle = scene.site(.clavicle, laterality, suv: uptake[.marrow])
        scene.drawBone(
            .tube(
                tube(
                    [(16, -44, 1404, 9), (50, -44, 1414, 6.5), (95, -22, 1424 + lift, 6), (142, 4, 1424 + lift, 6.5)],
                    mirror: mirror)), site: clavicle)
        let scapula = scene.site(.scapula, laterality, suv: uptake[.marrow])
        let plate: [(Float, Float, Float, Float, Float)] = [
            (1292, 112, 92, 6, 3), (1330, 110, 90, 22, 3.5), (1370, 108, 84, 34, 3.5), (1402, 108, 72, 36, 4),
            (1416, 108, 66, 26, 4),
        ]
        let blade = Loft(
            plate.map { habitus.section($0.0, x: $0.1, y: $0.2, $0.3, $0.4, turn: -28, mirror: mirror) })
        scene.drawBone(.loft(blade), site: scapula, cortexMm: 1.2)
        let spine = tube([(82, 92, 1400, 4.5), (120, 80, 1410, 5), (146, 42, 1424 + lift * 0.5, 7)], mirror: mirror)
        let glenoid = tube([(128, 56, 1396, 8), (142, 34, 1394, 10)], mirror: mirror)
        for shape in [spine, glenoid] { scene.drawBone(.tube(shape), site: scapula) }

        let humerus = scene.site(.humerus, laterality, suv: uptake[.marrow])
        scene.drawBone(
            .ellipsoid(Ellipsoid(habitus.point(158 * mirror, 16, 1398), Point(repeating: 22))), site: humerus)
        let arm = habitus.armCourse(laterality)
        let shaft = arm.prefix(3).map { ($0.0, $0.1, $0.2, Float(11)) }
        scene.drawBone(.tube(tube(shaft, mirror: mirror, spacing: 15)), site: humerus, cortexMm: 4, red: 0.2)
        for offset in [Float(-8), 9] {
            let bone = arm.suffix(3).map { ($0.0, $0.1 + offset, $0.2, Float(6.5)) }
            scene.drawBone(
                .tube(tube(bone, mirror: mirror, spacing: 15)), site: humerus, cortexMm: 3, red: 0,
                as: Structure(.forearm, laterality))
        }
    }

    private mutating func drawPsoas() {
        let muscle = scene.sites.firstIndex { $0.location == .muscle }!
        for (_, mirror) in Self.sides {
            let psoas = tube(
                [(30, 42, 1140, 9), (40, 34, 1080, 19), (50, 26, 1020, 22), (64, 6, 965, 19), (78, -24, 925, 16)],
                mirror: mirror)
            let tissue = Tissue(hu: 55, layer: .muscle, over: .connective)
            scene.draw(.tube(psoas), tissue, site: muscle, as: Structure(.psoas, mirror > 0 ? .left : .right))
        }
    }
}
