import Foundation
import Imaging

/// The normal uptake of one patient: SUV before any blur, by organ.
///
/// Means and spreads between patients are those of `UptakeTables`. Organs are not independent of one another: each
/// shares a part of its spread with its group, because one thing drives them all — the expression of the salivary
/// transport, the clearance of the blood, the work of the kidneys. The tables of glands, bowel and ganglia are maxima
/// as scanners show them; where an organ is small its drawing divides by the recovery of its shape.
struct PhysiologicUptake: Sendable {
    /// Mean and standard deviation between patients.
    typealias Spread = (mean: Double, sd: Double)

    private let values: [Organ: Float]

    /// Draws a patient's uptake.
    /// - Parameter sink: what a large mass of tumour leaves for the organs, 1 without one.
    init(tracer: Tracer, seed: UInt64, sink: Float = 1) {
        let table = UptakeTables.of(tracer)
        var values: [Organ: Float] = [:]
        for organ in Organ.allCases {
            // One stream for each organ; every tracer's table names every organ.
            var random = SeededGenerator(seed: seed, stream: "uptake/\(organ.rawValue)")
            let spread = table[organ]!
            var score = random.bounded(sd: 1)
            if let (group, share) = organ.group {
                var together = SeededGenerator(seed: seed, stream: "uptake-group/\(group)")
                score = share.squareRoot() * together.bounded(sd: 1) + (1 - share).squareRoot() * score
            }
            let variance = log(1 + spread.sd * spread.sd / (spread.mean * spread.mean))
            let value = spread.mean * exp(variance.squareRoot() * min(max(score, -2), 2) - variance / 2)
            values[organ] = Float(value) * (organ.isSunk ? sink : 1)
        }
        Self.adjust(&values, tracer, seed)
        self.values = values
    }

    /// The SUV of an organ.
    subscript(_ organ: Organ) -> Float { values[organ]! }

    /// What is present in some patients and absent in others.
    private static func adjust(_ values: inout [Organ: Float], _ tracer: Tracer, _ seed: UInt64) {
        var random = SeededGenerator(seed: seed, stream: "uptake/pattern")
        let quiet = values[.bloodPool]! * 1.1
        if tracer.target == .psma {
            // Thyroid in 22 %, rectum in 36 %, descending colon in 65 % of patients (Demirci et al.).
            if !random.chance(0.22) { values[.thyroid] = quiet }
            if !random.chance(0.36) { values[.rectum] = quiet }
            if !random.chance(0.65) { values[.colon] = quiet }
        } else {
            adjustGlucose(&values, &random)
        }
    }

    private static func adjustGlucose(_ values: inout [Organ: Float], _ random: inout SeededGenerator) {
        // The fasting heart burns fat; in about half of patients it takes up glucose all the same.
        if random.chance(0.5) { values[.myocardium] = Float(random.uniform(5, 15)) }
        if !random.chance(0.1) { values[.brownFat] = values[.fat]! }
        // Metformin drives glucose into the bowel.
        if random.chance(0.12) {
            let drive = Float(random.uniform(6, 12))
            values[.colon] = drive
            values[.ileum] = drive * 0.5
        }
        // Inflamed thyroid; throat and tonsils after an infection.
        if random.chance(0.04) { values[.thyroid] = Float(random.uniform(3, 7)) }
        if random.chance(0.08) { values[.pharynx] = Float(random.uniform(5, 9)) }
        // Fed or given insulin: muscles and heart take what liver and brain miss.
        if random.chance(0.05) {
            values[.muscle]! *= Float(random.uniform(1.6, 2.6))
            values[.myocardium] = Float(random.uniform(7, 14))
            values[.liver]! *= 0.75
            values[.brain]! *= 0.7
        }
        // Marrow and spleen driven by growth factors.
        if random.chance(0.08) {
            values[.marrow]! *= Float(random.uniform(1.8, 3.2))
            values[.spleen]! *= Float(random.uniform(1.2, 2))
        }
    }
}

extension Organ {
    /// The group with which an organ shares a part of its spread between patients, and that part; our choice, no
    /// source gives correlations.
    fileprivate var group: (name: String, share: Double)? {
        switch self {
        case .lacrimalGland, .parotidGland, .submandibularGland, .sublingualGland, .pharynx, .larynx: ("glands", 0.6)
        case .bloodPool, .lung, .muscle, .marrow, .fat, .brownFat: ("clearance", 0.5)
        case .liver, .spleen, .adrenalGland: ("reticular", 0.3)
        case .stomach, .duodenum, .jejunum, .ileum, .colon: ("bowel", 0.45)
        case .cervicalGanglion, .coeliacGanglion, .sacralGanglion: ("ganglia", 0.5)
        case .brain, .cerebellum: ("brain", 0.7)
        case .kidney, .urine: ("kidneys", 0.2)
        default: nil
        }
    }

    /// Whether a large mass of tumour takes from it: glands, kidneys, liver, spleen and bowel (the tumour sink effect).
    fileprivate var isSunk: Bool {
        switch self {
        case .lacrimalGland, .parotidGland, .submandibularGland, .sublingualGland, .liver, .spleen, .kidney, .duodenum,
            .jejunum, .brain, .cerebellum, .urine:
            true
        default: false
        }
    }
}
