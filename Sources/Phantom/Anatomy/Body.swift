import Anatomy

/// Skin, muscle, the cavity of chest and abdomen, lungs.
extension PatientDrawing {
    /// Trunk without fat: height, half width, half depth.
    private static let trunk: [(Float, Float, Float)] = [
        (806, 130, 60), (822, 156, 84), (850, 166, 92), (890, 170, 98), (950, 162, 98), (1030, 146, 92),
        (1110, 138, 92),
        (1200, 144, 98), (1290, 152, 104), (1360, 162, 102), (1400, 166, 92), (1428, 140, 76), (1452, 90, 64),
        (1475, 60, 58),
    ]

    /// The inside of the ribs and of the abdominal wall: height, y, half width, half depth.
    private static let inside: [(Float, Float, Float, Float)] = [
        (868, 12, 40, 40), (900, 8, 56, 62), (930, 2, 70, 74), (965, -6, 92, 76), (1000, -10, 112, 76),
        (1040, -10, 122, 76), (1110, -6, 122, 80), (1200, -2, 128, 88), (1290, 2, 130, 92), (1360, 6, 118, 82),
        (1400, 10, 92, 64), (1425, 14, 66, 46), (1448, 18, 36, 26),
    ]

    /// The cavity as a solid; ribs run around it.
    var cavity: Loft {
        Loft(Self.inside.map { habitus.section($0.0, y: $0.1, $0.2, $0.3, power: 2.3) })
    }

    mutating func drawBody() {
        let fat = scene.site(.softTissue, .midline, suv: uptake[.fat])
        let muscle = scene.site(.muscle, .midline, suv: uptake[.muscle])
        let skin = habitus.fatMm
        scene.draw(tableTop(skin), .table, site: nil)
        for layer in [skin, 0] {
            let site = layer > 0 ? fat : muscle
            let tissue = layer > 0 ? Tissue.skin : Tissue.muscle
            scene.draw(trunk(layer), tissue, site: site)
            for (_, mirror) in Self.sides {
                scene.draw(.loft(thigh(mirror, layer)), tissue, site: site)
                scene.draw(.tube(arm(mirror, layer * 0.4)), tissue, site: site)
            }
            scene.draw(.loft(neck(layer * 0.35)), tissue, site: site)
            scene.draw(.loft(head(layer * 0.15 + (layer > 0 ? 2 : 0))), tissue, site: site)
        }
        scene.draw(scrotum(), .skin, site: fat)
        drawFatPads(site: fat)
        scene.draw(.loft(cavity), .cavity, site: fat)
        drawLungs()
    }

    /// Fat is thicker at the belly and hips than at the shoulders.
    private func trunk(_ skin: Float) -> Shape {
        .loft(
            Loft(
                Self.trunk.map { height, a, b in
                    let share: Float = height > 1380 ? 0.5 : height > 1250 ? 0.75 : 1
                    let belly: Float = height > 980 && height < 1200 ? skin * 0.25 : 0
                    return habitus.section(height, y: -belly * 0.6, a, b + belly, power: 2.4, extra: skin * share)
                }))
    }

    private func thigh(_ mirror: Float, _ skin: Float) -> Loft {
        let sections: [(Float, Float, Float)] = [
            (560, 80, 62), (660, 84, 68), (760, 86, 76), (830, 86, 82), (880, 84, 80),
        ]
        return Loft(
            sections.map { habitus.section($0.0, x: $0.1, $0.2, $0.2 * 1.02, mirror: mirror, extra: skin * 0.7) })
    }

    private func neck(_ skin: Float) -> Loft {
        Loft([
            habitus.section(1440, y: 8, 72, 60, extra: skin), habitus.section(1480, y: 4, 58, 56, extra: skin),
            habitus.section(1520, y: 2, 54, 58, extra: skin), habitus.section(1575, y: 0, 54, 66, extra: skin),
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

    /// The arm from the shoulder to the hand, with its muscle radius.
    private func arm(_ mirror: Float, _ skin: Float) -> Tube {
        var arm = Self.armCourse(up: habitus.armsUp)
        for index in arm.indices { arm[index].3 += skin }
        return tube(arm, mirror: mirror, spacing: 15)
    }

    static func armCourse(up: Bool) -> [(Float, Float, Float, Float)] {
        up
            ? [
                (158, 12, 1392, 46), (182, 0, 1470, 44), (196, -12, 1580, 40), (192, -24, 1690, 36),
                (140, -40, 1800, 32),
            ]
            : [
                (158, 12, 1392, 46), (188, 14, 1330, 42), (206, 16, 1160, 36), (216, 2, 1010, 31), (212, -18, 880, 26),
                (206, -24, 800, 22),
            ]
    }

    private func scrotum() -> Shape {
        .ellipsoid(Ellipsoid(habitus.point(0, -72, 800), Point(40, 30, 42)))
    }

    /// Fat between muscles: behind the seat, in the groins, in the armpits.
    private mutating func drawFatPads(site: Int) {
        let tissue = Tissue(hu: -100, layer: .fat, over: .muscle)
        let plump = min(max(habitus.fatMm / 19, 0.7), 1.4)
        for (_, mirror) in Self.sides {
            let pads: [Ellipsoid] = [
                Ellipsoid(
                    habitus.point(62 * mirror, 88, 868), Point(44, 20, 46) * plump, tilt: Point(0, 0, -12 * mirror)),
                Ellipsoid(
                    habitus.point(66 * mirror, -72, 872), Point(30, 15, 40) * plump, tilt: Point(0, 0, 15 * mirror)),
                Ellipsoid(
                    habitus.point(130 * mirror, 12, 1376), Point(18, 22, 34) * plump, tilt: Point(0, 25 * mirror, 0)),
                Ellipsoid(habitus.point(34 * mirror, 50, 850), Point(14, 24, 26)),
            ]
            for pad in pads { scene.draw(.ellipsoid(pad), tissue, site: site) }
        }
    }

    /// The couch under the patient, a shallow trough.
    private func tableTop(_ skin: Float) -> Shape {
        let back = (Self.trunk.map { $0.2 }.max() ?? 100) * habitus.frame + skin + 12
        let (low, high) = (habitus.z(500), habitus.z(1900))
        return .loft(
            Loft([
                Loft.Section(z: low, x: 0, y: back, a: 200, b: 9, power: 4),
                Loft.Section(z: high, x: 0, y: back, a: 200, b: 9, power: 4),
            ]))
    }

    private mutating func drawLungs() {
        let sections: [(height: Float, x: Float, y: Float, a: Float, b: Float)] = [
            (1158, 94, 62, 14, 12), (1180, 90, 56, 32, 30), (1212, 80, 30, 46, 64), (1250, 74, 12, 58, 84),
            (1300, 71, 4, 60, 88), (1350, 66, 6, 56, 78), (1390, 56, 12, 45, 58), (1418, 46, 18, 26, 30),
            (1434, 42, 20, 10, 12),
        ]
        for (laterality, mirror) in Self.sides {
            let site = scene.site(.lung, laterality, suv: uptake[.lung])
            let loft = Loft(sections.map { habitus.section($0.height, x: $0.x, y: $0.y, $0.a, $0.b, mirror: mirror) })
            scene.draw(.loft(loft), .lung, site: site)
        }
    }

    mutating func drawAirways() {
        let site = scene.sites.firstIndex { $0.location == .softTissue }!
        let trachea = tube([
            (0, -14, 1490, 9), (0, 0, 1440, 9), (0, 16, 1390, 9), (0, 24, 1345, 9), (0, 26, 1335, 8),
        ])
        scene.draw(.tube(trachea), .airway, site: site, suv: 0.1)
        landmarks.courses["trachea"] = trachea
        for (laterality, mirror) in Self.sides {
            let bronchus = tube([(2, 26, 1338, 6.5), (22, 26, 1322, 6), (42, 22, 1305, 5)], mirror: mirror)
            scene.draw(.tube(bronchus), Tissue(hu: -980, layer: .organ, over: .body), site: site, suv: 0.1)
            landmarks.courses["bronchus/\(laterality.rawValue)"] = bronchus
        }
    }
}
