import Anatomy
import Imaging

/// Heart and brown fat.
extension PatientDrawing {
    mutating func drawHeart() {
        var random = random("heart")
        let size = Float(1 + random.bounded(sd: 0.05))
        let site = scene.site(.heart, .midline, suv: uptake[.bloodPool])
        // The axis points to the left, forwards and down; how steeply differs.
        let tilt = Point(20, Float(random.bounded(mean: 25, sd: 8)), Float(random.bounded(mean: 38, sd: 7)))
        let over: Tissue.Layer = [.cavity, .lung, .organ, .fat]
        let middle = habitus.point(24, -28, 1268)
        let along = Ellipsoid(.zero, Point(repeating: 1), tilt: tilt).axes.0
        func part(_ distance: Float, _ side: Point, _ semiAxes: Point) -> Ellipsoid {
            Ellipsoid(middle + (along * distance + side) * size, semiAxes * size, tilt: tilt)
        }
        let sac = part(0, .zero, Point(73, 57, 59))
        scene.draw(
            .ellipsoid(sac), Tissue(hu: -60, layer: .organ, over: over), site: site, suv: uptake[.fat] * 2,
            as: Structure(.fat))
        scene.draw(.ellipsoid(sac.inset(by: 4)), .organ(45), site: site)
        let wall = Structure(.myocardium)
        // The right ventricle's wall is thin and takes up less.
        let right = part(4, Point(-8, -16, -12), Point(44, 27, 30))
        scene.draw(.ellipsoid(right), .organ(46), site: site, suv: uptake[.myocardium] * 0.45, as: wall)
        scene.draw(.ellipsoid(right.inset(by: 4.5)), .organ(43), site: site)
        let left = part(16, Point(4, 6, 4), Point(45, 31, 30))
        scene.draw(.ellipsoid(left), .organ(50), site: site, suv: uptake[.myocardium], as: wall)
        drawUnevenWall(part, site, &random)
        // The chamber opens towards the base: there the wall has a gap.
        scene.draw(.ellipsoid(part(6, Point(4, 6, 4), Point(43, 20, 19))), .organ(42), site: site)
        if tracer.target == .glucose, uptake[.brownFat] > 2 { drawBrownFat() }
    }

    /// A part of the left ventricle's wall that takes up less: the septum, the tip, or none.
    private mutating func drawUnevenWall(
        _ part: (Float, Point, Point) -> Ellipsoid, _ site: Int, _ random: inout SeededGenerator
    ) {
        let places: [(Float, Point)] = [(16, Point(-14, -8, -12)), (52, Point(4, 6, 4)), (20, Point(14, 26, 16))]
        for (distance, side) in places where random.chance(0.4) {
            let share = Float(random.uniform(0.45, 0.85))
            scene.draw(
                .ellipsoid(part(distance, side, Point(28, 20, 20))), .organ(50, over: .organ), site: site,
                suv: uptake[.myocardium] * share, as: Structure(.myocardium))
        }
    }

    /// Both sides of the neck and along the spine, in streaks.
    private mutating func drawBrownFat() {
        var random = random("brown-fat")
        let isWide = random.chance(0.5)
        let tissue = Tissue(hu: -80, layer: .fat, over: .connective)
        for (laterality, mirror) in Self.sides {
            let site = smallSite(.brownFat, laterality, .brownFat, radius: 7)
            var strands: [[(Float, Float, Float, Float)]] = [
                [(42, 10, 1478, 6), (62, 14, 1452, 8), (92, 18, 1434, 7)],
                [(36, 22, 1500, 4), (40, 26, 1470, 5), (58, 34, 1446, 5)],
            ]
            if isWide { strands.append([(110, 14, 1412, 7), (128, 22, 1380, 6)]) }
            for strand in strands { scene.draw(.tube(tube(strand, mirror: mirror)), tissue, site: site) }
            guard isWide else { continue }
            for height in stride(from: Float(1420), through: 1220, by: -27) {
                let pad = Ellipsoid(
                    habitus.point(24 * mirror, Habitus.spineY(height) + 6, height), Point(5, 6, 5), wobble: 0.2)
                scene.draw(.ellipsoid(pad), tissue, site: site)
            }
        }
    }
}
