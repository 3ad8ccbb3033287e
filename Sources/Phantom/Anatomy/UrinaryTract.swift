import Anatomy

/// Kidneys, ureters, bladder.
extension PatientDrawing {
    mutating func drawUrinaryTract() {
        for (laterality, mirror) in Self.sides {
            drawKidney(laterality, mirror)
            drawUreter(laterality, mirror)
        }
        drawBladder()
    }

    private mutating func drawKidney(_ laterality: Laterality, _ mirror: Float) {
        var random = random("kidney/\(laterality.rawValue)")
        let site = scene.site(.kidney, laterality, suv: uptake[.kidney] * Float(1 + random.bounded(sd: 0.05)))
        let height: Float = laterality == .left ? 1128 : 1112
        let kidney = ellipsoid(
            60, 36, height, Point(27, 24, 54), tilt: Point(-8, -12, 0), mirror: mirror, shiftMm: 4, sizeShare: 0.05,
            wobble: 0.08,
            using: &random)
        let over: Tissue.Layer = [.cavity, .fat, .muscle, .organ, .bowel]
        scene.draw(.ellipsoid(kidney), .organ(35, over: over), site: site)
        let hilum = kidney.center - Point(11 * mirror, 4, 0)
        let sinus = Ellipsoid(hilum, Point(13, 10, 26))
        scene.draw(.ellipsoid(sinus), Tissue(hu: -60, layer: .organ), site: site, suv: uptake[.kidney] * 0.25)
        let pelvis = Ellipsoid(hilum - Point(4 * mirror, 0, 0), Point(9, 5, 12))
        scene.draw(.ellipsoid(pelvis), .urine, site: site, suv: urine)
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
        // Urine runs in boluses: a few bright stretches, each a focus of its own.
        let boluses = random.choice(weights: [0.2, 0.35, 0.3, 0.15])
        for _ in 0..<boluses {
            let middle = Float(random.uniform(0.08, 0.92))
            let half = Float(random.uniform(0.012, 0.05))
            let shown = min(max(Float(random.logNormal(mean: 11, sd: 7)) * urine / 28, 1.5), 40)
            let suv = Recovery.drawn(shown: shown, background: uptake[.fat], recovery: recovery)
            let site = scene.site(.ureter, laterality, suv: min(suv, 90))
            let wider = Tissue(hu: 15, layer: .urine, over: over.union(.urine))
            scene.draw(.tube(ureter.part(middle - half, min(middle + half, 1)).inset(by: -0.5)), wider, site: site)
        }
    }

    private mutating func drawBladder() {
        var random = random("bladder")
        let fill = Float(random.uniform(0.72, 1.15))
        let site = scene.site(.urinaryBladder, .midline, suv: urine)
        let bladder = Ellipsoid(
            habitus.point(0, -18, 900 + 24 * fill), Point(34, 27, 26) * fill, power: 2, wobble: 0.06)
        let soft = scene.sites.firstIndex { $0.location == .softTissue }!
        let over: Tissue.Layer = [.cavity, .fat, .muscle, .bowel, .organ]
        scene.draw(.ellipsoid(bladder.inset(by: -3)), .organ(40, over: over), site: soft, suv: uptake[.muscle])
        scene.draw(.ellipsoid(bladder), Tissue(hu: 8, layer: .urine, over: over), site: site)
    }
}
