import Anatomy

/// Liver, gallbladder, spleen, pancreas, adrenal glands.
extension PatientDrawing {
    mutating func drawUpperAbdomen() {
        drawLiver()
        drawSpleen()
        let soft: Tissue.Layer = [.cavity, .fat, .muscle, .lung]
        let pancreas = scene.site(.pancreas, .midline, suv: uptake[.pancreas])
        let gland = tube([(-26, -18, 1118, 12), (-4, -22, 1128, 9), (26, -10, 1142, 9), (62, 12, 1162, 8)])
        scene.draw(.tube(gland), Tissue(hu: 40, layer: .organ, over: soft), site: pancreas)
        for (laterality, mirror) in Self.sides {
            var random = random("adrenal/\(laterality.rawValue)")
            let site = smallSite(.adrenalGland, laterality, .adrenalGland, radius: 5.5, variation: 0.2)
            let gland = ellipsoid(
                32, 26, 1168, Point(3.6, 9, 13), tilt: Point(10, 15, 20), mirror: mirror, using: &random)
            scene.draw(.ellipsoid(gland), .organ(25), site: site)
        }
    }

    private mutating func drawLiver() {
        var random = random("liver")
        let site = scene.site(.liver, .right, suv: uptake[.liver])
        let over: Tissue.Layer = [.cavity, .lung, .organ]
        let tissue = Tissue(hu: Float(random.bounded(mean: 58, sd: 7)), layer: .organ, over: over)
        let right = ellipsoid(
            -66, 0, 1190, Point(63, 74, 72), tilt: Point(0, -8, 0), shiftMm: 5, sizeShare: 0.05, using: &random)
        let tip = ellipsoid(-88, 16, 1140, Point(34, 42, 50), shiftMm: 5, using: &random)
        let left = ellipsoid(
            -6, -46, 1206, Point(62, 34, 36), tilt: Point(0, -14, 0), shiftMm: 4, sizeShare: 0.12, using: &random)
        for lobe in [right, tip, left] { scene.draw(.ellipsoid(lobe), tissue, site: site) }
        let gallbladder = scene.site(.gallbladder, .right, suv: uptake[.gallbladder])
        let sac = ellipsoid(-46, -56, 1126, Point(13, 15, 27), tilt: Point(20, 0, 0), sizeShare: 0.15, using: &random)
        scene.draw(.ellipsoid(sac), .organ(8, over: [.cavity, .organ]), site: gallbladder)
    }

    private mutating func drawSpleen() {
        var random = random("spleen")
        let site = scene.site(.spleen, .left, suv: uptake[.spleen])
        let shape = ellipsoid(
            97, 36, 1196, Point(25, 40, 50), tilt: Point(-15, -15, 0), shiftMm: 4, sizeShare: 0.12, wobble: 0.1,
            using: &random)
        scene.draw(.ellipsoid(shape), .organ(50, over: [.cavity, .lung]), site: site)
    }
}
