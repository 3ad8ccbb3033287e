import Anatomy

/// Lung cancer and lymphoma, for patients with ¹⁸F-FDG. Frequencies and sizes are rounded estimates.
extension DiseasePlan {
    mutating func planGlucoseDisease(_ random: inout SeededGenerator) {
        switch random.choice(weights: [0.45, 0.42, 0.13]) {
        case 0: planLungCancer(&random)
        case 1: planLymphoma(&random)
        default: break
        }
    }

    private mutating func planLungCancer(_ random: inout SeededGenerator) {
        let side: Laterality = random.chance(0.5) ? .left : .right
        add(.lung, side, suv: (11, 6), diameter: (32, 12), &random)
        if random.chance(0.6) { add(.hilarNode, side, suv: (8, 4), diameter: (14, 4), &random) }
        if random.chance(0.55) {
            for _ in 0..<count(continuing: 0.5, most: 4, &random) {
                add(.mediastinalNode, .midline, suv: (8, 4), diameter: (14, 4), &random)
            }
        }
        if random.chance(0.15) { add(.supraclavicularNode, side, suv: (7, 3), diameter: (12, 3), &random) }
        if random.chance(0.12) { add(.adrenalGland, side, suv: (8, 4), diameter: (18, 4), &random) }
        if random.chance(0.12) { add(.liver, .right, suv: (8, 3), diameter: (20, 6), &random) }
        if random.chance(0.22) { addBone(count(continuing: 0.6, most: 6, &random), suv: (8, 4), &random) }
    }

    private mutating func planLymphoma(_ random: inout SeededGenerator) {
        let stations: [(AnatomicalLocation, [Laterality])] = [
            (.cervicalNode, [.left, .right]), (.supraclavicularNode, [.left, .right]),
            (.axillaryNode, [.left, .right]),
            (.mediastinalNode, [.midline]), (.hilarNode, [.left, .right]), (.retroperitonealNode, [.midline]),
            (.commonIliacNode, [.left, .right]), (.externalIliacNode, [.left, .right]),
            (.inguinalNode, [.left, .right]),
        ]
        for _ in 0..<2 + random.index(below: 5) {
            let station = stations[random.index(below: stations.count)]
            let side = station.1[random.index(below: station.1.count)]
            for _ in 0..<count(continuing: 0.5, most: 4, &random) {
                add(station.0, side, suv: (11, 7), diameter: (18, 6), &random)
            }
        }
        if random.chance(0.2) { add(.spleen, .left, suv: (9, 4), diameter: (25, 6), &random) }
        if random.chance(0.15) { addBone(count(continuing: 0.6, most: 5, &random), suv: (9, 4), &random) }
    }
}
