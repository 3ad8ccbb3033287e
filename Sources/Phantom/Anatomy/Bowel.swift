import Anatomy
import Foundation

/// Stomach, small bowel, colon, rectum.
extension PatientDrawing {
    mutating func drawBowel() {
        drawStomach()
        drawSmallBowel()
        drawColon()
    }

    private mutating func drawStomach() {
        var random = random("stomach")
        let full = Float(1 + random.bounded(sd: 0.15))
        let site = scene.site(.stomach, .left, suv: uptake[.stomach])
        let course: [(Float, Float, Float, Float)] = [
            (52, 8, 1226, 26 * full), (62, -22, 1190, 30 * full), (56, -46, 1150, 26 * full),
            (26, -56, 1126, 18 * full), (-12, -46, 1126, 12),
        ]
        scene.draw(.tube(tube(course)), .bowel, site: site)
        let lumen = tube(course.map { ($0.0, $0.1, $0.2, $0.3 - 5) })
        scene.draw(.tube(lumen), Tissue(hu: 20, layer: .bowel, over: .bowel), site: site, suv: uptake[.stomach] * 0.5)
        scene.draw(
            .ellipsoid(Ellipsoid(habitus.point(58, -34, 1210), Point(20, 14, 16))), .gas, site: site,
            suv: uptake[.stomach] * 0.3)
    }

    private mutating func drawSmallBowel() {
        let duodenum = scene.site(.smallBowel, .midline, suv: uptake[.duodenum])
        let course: [(Float, Float, Float, Float)] = [
            (-14, -46, 1126, 10), (-36, -34, 1124, 11), (-44, -16, 1104, 11.5), (-44, -8, 1074, 11.5),
            (-34, -8, 1054, 11), (-4, -14, 1052, 10), (26, -12, 1064, 10), (40, -28, 1084, 10),
        ]
        scene.draw(.tube(tube(course)), .bowel, site: duodenum)
        var random = random("loops")
        drawLoops(
            .jejunum, from: (44, -34, 1086), middle: (40, -38, 1050), reach: (58, 34, 42), count: 26, using: &random)
        drawLoops(
            .ileum, from: (20, -40, 1010), middle: (-6, -36, 1000), reach: (66, 34, 40), count: 30, using: &random)
    }

    /// Loops wander about in a region; their uptake falls and varies along the way.
    private mutating func drawLoops(
        _ organ: Organ, from start: (Float, Float, Float), middle: (Float, Float, Float),
        reach: (Float, Float, Float), count: Int, using random: inout SeededGenerator
    ) {
        var knots = [Tube.Knot(point: habitus.point(start.0, start.1, start.2), radius: 9)]
        var angle = random.uniform(0, 2 * .pi)
        for step in 0..<count {
            angle += random.uniform(1.2, 2.6)
            let share = Float(random.uniform(0.45, 1))
            let x = middle.0 + reach.0 * share * Float(cos(angle))
            let height = middle.2 + reach.2 * share * Float(sin(angle)) + Float(random.uniform(-8, 8))
            let y = middle.1 + reach.1 * Float(random.uniform(-1, 1)) * (step.isMultiple(of: 2) ? 1 : 0.6)
            knots.append(Tube.Knot(point: habitus.point(x, y, height), radius: Float(random.uniform(8.5, 11.5))))
        }
        let whole = Tube(through: knots, spacing: 7)
        let pieces = 6
        for piece in 0..<pieces {
            let fade = 1 - 0.4 * Float(piece) / Float(pieces)
            let suv = uptake[organ] * fade * Float(random.logNormal(mean: 1, sd: 0.35))
            let site = scene.site(.smallBowel, .midline, suv: suv)
            let part = whole.part(Float(piece) / Float(pieces), Float(piece + 1) / Float(pieces))
            scene.draw(.tube(part), .bowel, site: site)
            let lumen = Tissue(hu: 20, layer: .bowel, over: .bowel)
            scene.draw(.tube(part.inset(by: 4.5)), lumen, site: site, suv: suv * 0.6)
        }
    }

    private mutating func drawColon() {
        var random = random("colon")
        let courses: [(laterality: Laterality, course: [(Float, Float, Float, Float)], share: Float)] = [
            (.right, [(-84, -30, 990, 21), (-94, -8, 1030, 21), (-98, 6, 1080, 20), (-88, -6, 1112, 19)], 0.7),
            (
                .midline,
                [
                    (-88, -6, 1112, 18), (-50, -60, 1092, 17), (0, -70, 1076, 16), (52, -60, 1100, 16),
                    (88, -4, 1150, 16),
                ], 0.6
            ),
            (.left, [(88, -4, 1150, 16), (104, 18, 1120, 15), (104, 18, 1060, 14), (96, 4, 1010, 14)], 1),
            (
                .left,
                [
                    (96, 4, 1010, 14), (74, -14, 975, 14), (40, -34, 968, 14), (8, -18, 985, 14), (2, 22, 978, 14),
                    (0, 48, 962, 14),
                ], 0.8
            ),
        ]
        for (laterality, course, share) in courses {
            let suv = uptake[.colon] * share * Float(random.logNormal(mean: 1, sd: 0.2))
            let site = scene.site(.colon, laterality, suv: suv)
            drawGut(course, site: site, gas: 4, using: &random)
        }
        let rectum = scene.site(.rectum, .midline, suv: uptake[.rectum])
        drawGut(
            [(0, 48, 962, 14), (0, 60, 930, 16), (0, 52, 898, 17), (0, 40, 874, 14), (0, 48, 846, 9)], site: rectum,
            gas: 1, using: &random)
        landmarks.courses["rectum"] = tube([(0, 52, 955, 17), (0, 60, 930, 19), (0, 52, 900, 19)])
    }

    /// Wall and contents; the wall takes up more than what it holds, and bubbles of gas lie in it.
    private mutating func drawGut(
        _ course: [(Float, Float, Float, Float)], site: Int, gas: Int, using random: inout SeededGenerator
    ) {
        let jittered = course.enumerated().map { index, knot in
            let ends = index == 0 || index == course.count - 1
            let shift = ends ? 0 : Float(random.bounded(sd: 4))
            return (knot.0 + shift, knot.1 + shift * 0.5, knot.2, knot.3 * Float(1 + random.bounded(sd: 0.08)))
        }
        let wall = tube(jittered)
        let suv = scene.sites[site].suv
        scene.draw(.tube(wall), .bowel, site: site)
        scene.draw(.tube(wall.inset(by: 4)), Tissue(hu: 30, layer: .bowel, over: .bowel), site: site, suv: suv * 0.6)
        for _ in 0..<gas {
            let knot = wall.knot(at: Float(random.unit()))
            let radius = knot.radius * Float(random.uniform(0.45, 0.75))
            // Gas rises to the front of a patient who lies on the back.
            let bubble = Ellipsoid(
                knot.point - Point(0, knot.radius * 0.3, 0), Point(radius, radius * 0.8, radius * 1.3))
            scene.draw(.ellipsoid(bubble), .gas, site: site, suv: suv * 0.4)
        }
    }
}
