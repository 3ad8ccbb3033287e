import Imaging
import Phantom

/// Digital patients by number: every tracer in turn, from consecutive seeds.
public struct Cohort: Sendable {
    /// One patient of a cohort.
    public struct Member: Sendable {
        /// Seed.
        public let seed: UInt64
        /// Tracer.
        public let tracer: Tracer

        /// Draws the patient.
        public var patient: PhantomPatient { PhantomPatient(seed: seed, tracer: tracer) }

        /// Draws the patient and scans him on a scanner of his own, the CT on the PET's grid.
        public var study: PhantomStudy {
            var acquisition = Acquisition(seed: seed, tracer: tracer)
            acquisition.ct.isOnPETGrid = true
            return patient.scan(acquisition)
        }
    }

    /// The patients.
    public let members: [Member]

    /// A cohort of `count` patients of each tracer.
    public init(count: Int, seed: UInt64, tracers: [Tracer] = [.ga68PSMA11, .f18FDG]) {
        members = (0..<count).flatMap { index in
            tracers.enumerated().map { Member(seed: seed + UInt64(index * tracers.count + $0), tracer: $1) }
        }
    }
}
