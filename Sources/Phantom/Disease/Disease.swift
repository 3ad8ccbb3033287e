import Anatomy
import Foundation
import Imaging

/// What disease a phantom patient has.
public enum Disease: Sendable {
    /// A mix drawn from the seed by the site incidences of published cohorts, with a few benign look-alikes.
    case typical
    /// None at all, and no look-alikes.
    case none
    /// These lesions and nothing else; one that finds no room in the patient's anatomy is left out.
    case lesions([Lesion])

    /// One lesion to draw.
    public struct Lesion: Sendable, Equatable {
        /// Where it lies.
        public var location: AnatomicalLocation
        /// On which side.
        public var laterality: Laterality
        /// SUVmax as a scanner would show it; what is drawn is higher by the recovery of its size.
        public var suvMax: Double
        /// Diameter of a ball of its volume, mm.
        public var diameterMm: Double
        /// False for a benign look-alike.
        public var suspicious: Bool
        /// Whether a tumour of the prostate grows through the capsule (miT3a).
        public var isExtracapsular: Bool

        /// Describes a lesion.
        public init(
            _ location: AnatomicalLocation, _ laterality: Laterality, suvMax: Double, diameterMm: Double,
            suspicious: Bool = true, isExtracapsular: Bool = false
        ) {
            self.location = location
            self.laterality = laterality
            self.suvMax = suvMax
            self.diameterMm = diameterMm
            self.suspicious = suspicious
            self.isExtracapsular = isExtracapsular
        }
    }
}

/// The disease of one patient, decided but not yet placed.
struct DiseasePlan: Sendable {
    var lesions: [Disease.Lesion] = []
    /// Diffuse involvement of the marrow, with the SUV of the marrow.
    var diffuseMarrowSUV: Double?

    init(_ disease: Disease, seed: UInt64, tracer: Tracer, hasProstate: Bool) {
        switch disease {
        case .none: break
        case .lesions(let lesions): self.lesions = lesions
        case .typical:
            var random = SeededGenerator(seed: seed, stream: "disease")
            if tracer.target == .psma {
                planProstateCancer(hasProstate: hasProstate, &random)
            } else {
                // Drawn by itself, so that whoever has none is who he was.
                var soft = SeededGenerator(seed: seed, stream: "soft-tissue-tumour")
                if soft.chance(0.16) { planSoftTissueTumour(&soft) } else { planGlucoseDisease(&random) }
            }
            var benign = SeededGenerator(seed: seed, stream: "pitfalls")
            planPitfalls(tracer, &benign)
        }
    }

    /// Adds a lesion of a kind with log-normal SUVmax and diameter.
    mutating func add(
        _ location: AnatomicalLocation, _ laterality: Laterality, suv: (mean: Double, sd: Double),
        diameter: (mean: Double, sd: Double), suspicious: Bool = true, _ random: inout SeededGenerator
    ) {
        // Faint ones belong to it: the truth says which of them can be seen.
        let suvMax = max(random.logNormal(mean: suv.mean, sd: suv.sd), 1.2)
        let size = random.logNormal(mean: diameter.mean, sd: diameter.sd, limit: 2.2)
        lesions.append(
            Disease.Lesion(location, laterality, suvMax: suvMax, diameterMm: size, suspicious: suspicious))
    }
}

extension DiseasePlan {
    /// What the tumours leave for normal organs: little is taken by a few lesions, up to 55 % by a great mass.
    var sink: Float {
        let uptake = lesions.filter(\.suspicious).reduce(0) { $0 + $1.suvMax * pow($1.diameterMm / 10, 3) * 0.52 }
        let marrow = (diffuseMarrowSUV ?? 0) * 700
        return Float(max(1 / (1 + (uptake + marrow) / 9000), 0.45))
    }
}
