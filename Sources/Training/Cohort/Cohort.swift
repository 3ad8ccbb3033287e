import Imaging
import Phantom

/// Digital patients by number: every tracer in turn, from consecutive seeds.
public struct Cohort: Sendable {
    /// How all patients of a cohort differ from those that seeds draw, to see what a model bears.
    public enum Shift: String, Sendable, Codable, CaseIterable {
        /// A grid coarser than any that is drawn otherwise (6.5 mm, slices 5 mm apart), and as blurred.
        case coarseGrid = "coarse-grid"
        /// Twice the noise.
        case noise
        /// Every patient holds his arms down; otherwise one of five does.
        case armsDown = "arms-down"
        /// Every patient is very large (some 140 kg).
        case veryLarge = "very-large"
    }

    /// One patient of a cohort.
    public struct Member: Sendable {
        /// Seed.
        public let seed: UInt64
        /// Tracer.
        public let tracer: Tracer
        /// How he differs.
        public let shift: Shift?

        /// Draws the patient.
        public var patient: PhantomPatient {
            PhantomPatient(
                seed: seed, tracer: tracer, armsUp: shift == .armsDown ? false : nil,
                isVeryLarge: shift == .veryLarge)
        }

        /// A scanner and a protocol of his own, the CT on the PET's grid.
        public var acquisition: Acquisition {
            var acquisition = Acquisition(seed: seed, tracer: tracer)
            acquisition.ct.isOnPETGrid = true
            switch shift {
            case .coarseGrid:
                (acquisition.columns, acquisition.spacing, acquisition.sliceSpacing) = (110, 6.5, 5)
                acquisition.pointSpreadMm = max(acquisition.pointSpreadMm, 6.5)
            case .noise: acquisition.noise *= 2
            case .armsDown, .veryLarge, nil: break
            }
            return acquisition
        }

        /// Draws the patient and scans him.
        public var study: PhantomStudy { patient.scan(acquisition) }
    }

    /// The patients.
    public let members: [Member]
    /// What they are drawn from.
    let description: CohortDescription

    /// A cohort of `count` patients of each tracer.
    /// - Parameter shift: how all of them differ from those that seeds draw.
    public init(
        count: Int, seed: UInt64, tracers: [Tracer] = [.ga68PSMA11, .f18FDG], shift: Shift? = nil
    ) {
        description = CohortDescription(count: count, seed: seed, tracers: tracers, shift: shift)
        members = (0..<count).flatMap { index in
            tracers.enumerated().map {
                Member(seed: seed + UInt64(index * tracers.count + $0), tracer: $1, shift: shift)
            }
        }
    }
}
