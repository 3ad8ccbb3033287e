import Anatomy

/// Prostate, seminal vesicles, testes; autonomic ganglia.
extension PatientDrawing {
    mutating func drawPelvicOrgans() {
        var random = random("prostate")
        if condition.hasProstate {
            drawSeminalVesicles()
            let site = scene.site(.prostate, .midline, suv: uptake[.prostate])
            let size = Float(random.logNormal(mean: 1.02, sd: 0.17))
            let gland = Ellipsoid(
                habitus.point(0, 8, 878), Point(23, 17, 19) * size, wobble: 0.05, phase: Point(1, 2, 3))
            scene.draw(.ellipsoid(gland), .prostate, site: site)
            // The transition zone takes up somewhat more, evenly.
            let zone = Ellipsoid(habitus.point(0, 3, 881), Point(15, 11, 13) * size)
            scene.draw(.ellipsoid(zone), .prostate, site: site, suv: uptake[.prostate] * 1.25)
            landmarks.prostate = gland
        } else {
            // After prostatectomy the bed: fibrous tissue around the joined urethra, the bladder drawn down to it.
            let site = scene.site(.prostaticBed, .midline, suv: uptake[.muscle] * 1.3)
            let bed = Ellipsoid(habitus.point(0, 10, 876), Point(16, 11, 13))
            scene.draw(.ellipsoid(bed), .prostate, site: site)
            landmarks.prostate = bed
        }
        drawTestes()
    }

    private mutating func drawSeminalVesicles() {
        for (laterality, mirror) in Self.sides {
            var random = random("vesicle/\(laterality.rawValue)")
            let site = scene.site(.seminalVesicle, laterality, suv: uptake[.seminalVesicle])
            let vesicle = ellipsoid(
                17, 26, 901, Point(16, 6, 8), tilt: Point(0, -20, 15), mirror: mirror, using: &random)
            let over: Tissue.Layer = [.cavity, .fat, .muscle, .bowel, .organ]
            scene.draw(.ellipsoid(vesicle), .organ(25, over: over), site: site)
        }
    }

    private mutating func drawTestes() {
        for (laterality, mirror) in Self.sides {
            var random = random("testis/\(laterality.rawValue)")
            let site = scene.site(.testis, laterality, suv: uptake[.testis])
            let testis = ellipsoid(18, -74, 796, Point(13, 14, 20), mirror: mirror, using: &random)
            scene.draw(.ellipsoid(testis), .organ(35), site: site)
        }
    }

    mutating func drawGanglia() {
        let spine = Habitus.spineY
        let places:
            [(organ: Organ, kind: Structure.Kind, share: Double, x: Float, y: Float, height: Float, size: Point)] = [
                (.cervicalGanglion, .cervicalGanglion, 0.92, 20, spine(1452) - 4, 1452, Point(3, 3.5, 7)),
                (.coeliacGanglion, .coeliacGanglion, 0.89, 18, spine(1150) - 30, 1150, Point(6.5, 2.2, 9)),
                (.sacralGanglion, .sacralGanglion, 0.46, 20, 56, 942, Point(2.5, 2.5, 6)),
            ]
        for place in places {
            for (laterality, mirror) in Self.sides {
                var random = random("ganglion/\(place.organ.rawValue)/\(laterality.rawValue)")
                // How often each is seen: Rischpler et al. 2018.
                guard random.chance(place.share) else { continue }
                let site = smallSite(
                    .ganglion, laterality, place.organ, radius: 3.9, variation: 0.15, place.kind)
                let shape = ellipsoid(
                    place.x, place.y, place.height, place.size, tilt: Point(0, 15, 20), mirror: mirror, shiftMm: 1.5,
                    using: &random)
                scene.draw(.ellipsoid(shape), .organ(30), site: site)
            }
        }
    }
}
