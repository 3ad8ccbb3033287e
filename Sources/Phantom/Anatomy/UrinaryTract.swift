import Anatomy

/// Kidneys, ureters, bladder.
extension PatientDrawing {
    mutating func drawUrinaryTract() {
        for (laterality, mirror) in Self.sides where laterality != condition.missingKidney {
            drawKidney(laterality, mirror)
            drawUreter(laterality, mirror)
        }
        drawBladder()
    }

    /// Cortex around pyramids, fat and the pelvis with its urine; the upper pole leans back and inwards.
    private mutating func drawKidney(_ laterality: Laterality, _ mirror: Float) {
        var random = random("kidney/\(laterality.rawValue)")
        // One that works alone grows.
        let alone: Float = condition.missingKidney == nil ? 1 : 1.2
        let site = scene.site(.kidney, laterality, suv: uptake[.kidney] * Float(1 + random.bounded(sd: 0.05)))
        let height: Float = laterality == .left ? 1128 : 1112
        let size = Float(random.logNormal(mean: 1, sd: 0.06)) * alone
        let place = habitus.point(
            (62 + Float(random.bounded(sd: 3))) * mirror, 36 + Float(random.bounded(sd: 4)),
            height + Float(random.bounded(sd: 7)))
        let width = habitus.width(at: height)
        func part(_ x: Float, _ y: Float, _ z: Float, _ semiAxes: Point, _ tilt: Point = .zero) -> Ellipsoid {
            Ellipsoid(
                place + Point(x * mirror, y, z) * size, semiAxes * (size * width),
                tilt: Point(tilt.x, tilt.y * mirror, tilt.z * mirror))
        }
        let over: Tissue.Layer = [.cavity, .fat, .muscle, .organ, .bowel]
        let bean = Blob(
            [
                part(-3, 3, 27, Point(25, 22, 26), Point(-8, -12, 0)),
                part(3, 0, 0, Point(25, 22, 30)), part(6, -3, -27, Point(24, 21, 25), Point(-8, -12, 0)),
            ], sharpness: 4)
        scene.draw(.blob(bean), .organ(35, over: over), site: site)
        // Pyramids take up less than the cortex between them.
        for index in 0..<8 {
            let level = Float(index % 4) - 1.5
            let front: Float = index < 4 ? -7 : 7
            let pyramid = part(
                7 + Float(random.bounded(sd: 1.5)), front + Float(random.bounded(sd: 1.5)),
                level * 17 + Float(random.bounded(sd: 2)), Point(9, 6.5, 6))
            scene.draw(.ellipsoid(pyramid), .organ(30, over: .organ), site: site, suv: uptake[.kidney] * 0.5)
        }
        let sinus = part(-13, -2, 0, Point(14, 9, 25))
        scene.draw(.ellipsoid(sinus), Tissue(hu: -60, layer: .organ), site: site, suv: uptake[.kidney] * 0.2)
        drawPelvis(site, laterality, filling: Float(random.logNormal(mean: 0.8, sd: 0.45)), part: part)
    }

    /// Calyces and renal pelvis; how much urine stays in them differs between patients and sides.
    private mutating func drawPelvis(
        _ site: Int, _ laterality: Laterality, filling: Float,
        part: (Float, Float, Float, Point, Point) -> Ellipsoid
    ) {
        let fill = min(filling, 2)
        let pelvis = Structure(.renalPelvis, laterality)
        let chambers = [
            part(-17, -3, 0, Point(9, 4.5, 9) * fill.squareRoot(), .zero),
            part(-9, -2, 16, Point(7, 3, 5) * fill, .zero), part(-8, -2, -15, Point(7, 3, 5) * fill, .zero),
            part(-7, 0, 1, Point(6, 3, 4) * fill, .zero),
        ]
        for chamber in chambers {
            scene.draw(.ellipsoid(chamber), .urine, site: site, suv: urine * 0.8 * min(fill, 1.2), as: pelvis)
        }
    }

    /// Urine of the tracer's table; ureters and bladder differ in how long it stays.
    private var urine: Float { uptake[.urine] }

    private mutating func drawUreter(_ laterality: Laterality, _ mirror: Float) {
        var random = random("ureter/\(laterality.rawValue)")
        let wind = (0..<3).map { _ in Float(random.bounded(sd: 4)) }
        let ureter = tube(
            [
                (44, 26, 1100, 2.6), (38 + wind[0], 16, 1070, 1.8), (38 + wind[1], 8, 1030, 1.8),
                (40, 4 + wind[2] * 0.5, 995, 1.8),
                (54, 28, 958, 1.8), (48, 40, 925, 1.8), (28, 26, 902, 1.8), (12, 12, 896, 1.6),
            ], mirror: mirror, spacing: 4)
        landmarks.courses["ureter/\(laterality.rawValue)"] = ureter
        let over: Tissue.Layer = [.cavity, .fat, .muscle, .vessel, .bowel]
        let tissue = Tissue(hu: 15, layer: .urine, over: over)
        let recovery = Recovery.cylinder(radius: 1.8)
        let faint = Recovery.drawn(shown: min(urine * 0.08, 2.5), background: uptake[.fat], recovery: recovery)
        scene.draw(.tube(ureter), tissue, site: scene.site(.ureter, laterality, suv: faint))
        // Urine runs in boluses: a few bright stretches, each a focus of its own. Now and then one long column stands.
        let boluses = random.choice(weights: [0.2, 0.35, 0.3, 0.15])
        for index in 0..<boluses {
            let isColumn = index == 0 && random.chance(0.15)
            // Where the ureter crosses the iliac vessels it narrows, and urine waits.
            let middle = random.chance(0.4) ? Float(random.uniform(0.42, 0.62)) : Float(random.uniform(0.08, 0.92))
            let half = isColumn ? Float(random.uniform(0.12, 0.3)) : Float(random.uniform(0.012, 0.05))
            let shown = min(max(Float(random.logNormal(mean: 11, sd: 7)) * urine / 28, 1.5), 40)
            let suv = Recovery.drawn(shown: shown, background: uptake[.fat], recovery: recovery)
            let site = scene.site(.ureter, laterality, suv: min(suv, 90))
            let wider = Tissue(hu: 15, layer: .urine, over: over.union(.urine))
            let stretch = ureter.part(max(middle - half, 0), min(middle + half, 1))
            scene.draw(.tube(stretch.inset(by: -0.5)), wider, site: site)
        }
    }

    private mutating func drawBladder() {
        var random = random("bladder")
        // From just emptied to full; a full one rises out of the pelvis and flattens in front.
        let fill = Float(random.uniform(0.62, 1.2))
        let site = scene.site(.urinaryBladder, .midline, suv: urine)
        let lean = Float(random.bounded(sd: 4))
        func sac(_ extra: Float) -> Shape {
            let size = Point(36, 29, 25) * fill + extra
            return .blob(
                Blob(
                    [
                        Ellipsoid(habitus.point(lean, -18, 902 + 22 * fill), size * Point(0.86, 0.86, 0.86)),
                        Ellipsoid(
                            habitus.point(lean * 2, -24, 902 + 38 * fill), size * Point(0.7, 0.62, 0.6),
                            tilt: Point(14, 0, 0)),
                    ], sharpness: 2.5))
        }
        let soft = scene.sites.firstIndex { $0.location == .softTissue }!
        let over: Tissue.Layer = [.cavity, .fat, .muscle, .bowel, .organ]
        scene.draw(
            sac(6), .organ(40, over: over), site: soft, suv: uptake[.muscle] * 1.4, as: Structure(.bladderWall))
        scene.draw(sac(0), Tissue(hu: 8, layer: .urine, over: over), site: site)
    }
}
