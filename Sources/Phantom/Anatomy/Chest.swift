import Anatomy
import Imaging

/// Heart and brown fat.
extension PatientDrawing {
    mutating func drawHeart() {
        var random = random("heart")
        let size = Float(1 + random.bounded(sd: 0.06))
        let site = scene.site(.heart, .midline, suv: uptake[.bloodPool])
        let tilt = Point(20, 25, 35)
        let over: Tissue.Layer = [.cavity, .lung, .organ, .fat]
        let sac = Ellipsoid(habitus.point(22, -28, 1268), Point(60, 46, 50) * size, tilt: tilt)
        scene.draw(.ellipsoid(sac), Tissue(hu: -60, layer: .organ, over: over), site: site, suv: uptake[.fat] * 2)
        scene.draw(.ellipsoid(sac.inset(by: 4)), .organ(45), site: site)
        let left = Ellipsoid(habitus.point(42, -26, 1258), Point(42, 30, 29) * size, tilt: tilt)
        scene.draw(.ellipsoid(left), .organ(50), site: site, suv: uptake[.myocardium])
        let chamber = Ellipsoid(habitus.point(37, -23, 1260), Point(32, 19, 18) * size, tilt: tilt)
        scene.draw(.ellipsoid(chamber), .organ(42), site: site)
        if tracer.target == .glucose, uptake[.brownFat] > 2 { drawBrownFat() }
    }

    private mutating func drawBrownFat() {
        for (laterality, mirror) in Self.sides {
            let site = smallSite(.brownFat, laterality, .brownFat, radius: 7)
            let strand = tube([(42, 10, 1478, 6), (62, 14, 1452, 8), (92, 18, 1434, 7)], mirror: mirror)
            scene.draw(.tube(strand), Tissue(hu: -80, layer: .fat, over: .connective), site: site)
        }
    }
}
