import Anatomy

/// Skull, brain, glands of the head and neck, throat, thyroid.
extension PatientDrawing {
    /// Opens the site of a small organ whose table value is what a scanner shows; `radius` is that of a ball like it.
    mutating func smallSite(
        _ location: AnatomicalLocation, _ laterality: Laterality, _ organ: Organ, radius: Float,
        variation: Double = 0.1,
        _ structure: Structure.Kind? = nil
    ) -> Int {
        var random = random("small/\(location.rawValue)/\(laterality.rawValue)/\(organ.rawValue)")
        let shown = uptake[organ] * Float(1 + random.bounded(sd: variation))
        let suv = Recovery.drawn(shown: shown, background: uptake[.fat], recovery: Recovery.ball(radius: radius))
        return scene.site(location, laterality, suv: suv, structure)
    }

    mutating func drawHead() {
        drawSkull()
        drawBrain()
        for (laterality, mirror) in Self.sides { drawEye(laterality, mirror) }
        drawSalivaryGlands()
        drawThroat()
        drawThyroid()
    }

    private mutating func drawSkull() {
        let site = scene.site(.skull, .midline, suv: uptake[.marrow] * 0.8)
        let vault = Ellipsoid(habitus.point(0, 2, 1660), Point(66, 86, 78))
        scene.draw(.ellipsoid(vault), .cortical, site: site)
        scene.draw(.ellipsoid(vault.inset(by: 2)), Tissue(hu: 450, layer: .bone, over: .bone), site: site)
        for (_, mirror) in Self.sides {
            let base = tube([(8, 14, 1592, 8), (36, 16, 1590, 12), (52, 20, 1585, 11)], mirror: mirror)
            let face = tube([(34, -66, 1592, 6), (46, -58, 1585, 6), (62, -20, 1592, 4)], mirror: mirror)
            let maxilla = tube([(30, -66, 1590, 9), (14, -76, 1568, 9), (0, -80, 1562, 8)], mirror: mirror)
            let jaw = tube(
                [(52, -6, 1588, 5), (50, -14, 1556, 7), (36, -46, 1538, 6.5), (20, -72, 1530, 7), (0, -80, 1528, 8)],
                mirror: mirror)
            for shape in [base, face, maxilla] { scene.drawBone(.tube(shape), site: site, cortexMm: 1.5) }
            scene.drawBone(.tube(jaw), site: site, cortexMm: 1.5, as: Structure(.mandible))
        }
        let soft = scene.sites.firstIndex { $0.location == .softTissue }!
        let nose = Ellipsoid(habitus.point(0, -58, 1585), Point(11, 26, 22))
        scene.draw(
            .ellipsoid(nose), Tissue(hu: -700, layer: .organ, over: .body), site: soft, suv: 0.1, as: Structure(.airway)
        )
    }

    /// Two hemispheres of four lobes each; their grey matter is folded by its texture.
    private mutating func drawBrain() {
        let site = scene.site(.brain, .midline, suv: uptake[.brain])
        let tissue = Tissue(hu: 37, layer: .organ, over: .body)
        // Fluid fills the skull around and between the hemispheres.
        scene.draw(
            .ellipsoid(Ellipsoid(habitus.point(0, 2, 1661), Point(62, 82, 74))),
            Tissue(hu: 12, layer: .organ, over: .body), site: site, suv: uptake[.brain] * 0.12,
            as: Structure(.cerebrospinalFluid))
        for (laterality, mirror) in Self.sides {
            var random = random("hemisphere/\(laterality.rawValue)")
            func lobe(_ x: Float, _ y: Float, _ height: Float, _ semiAxes: Point, _ inset: Float) -> Ellipsoid {
                Ellipsoid(habitus.point(x * mirror, y, height), semiAxes * 1.04 - inset)
            }
            let vigour = (0..<4).map { _ in Float(1 + random.bounded(sd: 0.06)) }
            func hemisphere(_ inset: Float) -> Shape {
                .blob(
                    Blob(
                        [
                            lobe(26, -34, 1664, Point(29, 43, 43) * vigour[0], inset),
                            lobe(26.5, 22, 1678, Point(29, 46, 43) * vigour[1], inset),
                            lobe(24, 52, 1650, Point(25, 28, 32) * vigour[2], inset),
                            lobe(42, -8, 1628, Point(19, 38, 22) * vigour[3], inset),
                        ], sharpness: 5))
            }
            scene.draw(hemisphere(0), tissue, site: site)
            // White matter takes up a third of what the cortex does, the ventricles nothing.
            scene.draw(hemisphere(7), tissue, site: site, suv: uptake[.brain] * 0.4)
            let nuclei = Ellipsoid(habitus.point(21 * mirror, -4, 1655), Point(9, 20, 13))
            scene.draw(.ellipsoid(nuclei), tissue, site: site, suv: uptake[.brain] * 1.05)
            let ventricle = Ellipsoid(habitus.point(10 * mirror, 2, 1674), Point(5, 30, 8))
            scene.draw(
                .ellipsoid(ventricle), Tissue(hu: 8, layer: .organ), site: site, suv: uptake[.brain] * 0.1,
                as: Structure(.cerebrospinalFluid))
            let cerebellum = Ellipsoid(habitus.point(22 * mirror, 46, 1608), Point(25, 27, 22))
            scene.draw(
                .ellipsoid(cerebellum), tissue, site: site, suv: uptake[.cerebellum], as: Structure(.cerebellum))
        }
    }

    private mutating func drawEye(_ laterality: Laterality, _ mirror: Float) {
        let soft = scene.sites.firstIndex { $0.location == .softTissue }!
        let orbit = Ellipsoid(habitus.point(32 * mirror, -64, 1614), Point(17, 24, 17))
        scene.draw(.ellipsoid(orbit), Tissue(hu: -70, layer: .fat, over: .body), site: soft)
        let globe = Ellipsoid(habitus.point(32 * mirror, -74, 1614), Point(repeating: 12))
        scene.draw(.ellipsoid(globe), .organ(20), site: soft, as: Structure(.eye, laterality))
        var random = random("lacrimal/\(laterality.rawValue)")
        let site = smallSite(.lacrimalGland, laterality, .lacrimalGland, radius: 4.4)
        let gland = ellipsoid(
            43, -72, 1622, Point(4, 7, 5.2), tilt: Point(0, 0, -30), mirror: mirror, shiftMm: 0.7, using: &random)
        scene.draw(.ellipsoid(gland), Tissue(hu: 45, layer: .organ, over: .body), site: site)
    }

    private mutating func drawSalivaryGlands() {
        for (laterality, mirror) in Self.sides {
            var random = random("salivary/\(laterality.rawValue)")
            let parotid = smallSite(.parotidGland, laterality, .parotidGland, radius: 15)
            let body = ellipsoid(
                55, -2, 1562, Point(12, 18, 26), tilt: Point(0, 8, 20), mirror: mirror, wobble: 0.15, using: &random)
            let tail = ellipsoid(54, -24, 1570, Point(7, 15, 11), mirror: mirror, using: &random)
            for part in [body, tail] { scene.draw(.ellipsoid(part), .organ(10), site: parotid) }
            let submandibular = smallSite(.submandibularGland, laterality, .submandibularGland, radius: 13.5)
            let gland = ellipsoid(
                28, -40, 1526, Point(11.4, 18, 14.5), tilt: Point(0, 0, 25), mirror: mirror, wobble: 0.12,
                using: &random)
            scene.draw(.ellipsoid(gland), .organ(45), site: submandibular)
        }
        // The glands under the tongue count as salivary tissue of the floor of the mouth: pharynx in the contract.
        let floor = smallSite(.pharynx, .midline, .sublingualGland, radius: 9, .sublingualGland)
        for (_, mirror) in Self.sides {
            var random = random("sublingual/\(mirror)")
            let gland = ellipsoid(
                12, -60, 1533, Point(6.9, 17, 10.6), tilt: Point(0, 0, 20), mirror: mirror, shiftMm: 1, using: &random)
            scene.draw(.ellipsoid(gland), .organ(45), site: floor)
        }
    }

    private mutating func drawThroat() {
        let throat = smallSite(.pharynx, .midline, .pharynx, radius: 8.5)
        for (_, mirror) in Self.sides {
            var random = random("tonsil/\(mirror)")
            let upper = ellipsoid(12, -16, 1588, Point(7, 7, 9), mirror: mirror, shiftMm: 1, using: &random)
            let tonsil = ellipsoid(15, -20, 1552, Point(6, 8, 12), mirror: mirror, shiftMm: 1, using: &random)
            for part in [upper, tonsil] { scene.draw(.ellipsoid(part), .organ(45), site: throat) }
        }
        let larynx = smallSite(.pharynx, .midline, .larynx, radius: 6.5, .larynx)
        let cords = Ellipsoid(habitus.point(0, -22, 1496), Point(10, 11, 6))
        scene.draw(.ellipsoid(cords), .organ(60), site: larynx)
        let soft = scene.sites.firstIndex { $0.location == .softTissue }!
        let air = tube([(0, -26, 1590, 7), (0, -22, 1550, 8), (0, -20, 1515, 7), (0, -20, 1490, 6)])
        scene.draw(.tube(air), .airway, site: soft, suv: 0.1, as: Structure(.airway))
    }

    private mutating func drawThyroid() {
        for (laterality, mirror) in Self.sides {
            var random = random("thyroid/\(laterality.rawValue)")
            let site = smallSite(.thyroid, laterality, .thyroid, radius: 12)
            let lobe = ellipsoid(
                16.5, -16, 1468, Point(9.8, 10.8, 24), tilt: Point(0, 8, 0), mirror: mirror, using: &random)
            scene.draw(.ellipsoid(lobe), .organ(100), site: site)
        }
    }
}
