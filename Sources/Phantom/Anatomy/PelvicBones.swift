import Anatomy

/// Sacrum, hip bones and thigh bones.
extension PatientDrawing {
    mutating func drawPelvis() {
        let sacrum = scene.site(.sacrum, .midline, suv: uptake[.marrow])
        let sections: [(Float, Float, Float, Float)] = [
            (862, 68, 5, 4), (882, 80, 12, 7), (905, 82, 28, 10), (935, 76, 40, 14), (962, 62, 48, 19),
            (986, 50, 48, 20),
        ]
        let body = Loft(sections.map { habitus.section($0.0, y: $0.1, $0.2, $0.3, power: 2.3) })
        scene.drawBone(.loft(body), site: sacrum)
        landmarks.courses["presacral"] = tube([(0, 30, 978, 1), (0, 53, 940, 1), (0, 66, 906, 1)])
        for (laterality, mirror) in Self.sides {
            let site = scene.site(.pelvicBone, laterality, suv: uptake[.marrow])
            drawHipBone(mirror, site: site)
        }
    }

    /// Wing, socket, seat bone and pubic bone of one side.
    private mutating func drawHipBone(_ mirror: Float, site: Int) {
        // The wing: from the spine in front and outside to the sacrum behind and inside.
        let wing: [(height: Float, x: Float, y: Float, length: Float, half: Float, turn: Float)] = [
            (922, 86, 4, 24, 17, 112), (940, 86, 6, 36, 13, 116), (965, 88, 14, 52, 9, 120), (1000, 94, 12, 58, 7, 118),
            (1030, 102, 4, 54, 6, 110), (1048, 108, 0, 34, 7, 105),
        ]
        let loft = Loft(
            wing.map { row in
                habitus.section(
                    row.height, x: row.x, y: row.y, row.length, row.half, turn: row.turn, power: 2.2, mirror: mirror)
            })
        scene.drawBone(.loft(loft), site: site)
        let socket = Ellipsoid(habitus.point(76 * mirror, 0, 902), Point(20, 31, 28), tilt: Point(0, 0, 20 * mirror))
        scene.drawBone(.ellipsoid(socket), site: site)
        let ischium = tube([(70, 24, 890, 14), (62, 42, 858, 14), (54, 38, 832, 13)], mirror: mirror)
        let lowerRamus = tube([(52, 30, 832, 8), (34, -6, 838, 6.5), (13, -44, 864, 8)], mirror: mirror)
        let upperRamus = tube([(72, -22, 906, 11), (44, -48, 902, 7.5), (12, -56, 884, 10)], mirror: mirror)
        for shape in [ischium, lowerRamus, upperRamus] { scene.drawBone(.tube(shape), site: site) }
    }

    mutating func drawFemur(_ laterality: Laterality, _ mirror: Float) {
        defer { if laterality == condition.hipProsthesis { drawHipProsthesis(laterality, mirror) } }
        let site = scene.site(.femur, laterality, suv: uptake[.marrow] * 0.8)
        let soft = scene.sites.firstIndex { $0.location == .softTissue }!
        let joint = Ellipsoid(habitus.point(90 * mirror, -4, 900), Point(repeating: 26))
        scene.draw(.ellipsoid(joint), Tissue(hu: 60, layer: .organ, over: .body), site: soft)
        let head = Ellipsoid(habitus.point(90 * mirror, -4, 900), Point(repeating: 23.5))
        scene.drawBone(.ellipsoid(head), site: site)
        let neck = tube([(92, -4, 899, 15), (126, 6, 876, 16)], mirror: mirror)
        let trochanter = tube([(132, 12, 892, 10), (130, 10, 866, 17)], mirror: mirror)
        for shape in [neck, trochanter] { scene.drawBone(.tube(shape), site: site) }
        let shaft = tube(
            [(126, 8, 868, 16), (112, 2, 800, 14), (100, 0, 700, 13.5), (94, 0, 560, 13.5)], mirror: mirror)
        scene.drawBone(.tube(shaft), site: site, cortexMm: 6, red: 0.15)
    }

    /// Head, neck and stem of metal in the place of bone.
    private mutating func drawHipProsthesis(_ laterality: Laterality, _ mirror: Float) {
        let soft = scene.sites.firstIndex { $0.location == .softTissue }!
        let structure = Structure(.hipProsthesis, laterality)
        let head = Ellipsoid(habitus.point(90 * mirror, -4, 900), Point(repeating: 24))
        let stem = tube(
            [(92, -4, 899, 9), (116, 4, 882, 10), (124, 6, 850, 9), (114, 2, 790, 7), (107, 1, 750, 5)], mirror: mirror)
        for shape in [Shape.ellipsoid(head), .tube(stem)] {
            scene.draw(shape, .metal, site: soft, suv: 0.05, as: structure)
        }
    }
}
