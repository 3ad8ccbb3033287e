import Anatomy

/// Aorta, iliac and other large vessels, each a course that nodes lie along.
extension PatientDrawing {
    mutating func drawVessels() {
        let site = scene.site(.bloodVessel, .midline, suv: uptake[.bloodPool])
        drawTrunkVessels(site)
        for (laterality, mirror) in Self.sides {
            drawNeckVessels(laterality, mirror, site)
            drawIliacVessels(laterality, mirror, site)
            drawLungVessels(mirror, site)
        }
    }

    private mutating func drawVessel(
        _ name: String, _ kind: Structure.Kind, _ course: [(Float, Float, Float, Float)], mirror: Float = 1,
        _ site: Int
    ) {
        let vessel = tube(course, mirror: mirror)
        scene.draw(.tube(vessel), .blood, site: site, as: Structure(kind, mirror > 0 ? .left : .right))
        landmarks.courses[name] = vessel
    }

    private mutating func drawTrunkVessels(_ site: Int) {
        let spine = Habitus.spineY
        drawVessel(
            "aorta-arch", .aorta,
            [
                (2, -22, 1295, 16), (-16, -24, 1320, 16), (-14, -14, 1355, 15), (6, 4, 1374, 14), (22, 28, 1366, 13.5),
                (26, 42, 1340, 13),
            ],
            site)
        drawVessel(
            "aorta-descending", .aorta,
            [
                (26, 42, 1340, 13), (26, 44, 1290, 12.5), (22, 40, 1240, 12.5), (14, 26, 1195, 12),
                (8, spine(1160) - 32, 1160, 11),
            ],
            site)
        drawVessel(
            "aorta", .aorta,
            [
                (8, spine(1160) - 32, 1160, 11), (8, spine(1120) - 31, 1120, 10), (7, spine(1080) - 30, 1080, 9.5),
                (4, spine(1046) - 30, 1046, 9),
            ],
            site)
        drawVessel(
            "vena-cava", .venaCava,
            [
                (-14, spine(1034) - 26, 1034, 10), (-20, spine(1080) - 27, 1080, 11), (-22, spine(1130) - 28, 1130, 11),
                (-22, 12, 1190, 11.5), (-20, -6, 1240, 12),
            ],
            site)
        drawVessel(
            "vena-cava-superior", .venaCava, [(-24, -12, 1290, 9), (-26, -10, 1340, 9), (-24, -20, 1385, 8)], site)
        drawVessel(
            "portal-vein", .portalVein, [(0, -20, 1122, 6), (-18, -22, 1140, 7), (-46, -20, 1162, 6)], site)
        drawVessel(
            "pulmonary-trunk", .pulmonaryVessel, [(14, -42, 1296, 13), (20, -26, 1322, 13), (10, 0, 1328, 11)], site)
        // The vessels to the kidneys, whose level divides the retroperitoneal nodes.
        for (_, mirror) in Self.sides {
            drawVessel(
                "renal\(mirror)", .renalVessel,
                [(12, spine(1118) - 26, 1122, 4), (30, 16, 1118, 4), (44, 26, 1116, 3.5)],
                mirror: mirror, site)
        }
    }

    private mutating func drawNeckVessels(_ laterality: Laterality, _ mirror: Float, _ site: Int) {
        let side = laterality.rawValue
        drawVessel(
            "carotid/\(side)", .carotidArtery,
            [(12, -4, 1376, 5), (18, -10, 1420, 4.5), (24, -10, 1470, 4.5), (28, -10, 1530, 4), (26, 0, 1580, 3)],
            mirror: mirror, site)
        drawVessel(
            "jugular/\(side)", .jugularVein,
            [(20, -22, 1392, 7), (28, -18, 1430, 6), (33, -8, 1480, 6), (36, -4, 1540, 5), (32, 4, 1580, 4)],
            mirror: mirror, site)
        let outer: (Float, Float, Float, Float) = habitus.arms == .raised ? (158, 0, 1440, 4.5) : (165, 6, 1370, 4.5)
        drawVessel(
            "subclavian/\(side)", .subclavianVessel,
            [(26, -12, 1406, 6), (60, -14, 1420, 5.5), (100, -4, 1408, 5), (134, 2, 1392, 5), outer],
            mirror: mirror, site)
    }

    private mutating func drawIliacVessels(_ laterality: Laterality, _ mirror: Float, _ site: Int) {
        let side = laterality.rawValue
        var random = random("iliac/\(side)")
        // Elderly iliac arteries wind.
        let wind = Float(random.bounded(sd: 3))
        drawVessel(
            "common-iliac/\(side)", .iliacArtery, [(4, -2, 1046, 7), (18, 0 + wind, 1020, 6.5), (34, 12, 992, 6)],
            mirror: mirror,
            site)
        drawVessel(
            "internal-iliac/\(side)", .iliacArtery,
            [(34, 12, 992, 4.5), (46, 34, 968, 4.5), (50, 46, 942, 4), (50, 42, 920, 3.5)],
            mirror: mirror, site)
        drawVessel(
            "external-iliac/\(side)", .iliacArtery,
            [(34, 12, 992, 5.5), (50, -2 + wind, 966, 5.5), (66, -26, 936, 5.5), (76, -54, 904, 5)],
            mirror: mirror, site)
        drawVessel(
            "femoral/\(side)", .femoralVessel,
            [(76, -54, 904, 5), (80, -60, 870, 5), (80, -44, 800, 4.5), (78, -24, 680, 4)],
            mirror: mirror, site)
        drawVessel(
            "iliac-vein/\(side)", .iliacVein,
            [
                (6, 4, 1034, 8), (26, 18, 996, 7.5), (46, 10, 962, 7), (62, -18, 932, 7), (68, -52, 902, 6.5),
                (70, -56, 866, 6), (72, -38, 800, 5),
            ],
            mirror: mirror, site)
        landmarks.courses["obturator/\(side)"] = tube(
            [(54, 22, 946, 2), (58, 4, 926, 2), (58, -16, 908, 2)], mirror: mirror)
        landmarks.courses["inguinal/\(side)"] = tube([(72, -68, 892, 5), (76, -72, 862, 5)], mirror: mirror)
        landmarks.courses["axillary/\(side)"] = tube([(118, 8, 1392, 6), (132, 16, 1366, 6)], mirror: mirror)
        landmarks.courses["supraclavicular/\(side)"] = tube([(34, -10, 1446, 5), (56, 2, 1448, 5)], mirror: mirror)
    }

    private mutating func drawLungVessels(_ mirror: Float, _ site: Int) {
        let tissue = Tissue(hu: 45, layer: .vessel, over: [.lung, .cavity])
        let trees: [[(Float, Float, Float, Float)]] = [
            [(10, 4, 1326, 9), (32, 10, 1318, 7), (56, 4, 1306, 4), (84, -10, 1290, 1.5)],
            [(32, 10, 1318, 5), (54, 22, 1352, 3.5), (66, 26, 1386, 1.5)],
            [(32, 12, 1314, 6), (54, 34, 1276, 4), (78, 52, 1236, 1.5)],
            [(30, 8, 1306, 5), (58, -26, 1282, 3), (80, -44, 1264, 1.2)],
        ]
        for tree in trees {
            scene.draw(.tube(tube(tree, mirror: mirror)), tissue, site: site, as: Structure(.pulmonaryVessel))
        }
    }
}
