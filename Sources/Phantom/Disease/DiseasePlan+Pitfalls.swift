import Anatomy
import Imaging

/// Benign uptake that looks like disease, by how often it is seen.
extension DiseasePlan {
    /// One kind of pitfall.
    private struct Pitfall {
        let location: AnatomicalLocation
        let sides: [Laterality]
        /// Share of patients.
        let share: Double
        /// The most of it in one patient.
        var most = 1
        /// SUVmax as scanners show it.
        let suv: (mean: Double, sd: Double)
        /// Diameter of a ball of its volume, mm.
        let diameter: (mean: Double, sd: Double)
    }

    private static let bothSides: [Laterality] = [.left, .right]

    /// PSMA ligands: benign nodes by the shares of PMC6954457 (52 foci in a third of 102 patients: 42 % nodes, 27 %
    /// bone), the rest rounded estimates. Ganglia, ureters, bowel, gallbladder and thyroid belong to the anatomy.
    private static let psma: [Pitfall] = [
        Pitfall(
            location: .mediastinalNode, sides: [.midline], share: 0.07, most: 2, suv: (3.2, 1.1), diameter: (9, 2.5)),
        Pitfall(location: .hilarNode, sides: bothSides, share: 0.07, most: 2, suv: (3.1, 1), diameter: (9, 2)),
        Pitfall(location: .axillaryNode, sides: bothSides, share: 0.05, most: 2, suv: (2.6, 0.8), diameter: (9, 2)),
        Pitfall(location: .inguinalNode, sides: bothSides, share: 0.06, most: 2, suv: (2.5, 0.7), diameter: (9, 2)),
        // Worn joints and vertebrae, healing fractures, haemangioma, Paget's disease.
        Pitfall(location: .lumbarSpine, sides: [.midline], share: 0.1, suv: (3, 0.9), diameter: (12, 3)),
        Pitfall(location: .thoracicSpine, sides: [.midline], share: 0.06, suv: (3, 1), diameter: (11, 3)),
        Pitfall(location: .pelvicBone, sides: bothSides, share: 0.015, suv: (6, 2.5), diameter: (48, 12)),
        Pitfall(location: .lung, sides: bothSides, share: 0.03, suv: (1.8, 0.6), diameter: (13, 4)),
        Pitfall(location: .thyroid, sides: bothSides, share: 0.03, suv: (6, 2.5), diameter: (12, 3)),
        Pitfall(location: .muscle, sides: [.midline], share: 0.02, suv: (3, 1), diameter: (13, 3)),
    ]

    /// FDG: inflammation, worn bone, adenoma; rounded estimates.
    private static let glucose: [Pitfall] = [
        Pitfall(location: .hilarNode, sides: bothSides, share: 0.1, most: 3, suv: (3.6, 1.2), diameter: (11, 3)),
        Pitfall(
            location: .mediastinalNode, sides: [.midline], share: 0.1, most: 3, suv: (3.4, 1.1), diameter: (11, 3)),
        Pitfall(location: .axillaryNode, sides: bothSides, share: 0.07, most: 4, suv: (3.2, 1.5), diameter: (10, 3)),
        Pitfall(location: .cervicalNode, sides: bothSides, share: 0.1, most: 3, suv: (3, 0.9), diameter: (9, 2)),
        Pitfall(location: .inguinalNode, sides: bothSides, share: 0.09, most: 3, suv: (2.6, 0.7), diameter: (10, 2)),
        Pitfall(location: .rib, sides: bothSides, share: 0.07, most: 4, suv: (4, 1.6), diameter: (11, 3)),
        Pitfall(location: .lumbarSpine, sides: [.midline], share: 0.12, suv: (4, 1.3), diameter: (13, 4)),
        Pitfall(location: .humerus, sides: bothSides, share: 0.08, suv: (3.2, 1), diameter: (18, 5)),
        Pitfall(location: .colon, sides: bothSides, share: 0.06, suv: (7, 3), diameter: (14, 4)),
        Pitfall(location: .thyroid, sides: bothSides, share: 0.04, suv: (7, 4), diameter: (13, 4)),
        Pitfall(location: .parotidGland, sides: bothSides, share: 0.025, suv: (7, 3), diameter: (13, 4)),
        Pitfall(location: .lung, sides: bothSides, share: 0.06, suv: (2.6, 1.1), diameter: (18, 7)),
        Pitfall(location: .muscle, sides: [.midline], share: 0.04, suv: (3, 1.2), diameter: (16, 5)),
    ]

    /// Plans the pitfalls of a patient.
    mutating func planPitfalls(_ tracer: Tracer, _ random: inout SeededGenerator) {
        if tracer.target == .psma { planUnspecificBone(tracer, &random) }
        for pitfall in tracer.target == .psma ? Self.psma : Self.glucose where random.chance(pitfall.share) {
            let side = pitfall.sides[random.index(below: pitfall.sides.count)]
            for _ in 0..<count(continuing: 0.35, most: pitfall.most, &random) {
                add(
                    pitfall.location, side, suv: pitfall.suv, diameter: pitfall.diameter, suspicious: false, &random)
            }
        }
    }

    /// Unspecific bone uptake, most often with ¹⁸F-PSMA-1007: ribs first, then spine and pelvis, mean SUVmax 3.4 to 7.7
    /// (springermedicine 27221586).
    private mutating func planUnspecificBone(_ tracer: Tracer, _ random: inout SeededGenerator) {
        let share =
            switch tracer {
            case .f18PSMA1007: 0.65
            case .f18RhPSMA7: 0.45
            default: 0.25
            }
        guard random.chance(share) else { return }
        for _ in 0..<count(continuing: tracer == .f18PSMA1007 ? 0.55 : 0.35, most: 5, &random) {
            let side: Laterality = random.chance(0.5) ? .left : .right
            let places: [(AnatomicalLocation, Laterality, Double)] = [
                (.rib, side, 0.66), (.thoracicSpine, .midline, 0.12), (.lumbarSpine, .midline, 0.08),
                (.pelvicBone, side, 0.14),
            ]
            let place = places[random.choice(weights: places.map(\.2))]
            add(place.0, place.1, suv: (4.6, 1.7), diameter: (9, 2.5), suspicious: false, &random)
        }
    }
}
