import Anatomy

/// Lung cancer, lymphoma, spread to liver and bone, tumours of soft tissue, for patients with ¹⁸F-FDG. Frequencies and sizes are rounded
/// estimates.
extension DiseasePlan {
    mutating func planGlucoseDisease(_ random: inout SeededGenerator) {
        switch random.choice(weights: [0.38, 0.36, 0.14, 0.12]) {
        case 0: planLungCancer(&random)
        case 1: planLymphoma(&random)
        case 2: planLiverMetastases(&random)
        default: break
        }
    }

    private mutating func planLungCancer(_ random: inout SeededGenerator) {
        let side: Laterality = random.chance(0.5) ? .left : .right
        add(.lung, side, suv: (11, 6), diameter: (32, 17), &random)
        if random.chance(0.6) {
            for _ in 0..<count(continuing: 0.4, most: 3, &random) {
                add(.hilarNode, side, suv: (8, 4), diameter: (14, 5), &random)
            }
        }
        if random.chance(0.55) {
            for _ in 0..<count(continuing: 0.5, most: 5, &random) {
                add(.mediastinalNode, .midline, suv: (8, 4), diameter: (14, 5), &random)
            }
        }
        if random.chance(0.15) { add(.supraclavicularNode, side, suv: (7, 3), diameter: (12, 4), &random) }
        if random.chance(0.12) { add(.adrenalGland, side, suv: (8, 4), diameter: (18, 5), &random) }
        if random.chance(0.12) { addLiver(count(continuing: 0.6, most: 6, &random), &random) }
        if random.chance(0.15) {
            let other: Laterality = side == .left ? .right : .left
            for _ in 0..<count(continuing: 0.6, most: 6, &random) {
                add(.lung, random.chance(0.5) ? side : other, suv: (5, 3), diameter: (11, 4), &random)
            }
        }
        if random.chance(0.25) { addBone(count(continuing: 0.7, most: 14, &random), suv: (8, 4), &random) }
    }

    private mutating func planLymphoma(_ random: inout SeededGenerator) {
        let stations: [(AnatomicalLocation, [Laterality])] = [
            (.cervicalNode, [.left, .right]), (.supraclavicularNode, [.left, .right]),
            (.axillaryNode, [.left, .right]),
            (.mediastinalNode, [.midline]), (.hilarNode, [.left, .right]), (.retroperitonealNode, [.midline]),
            (.commonIliacNode, [.left, .right]), (.externalIliacNode, [.left, .right]),
            (.inguinalNode, [.left, .right]),
        ]
        // Every lymphoma has its own avidity, and some are bulky.
        let avidity = random.logNormal(mean: 11, sd: 6)
        let bulk = random.chance(0.2) ? random.uniform(1.5, 2.6) : 1
        for _ in 0..<2 + random.index(below: 5) {
            let station = stations[random.index(below: stations.count)]
            let side = station.1[random.index(below: station.1.count)]
            for _ in 0..<count(continuing: 0.6, most: 6, &random) {
                add(station.0, side, suv: (avidity, avidity * 0.4), diameter: (17 * bulk, 7 * bulk), &random)
            }
        }
        if random.chance(0.2) { add(.spleen, .left, suv: (9, 4), diameter: (25, 8), &random) }
        if random.chance(0.15) { addBone(count(continuing: 0.6, most: 8, &random), suv: (9, 4), &random) }
        if random.chance(0.05) { diffuseMarrowSUV = random.logNormal(mean: 6, sd: 2) }
    }

    /// A tumour of the colon, or none left, with metastases in the liver.
    private mutating func planLiverMetastases(_ random: inout SeededGenerator) {
        addLiver(count(continuing: 0.75, most: 12, &random), &random)
        if random.chance(0.5) {
            add(.colon, random.chance(0.6) ? .left : .right, suv: (13, 6), diameter: (30, 9), &random)
        }
        if random.chance(0.3) {
            for _ in 0..<count(continuing: 0.5, most: 4, &random) {
                add(.retroperitonealNode, .midline, suv: (7, 3), diameter: (13, 4), &random)
            }
        }
        if random.chance(0.25) {
            for _ in 0..<count(continuing: 0.6, most: 8, &random) {
                add(.lung, random.chance(0.5) ? .left : .right, suv: (5, 3), diameter: (11, 4), &random)
            }
        }
    }

    /// A sarcoma in the muscles of a thigh, the seat or the trunk, or metastases there, as of melanoma.
    mutating func planSoftTissueTumour(_ random: inout SeededGenerator) {
        if random.chance(0.65) {
            add(.muscle, .midline, suv: (9, 5), diameter: (62, 26), &random)
            guard random.chance(0.3) else { return }
        } else {
            for _ in 0..<count(continuing: 0.65, most: 8, &random) {
                add(.muscle, .midline, suv: (7, 4), diameter: (17, 7), &random)
            }
            guard random.chance(0.5) else { return }
        }
        for _ in 0..<count(continuing: 0.6, most: 8, &random) {
            add(.lung, random.chance(0.5) ? .left : .right, suv: (5, 3), diameter: (12, 5), &random)
        }
    }

    private mutating func addLiver(_ count: Int, _ random: inout SeededGenerator) {
        for _ in 0..<count { add(.liver, .right, suv: (8, 3.5), diameter: (22, 10), &random) }
    }
}
