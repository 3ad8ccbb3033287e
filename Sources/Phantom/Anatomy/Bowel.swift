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
        let full = Float(1.26 * (1 + random.bounded(sd: 0.13)))
        let site = scene.site(.stomach, .left, suv: uptake[.stomach])
        let bend = Float(random.bounded(sd: 7))
        let course: [(Float, Float, Float, Float)] = [
            (50, 8, 1228, 24 * full), (62, -18, 1194, 30 * full), (60 + bend, -44, 1150, 27 * full),
            (38 + bend, -58, 1122, 21 * full), (6, -58, 1114, 17 * full), (-16, -46, 1126, 11),
        ]
        scene.draw(.tube(tube(course)), .bowel, site: site)
        let lumen = tube(course.map { ($0.0, $0.1, $0.2, max($0.3 - 5, 3)) })
        let contents = Structure(.stomachContents)
        scene.draw(
            .tube(lumen), Tissue(hu: 20, layer: .bowel, over: .bowel), site: site, suv: uptake[.stomach] * 0.45,
            as: contents)
        scene.draw(
            .ellipsoid(Ellipsoid(habitus.point(58, -34, 1206), Point(20, 14, 16) * full)), .gas, site: site,
            suv: uptake[.stomach] * 0.3, as: contents)
    }

    private mutating func drawSmallBowel() {
        var random = random("loops")
        let duodenum = scene.site(.smallBowel, .midline, suv: uptake[.duodenum], .duodenum)
        let wind = (0..<3).map { _ in Float(random.bounded(sd: 3)) }
        let course: [(Float, Float, Float, Float)] = [
            (-14, -46, 1126, 10), (-36, -34, 1124, 12), (-44 + wind[0], -16, 1104, 12.5),
            (-44 + wind[1], -8, 1074, 12.5), (-34, -8, 1054 + wind[2], 12), (-4, -14, 1052, 11),
            (26, -12, 1064, 11), (40, -28, 1084, 11),
        ]
        scene.draw(.tube(tube(course)), .bowel, site: duodenum)
        drawLoops(
            .jejunum, .jejunum, from: (44, -34, 1086), middle: (42, -36, 1052), reach: (58, 34, 44), count: 34,
            using: &random)
        drawLoops(
            .ileum, .ileum, from: (20, -40, 1010), middle: (-6, -34, 1000), reach: (70, 34, 44), count: 40,
            using: &random)
    }

    /// Loops wander about in a region; their uptake falls and varies along the way.
    private mutating func drawLoops(
        _ organ: Organ, _ kind: Structure.Kind, from start: (Float, Float, Float), middle: (Float, Float, Float),
        reach: (Float, Float, Float), count: Int, using random: inout SeededGenerator
    ) {
        var knots = [Tube.Knot(point: habitus.point(start.0, start.1, start.2), radius: 9)]
        var angle = random.uniform(0, 2 * .pi)
        for step in 0..<count {
            angle += random.uniform(0.9, 2.6)
            let share = Float(random.uniform(0.35, 1))
            let x = middle.0 + reach.0 * share * Float(cos(angle))
            let height = middle.2 + reach.2 * share * Float(sin(angle)) + Float(random.uniform(-8, 8))
            let belly = habitus.belly(at: height) * 0.8
            let y = middle.1 - belly + reach.1 * Float(random.uniform(-1, 1)) * (step.isMultiple(of: 2) ? 1 : 0.6)
            knots.append(Tube.Knot(point: habitus.point(x, y, height), radius: Float(random.uniform(9, 14.8))))
        }
        let whole = Tube(through: knots, spacing: 7)
        let pieces = 7
        for piece in 0..<pieces {
            let fade = 1 - 0.4 * Float(piece) / Float(pieces)
            let suv = uptake[organ] * fade * Float(random.logNormal(mean: 1, sd: 0.45))
            let site = scene.site(.smallBowel, .midline, suv: suv, kind)
            let part = whole.part(Float(piece) / Float(pieces), Float(piece + 1) / Float(pieces))
            scene.draw(.tube(part), .bowel, site: site)
            let lumen = Tissue(hu: 20, layer: .bowel, over: .bowel)
            scene.draw(
                .tube(part.inset(by: 4.5)), lumen, site: site, suv: suv * 0.6, as: Structure(.smallBowelContents))
        }
    }

    private mutating func drawColon() {
        var random = random("colon")
        let sag = Float(random.bounded(sd: 14))
        let belly = habitus.belly(at: 1080) * 0.8
        let loop = Float(random.bounded(sd: 12))
        let courses: [(laterality: Laterality, course: [(Float, Float, Float, Float)], share: Float)] = [
            (.right, [(-84, -30, 990, 21), (-94, -8, 1030, 21), (-98, 6, 1080, 20), (-88, -6, 1112, 19)], 0.7),
            (
                .midline,
                [
                    (-88, -6, 1112, 18), (-50, -60 - belly, 1092 + sag * 0.7, 17), (0, -70 - belly, 1076 + sag, 16),
                    (52, -60 - belly, 1100 + sag * 0.7, 16), (88, -4, 1150, 16),
                ], 0.6
            ),
            (.left, [(88, -4, 1150, 16), (104, 18, 1120, 15), (104, 18, 1060, 14), (96, 4, 1010, 14)], 1),
            (
                .left,
                [
                    (96, 4, 1010, 14), (74, -14, 975, 14), (40, -34, 968 + loop, 14),
                    (8 + loop * 0.6, -18, 985 + loop, 14), (2, 4, 982, 14), (0, 16, 966, 15),
                ], 0.8
            ),
        ]
        for (laterality, course, share) in courses {
            let suv = uptake[.colon] * share * Float(random.logNormal(mean: 1, sd: 0.3))
            let site = scene.site(.colon, laterality, suv: suv)
            drawGut(course, site: site, gas: 5, contents: .colonContents, using: &random)
        }
        let rectum = scene.site(.rectum, .midline, suv: uptake[.rectum])
        drawGut(
            [(0, 16, 966, 16), (0, 31, 938, 19.5), (0, 38, 905, 21.5), (0, 42, 874, 18), (0, 48, 846, 11)],
            site: rectum, gas: 1, contents: .rectum, using: &random)
        landmarks.courses["rectum"] = tube([(0, 18, 960, 17), (0, 31, 938, 20.5), (0, 38, 905, 22.5)])
    }

    /// Wall and contents; the wall takes up more than what it holds, narrows between pouches, and bubbles of gas lie in
    /// it.
    private mutating func drawGut(
        _ course: [(Float, Float, Float, Float)], site: Int, gas: Int, contents: Structure.Kind,
        using random: inout SeededGenerator
    ) {
        let jittered = course.enumerated().map { index, knot in
            let ends = index == 0 || index == course.count - 1
            let shift = ends ? 0 : Float(random.bounded(sd: 5))
            return (knot.0 + shift, knot.1 + shift * 0.5, knot.2, knot.3 * Float(0.94 * (1 + random.bounded(sd: 0.08))))
        }
        let smooth = tube(jittered)
        let phase = Float(random.uniform(0, 6.28))
        let wall = Tube(
            through: smooth.knots.enumerated().map { index, knot in
                Tube.Knot(point: knot.point, radius: knot.radius * (1 + 0.13 * sin(Float(index) * 1.25 + phase)))
            }, spacing: 6)
        let suv = scene.sites[site].suv
        scene.draw(.tube(wall), .bowel, site: site)
        let inner = Tissue(hu: 30, layer: .bowel, over: .bowel)
        let lumen = Structure(contents)
        scene.draw(.tube(wall.inset(by: 3.6)), inner, site: site, suv: suv * 0.6, as: lumen)
        for _ in 0..<gas {
            let knot = wall.knot(at: Float(random.unit()))
            let radius = knot.radius * Float(random.uniform(0.45, 0.75))
            // Gas rises to the front of a patient who lies on the back.
            let bubble = Ellipsoid(
                knot.point - Point(0, knot.radius * 0.3, 0), Point(radius, radius * 0.8, radius * 1.3))
            scene.draw(.ellipsoid(bubble), .gas, site: site, suv: suv * 0.4, as: lumen)
        }
    }
}
