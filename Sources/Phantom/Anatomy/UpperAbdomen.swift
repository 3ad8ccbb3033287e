import Anatomy

/// Liver, gallbladder, spleen, pancreas, adrenal glands.
extension PatientDrawing {
    mutating func drawUpperAbdomen() {
        drawLiver()
        if condition.hasGallbladder { drawGallbladder() }
        if condition.hasSpleen { drawSpleen() }
        drawPancreas()
        drawAdrenalGlands()
    }

    /// Four lobes that flow into one another; their proportions differ from man to man.
    private mutating func drawLiver() {
        var random = random("liver")
        let site = scene.site(.liver, .right, suv: uptake[.liver])
        let tissue = Tissue(
            hu: Float(random.bounded(mean: 58, sd: 7)), layer: .organ, over: [.cavity, .lung, .organ, .muscle])
        let size = Float(1.085 * (1 + random.bounded(sd: 0.055)))
        // A long tip (Riedel) or a short one, a left lobe that ends at the midline or reaches the spleen.
        let (tip, reach) = (Float(random.bounded(sd: 14)), Float(random.bounded(sd: 12)))
        func lobe(_ x: Float, _ y: Float, _ height: Float, _ semiAxes: Point, _ tilt: Point) -> Ellipsoid {
            ellipsoid(
                x, y, height, semiAxes * size, tilt: tilt, shiftMm: 3.5, sizeShare: 0.04, wobble: 0, using: &random)
        }
        let lobes = [
            lobe(-68, 4, 1186, Point(58, 70, 56), Point(0, -8, 0)),
            lobe(-88, 18, 1136 - tip * 0.5, Point(33, 44, 48 + tip), Point(6, -6, 0)),
            lobe(-54, -8, 1214, Point(50, 56, 30), Point(0, 10, 0)),
            lobe(-14, -42, 1190, Point(44, 33, 36), Point(0, -16, 0)),
            lobe(28 + reach * 0.6, -50, 1196, Point(40 + reach, 22, 23), Point(0, -20, 8)),
        ]
        scene.draw(.blob(Blob(lobes, sharpness: 3.5)), tissue, site: site)
    }

    private mutating func drawGallbladder() {
        var random = random("gallbladder")
        let site = scene.site(.gallbladder, .right, suv: uptake[.gallbladder])
        let sac = ellipsoid(
            -44, -52, 1120, Point(18.5, 20, 37), tilt: Point(24, 0, 0), shiftMm: 4, sizeShare: 0.13, wobble: 0.12,
            using: &random)
        scene.draw(.ellipsoid(sac), .organ(8, over: [.cavity, .organ]), site: site)
    }

    private mutating func drawSpleen() {
        var random = random("spleen")
        let site = scene.site(.spleen, .left, suv: uptake[.spleen])
        let size = Float(random.logNormal(mean: 1.08, sd: 0.1))
        let (x, y, height) = (Float(94 + random.bounded(sd: 4)), Float(36 + random.bounded(sd: 5)), Float(1194))
        let shift = Float(random.bounded(sd: 6))
        func part(_ dx: Float, _ dy: Float, _ dz: Float, _ semiAxes: Point, _ tilt: Point) -> Ellipsoid {
            Ellipsoid(
                habitus.point(x + dx, y + dy, height + dz + shift), semiAxes * (size * habitus.width(at: height)),
                tilt: tilt)
        }
        // A crescent along the ribs.
        let parts = [
            part(0, 0, 0, Point(18, 31, 34), Point(-15, -12, 12)),
            part(-6, 22, 20, Point(15, 20, 18), Point(-25, -10, 20)),
            part(0, -16, -22, Point(14, 20, 18), Point(-10, -15, 0)),
        ]
        scene.draw(.blob(Blob(parts)), .organ(50, over: [.cavity, .lung, .muscle]), site: site)
    }

    private mutating func drawPancreas() {
        var random = random("pancreas")
        let site = scene.site(.pancreas, .midline, suv: uptake[.pancreas])
        let soft: Tissue.Layer = [.cavity, .fat, .muscle, .lung]
        let lift = Float(random.bounded(sd: 6))
        let size = Float(random.logNormal(mean: 1.06, sd: 0.12))
        let gland = tube([
            (-26, -16, 1098, 13 * size), (-24, -20, 1122, 19 * size), (-4, -26, 1130, 14 * size),
            (28, -14, 1142 + lift, 15 * size), (54, 4, 1156 + lift, 15 * size), (80, 20, 1168 + lift, 12 * size),
        ])
        scene.draw(.tube(gland), Tissue(hu: 38, layer: .organ, over: soft), site: site)
    }

    /// Two flat limbs that part towards the back, an inverted Y in section.
    private mutating func drawAdrenalGlands() {
        for (laterality, mirror) in Self.sides {
            var random = random("adrenal/\(laterality.rawValue)")
            let site = smallSite(.adrenalGland, laterality, .adrenalGland, radius: 7.5, variation: 0.2)
            let size = Float(random.logNormal(mean: 1, sd: 0.1))
            for turn in [Float(-22), 20] {
                let limb = ellipsoid(
                    34 + turn * 0.14, 26, 1168, Point(4, 14.5, 17) * size, tilt: Point(12, 10, turn), mirror: mirror,
                    shiftMm: 1.2, sizeShare: 0.04, using: &random)
                scene.draw(.ellipsoid(limb), .organ(25), site: site)
            }
        }
    }
}
