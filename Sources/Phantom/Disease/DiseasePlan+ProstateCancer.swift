import Anatomy

/// Prostate cancer: how often which site, how many lesions, how bright.
///
/// SUVmax of local tumour, nodes, bone and visceral metastases after PMC7033090 (n = 80, ⁶⁸Ga-PSMA-11; the standard
/// deviation is near the mean, hence log-normal); site incidences between PMC6211573 and PMC8195586; numbers and
/// sizes of lesions are rounded estimates.
extension DiseasePlan {
    private static let local = (mean: 11.3, sd: 7.5)
    private static let node = (mean: 14.6, sd: 13.7)
    private static let bone = (mean: 15.9, sd: 15.9)
    private static let visceral = (mean: 24.2, sd: 16.4)

    mutating func planProstateCancer(hasProstate: Bool, _ random: inout SeededGenerator) {
        planLocal(hasProstate, &random)
        let pelvic = random.chance(0.38)
        if pelvic { planPelvicNodes(&random) }
        if random.chance(pelvic ? 0.38 : 0.12) { planDistantNodes(&random) }
        if random.chance(0.28) { planBone(&random) }
        if random.chance(0.05) {
            let places: [(AnatomicalLocation, Laterality)] = [
                (.lung, .left), (.lung, .right), (.liver, .right), (.adrenalGland, .left),
            ]
            let place = places[random.index(below: places.count)]
            for _ in 0..<count(continuing: 0.5, most: 6, &random) {
                add(place.0, place.1, suv: Self.visceral, diameter: (14, 6), &random)
            }
        }
    }

    private mutating func planLocal(_ hasProstate: Bool, _ random: inout SeededGenerator) {
        guard hasProstate else {
            if random.chance(0.27) { add(.prostaticBed, .midline, suv: Self.local, diameter: (11, 4), &random) }
            return
        }
        guard random.chance(0.87) else { return }
        let side: Laterality = random.chance(0.5) ? .left : .right
        add(.prostate, side, suv: Self.local, diameter: (17, 6), &random)
        if random.chance(0.3) {
            add(.prostate, side == .left ? .right : .left, suv: Self.local, diameter: (10, 3), &random)
        }
        if random.chance(0.15) { add(.seminalVesicle, side, suv: Self.local, diameter: (11, 3), &random) }
    }

    private mutating func planPelvicNodes(_ random: inout SeededGenerator) {
        let stations: [(AnatomicalLocation, Double)] = [
            (.externalIliacNode, 0.3), (.internalIliacNode, 0.23), (.obturatorNode, 0.19), (.commonIliacNode, 0.15),
            (.mesorectalNode, 0.07), (.presacralNode, 0.06),
        ]
        for _ in 0..<count(continuing: 0.5, most: 6, &random) {
            let station = stations[random.choice(weights: stations.map(\.1))].0
            let middle = station == .presacralNode || station == .mesorectalNode
            let side: Laterality = middle ? .midline : random.chance(0.5) ? .left : .right
            add(station, side, suv: Self.node, diameter: (9.5, 3.8), &random)
        }
    }

    private mutating func planDistantNodes(_ random: inout SeededGenerator) {
        let stations: [(AnatomicalLocation, Laterality, Double)] = [
            (.retroperitonealNode, .midline, 0.66), (.supraclavicularNode, .left, 0.12),
            (.mediastinalNode, .midline, 0.1),
            (.inguinalNode, .right, 0.03), (.inguinalNode, .left, 0.03), (.axillaryNode, .left, 0.03),
            (.cervicalNode, .left, 0.03),
        ]
        for _ in 0..<count(continuing: 0.55, most: 7, &random) {
            let station = stations[random.choice(weights: stations.map(\.2))]
            add(station.0, station.1, suv: Self.node, diameter: (10, 4), &random)
        }
    }

    private mutating func planBone(_ random: inout SeededGenerator) {
        // One, up to three, many, diffuse.
        switch random.choice(weights: [0.38, 0.29, 0.25, 0.08]) {
        case 0: addBone(1, &random)
        case 1: addBone(2 + random.index(below: 2), &random)
        case 2: addBone(4 + random.index(below: 26), &random)
        default: diffuseMarrowSUV = random.logNormal(mean: 9, sd: 4)
        }
    }

    mutating func addBone(_ count: Int, suv: (mean: Double, sd: Double)? = nil, _ random: inout SeededGenerator) {
        let bones: [(AnatomicalLocation, Double, paired: Bool)] = [
            (.pelvicBone, 0.28, true), (.thoracicSpine, 0.16, false), (.lumbarSpine, 0.15, false), (.rib, 0.16, true),
            (.sacrum, 0.08, false), (.femur, 0.05, true), (.scapula, 0.04, true), (.sternum, 0.03, false),
            (.cervicalSpine, 0.02, false), (.humerus, 0.02, true), (.skull, 0.01, false),
        ]
        for _ in 0..<count {
            let bone = bones[random.choice(weights: bones.map(\.1))]
            let side: Laterality = !bone.paired ? .midline : random.chance(0.5) ? .left : .right
            let size = bone.0 == .rib ? (mean: 12.0, sd: 4.0) : (mean: 16.0, sd: 7.5)
            add(bone.0, side, suv: suv ?? Self.bone, diameter: size, &random)
        }
    }

    /// One, and one more as long as chance goes on.
    func count(continuing share: Double, most: Int, _ random: inout SeededGenerator) -> Int {
        var count = 1
        while count < most, random.chance(share) { count += 1 }
        return count
    }
}
