import Anatomy
import Imaging

/// Skin, fat, muscle, the cavity of chest and abdomen, lungs.
extension PatientDrawing {
    /// Trunk without fat: height, half width, half depth.
    private static let trunk: [(Float, Float, Float)] = [
        (806, 130, 60), (822, 156, 84), (850, 168, 94), (890, 172, 100), (950, 163, 98), (1030, 143, 91),
        (1110, 137, 91), (1200, 145, 98), (1290, 154, 104), (1360, 165, 101), (1400, 168, 90), (1428, 138, 74),
        (1452, 90, 62), (1475, 62, 58),
    ]

    /// The inside of the ribs and of the abdominal wall: height, y, half width, half depth.
    private static let inside: [(Float, Float, Float, Float)] = [
        (868, 12, 40, 40), (900, 8, 56, 62), (930, 2, 70, 74), (965, -6, 92, 76), (1000, -10, 112, 76),
        (1040, -10, 122, 76), (1110, -6, 122, 80), (1200, -2, 128, 88), (1290, 2, 130, 92), (1360, 6, 118, 82),
        (1400, 10, 92, 64), (1425, 14, 66, 46), (1448, 18, 36, 26),
    ]

    /// The cavity as a solid; ribs run around it.
    var cavity: Loft {
        Loft(
            Self.inside.map { height, y, a, b in
                let belly = habitus.belly(at: height)
                return habitus.section(height, y: y - belly * 0.5, a + belly * 0.3, b + belly * 0.5, power: 2.3)
            })
    }

    mutating func drawBody() {
        let fat = scene.site(.softTissue, .midline, suv: uptake[.fat])
        let muscle = scene.site(.muscle, .midline, suv: uptake[.muscle])
        let skin = habitus.fatMm
        // Skin takes up a little more than the fat below it.
        for (layer, site, tissue, structure) in [
            (skin + 2, fat, Tissue.skin, Structure(.skin)), (skin, fat, .subcutaneous, Structure(.fat)),
            (0, muscle, .muscle, Structure(.muscle)),
        ] {
            let suv: Float? = structure.kind == .skin ? uptake[.fat] * 1.7 : nil
            for shape in outline(layer) { scene.draw(shape, tissue, site: site, suv: suv, as: structure) }
        }
        scene.draw(scrotum(), .skin, site: fat)
        drawFatPlanes(site: fat)
        scene.draw(.loft(cavity), .cavity, site: fat)
        drawLungs()
        scene.table = tableTop
    }

    /// The body's surface, `skin` mm outside of the muscles.
    private func outline(_ skin: Float) -> [Shape] {
        var shapes = [trunk(skin), Shape.loft(neck(skin * 0.35)), .loft(head(skin * 0.15))]
        for (laterality, mirror) in Self.sides {
            shapes.append(.loft(thigh(mirror, skin)))
            var arm = habitus.armCourse(laterality)
            for index in arm.indices { arm[index].3 += skin * (index == 0 ? 0.3 : 0.4) }
            shapes.append(.tube(tube(arm, mirror: mirror, spacing: 15)))
            shapes += fullness(laterality, mirror, skin)
        }
        return shapes
    }

    /// Muscles and fat that stand out from the trunk: shoulder, breast, loin, seat.
    private func fullness(_ laterality: Laterality, _ mirror: Float, _ skin: Float) -> [Shape] {
        let rise: Float = habitus.arms == .raised ? 26 : 0
        func ball(_ x: Float, _ y: Float, _ height: Float, _ size: Point, _ tilt: Point, _ share: Float) -> Shape {
            .ellipsoid(
                Ellipsoid(
                    habitus.point(x * mirror, y, height), size * habitus.frame + skin * share,
                    tilt: Point(tilt.x, tilt.y * mirror, tilt.z * mirror)))
        }
        return [
            ball(118, 22, 1404 + rise, Point(58, 46, 38), Point(0, rise > 0 ? -38 : -20, 0), 0.5),
            ball(62, 34, 1440 + rise * 0.5, Point(62, 34, 30), Point(0, -28, 0), 0.45),
            ball(72, -74, 1322, Point(58, 26, 52), Point(0, 0, -18), 0.9),
            ball(128, 40, 1290, Point(32, 46, 84), Point(0, 8, 0), 0.75),
            ball(78, 64, 872, Point(70, 50, 62), .zero, 1),
            ball(120, -4, 1010, Point(32, 58, 62), .zero, 1.1),
        ]
    }

    /// Fat is thicker at the belly and hips than at the shoulders.
    private func trunk(_ skin: Float) -> Shape {
        .loft(
            Loft(
                Self.trunk.map { height, a, b in
                    let share: Float = height > 1380 ? 0.5 : height > 1250 ? 0.75 : 1
                    let belly = habitus.belly(at: height) + (height > 980 && height < 1200 ? skin * 0.25 : 0)
                    return habitus.section(
                        height, y: -belly * 0.6, a + belly * 0.35, b + belly * 0.75, power: 2.25, extra: skin * share)
                }))
    }

    private func thigh(_ mirror: Float, _ skin: Float) -> Loft {
        let sections: [(Float, Float, Float)] = [
            (560, 80, 60), (660, 84, 67), (760, 86, 77), (830, 86, 84), (880, 84, 82),
        ]
        return Loft(
            sections.map { habitus.section($0.0, x: $0.1, $0.2, $0.2 * 1.04, mirror: mirror, extra: skin * 0.7) })
    }

    private func neck(_ skin: Float) -> Loft {
        Loft([
            habitus.section(1440, y: 8, 76, 60, extra: skin), habitus.section(1480, y: 4, 60, 56, extra: skin),
            habitus.section(1520, y: 2, 56, 58, extra: skin), habitus.section(1575, y: 0, 54, 66, extra: skin),
        ])
    }

    private func head(_ skin: Float) -> Loft {
        Loft([
            habitus.section(1517, y: -52, 24, 26, extra: skin), habitus.section(1535, y: -38, 42, 48, extra: skin),
            habitus.section(1560, y: -18, 60, 76, extra: skin), habitus.section(1600, y: -8, 70, 92, extra: skin),
            habitus.section(1650, y: -2, 74, 96, extra: skin), habitus.section(1700, y: 0, 70, 90, extra: skin),
            habitus.section(1732, y: 2, 50, 66, extra: skin), habitus.section(1748, y: 2, 14, 20, extra: skin),
        ])
    }

    private func scrotum() -> Shape {
        .ellipsoid(Ellipsoid(habitus.point(0, -72, 800), Point(40, 30, 42)))
    }

    /// Fat between muscles: planes that part them into bundles, the armpits, the groins, behind the seat.
    private mutating func drawFatPlanes(site: Int) {
        let tissue = Tissue(hu: -100, layer: .fat, over: .muscle)
        let plump = min(max(habitus.fatMm / 21, 0.7), 1.4)
        for (_, mirror) in Self.sides {
            func plane(_ x: Float, _ y: Float, _ height: Float, _ size: Point, _ turn: Float) -> Ellipsoid {
                Ellipsoid(habitus.point(x * mirror, y, height), size, tilt: Point(0, 0, turn * mirror))
            }
            let planes = [
                plane(62, 88, 868, Point(44, 15, 46) * plump, -12), plane(66, -72, 872, Point(30, 15, 40) * plump, 15),
                Ellipsoid(
                    habitus.point(130 * mirror, 12, 1376), Point(18, 22, 34) * plump, tilt: Point(0, 25 * mirror, 0)),
                Ellipsoid(habitus.point(34 * mirror, 50, 850), Point(14, 24, 26)),
                // Between the bundles of the thigh, of the back, of the seat and around the shoulder blade.
                plane(86, 8, 740, Point(4, 52, 130), 30), plane(86, 8, 740, Point(4, 52, 130), -35),
                plane(92, -30, 740, Point(44, 3.5, 120), 5), plane(58, 76, 1100, Point(3.5, 26, 150), 38),
                plane(98, 66, 880, Point(52, 4, 60), -38), plane(104, 62, 1340, Point(36, 3, 70), -30),
                plane(108, -40, 900, Point(4, 34, 60), 60),
            ]
            for shape in planes { scene.draw(.ellipsoid(shape), tissue, site: site) }
        }
    }

    /// The couch under the patient, a shallow trough; a mat that CT does not show lies between.
    private var tableTop: Loft {
        let back = (scene.parts.map(\.bounds.high.y).max() ?? 150) + 24
        let (low, high) = (habitus.z(500), habitus.z(1900))
        return Loft([
            Loft.Section(z: low, x: 0, y: back, a: 200, b: 9, power: 4),
            Loft.Section(z: high, x: 0, y: back, a: 200, b: 9, power: 4),
        ])
    }

    private mutating func drawLungs() {
        let sections: [(height: Float, x: Float, y: Float, a: Float, b: Float)] = [
            (1158, 94, 62, 14, 12), (1180, 90, 56, 32, 30), (1212, 80, 30, 46, 66), (1250, 74, 12, 59, 87),
            (1300, 72, 4, 62, 92), (1350, 67, 6, 59, 82), (1390, 56, 12, 46, 59), (1418, 46, 18, 27, 31),
            (1434, 42, 20, 10, 12),
        ]
        for (laterality, mirror) in Self.sides {
            let site = scene.site(.lung, laterality, suv: uptake[.lung])
            let loft = Loft(sections.map { habitus.section($0.height, x: $0.x, y: $0.y, $0.a, $0.b, mirror: mirror) })
            scene.draw(.loft(loft), .lung, site: site)
            // What lies lowest in a man on his back is denser, and takes up more.
            let low = Ellipsoid(
                habitus.point(80 * mirror, 84, 1240), Point(48, 34, 70), tilt: Point(-14, 0, 0), wobble: 0.2)
            scene.draw(
                .ellipsoid(low), Tissue(hu: -640, layer: .lung, over: .lung), site: site, suv: uptake[.lung] * 1.5)
        }
    }

    mutating func drawAirways() {
        let site = scene.sites.firstIndex { $0.location == .softTissue }!
        let trachea = tube([
            (0, -14, 1490, 9), (0, 0, 1440, 9), (0, 16, 1390, 9), (0, 24, 1345, 9), (0, 26, 1335, 8),
        ])
        let airway = Structure(.airway)
        scene.draw(.tube(trachea), .airway, site: site, suv: 0.1, as: airway)
        landmarks.courses["trachea"] = trachea
        for (laterality, mirror) in Self.sides {
            let bronchus = tube([(2, 26, 1338, 6.5), (22, 26, 1322, 6), (42, 22, 1305, 5)], mirror: mirror)
            let tissue = Tissue(hu: -980, layer: .organ, over: .body)
            scene.draw(.tube(bronchus), tissue, site: site, suv: 0.1, as: airway)
            landmarks.courses["bronchus/\(laterality.rawValue)"] = bronchus
        }
        let oesophagus = tube([
            (2, 0, 1480, 6.7), (6, 22, 1420, 6.9), (8, 38, 1360, 7.3), (10, 40, 1300, 7.8), (18, 26, 1245, 8),
            (34, 12, 1222, 8.5),
        ])
        scene.draw(
            .tube(oesophagus), .organ(35), site: site, suv: uptake[.oesophagus], as: Structure(.oesophagus))
    }
}
