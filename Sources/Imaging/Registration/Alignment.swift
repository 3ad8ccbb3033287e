/// Two bodies on cubes of one size: how alike they are under a transform, and which one makes them more so.
struct Alignment: Sendable {
    /// How alike two bodies are where both were scanned.
    struct Similarity: Sendable, Equatable {
        let correlation: Double
        /// Share of the smaller body.
        let overlap: Double
    }

    let samples: [RegistrationImage.Sample]
    let earlier: RegistrationImage
    private let earlierSamples: [RegistrationImage.Sample]

    /// - Throws: `noBody`.
    init(
        _ scan: ScanVolumes, _ earlierScan: ScanVolumes, _ basis: Registration.Basis, spacing: Double
    ) throws(RegistrationFailure) {
        func image(_ scan: ScanVolumes) -> RegistrationImage {
            switch basis {
            // From lung to the hardest bone that is common; the cushion and the table are below.
            case .ct: RegistrationImage(scan.ct!, low: -400, high: 700, spacing: spacing)
            // Liver and hotter are all one: their uptake may change.
            case .pet: RegistrationImage(scan.pet, low: 0, high: 2, spacing: spacing)
            }
        }
        earlier = image(earlierScan)
        let threshold: Float = basis == .ct ? 0.2 : 0.1
        samples = image(scan).body(above: threshold)
        earlierSamples = earlier.body(above: threshold)
        guard !samples.isEmpty, !earlierSamples.isEmpty else { throw .noBody }
    }

    /// The middle of the body.
    var centroid: PatientPoint { Self.centroid(samples) }
    /// The middle of the earlier body.
    var earlierCentroid: PatientPoint { Self.centroid(earlierSamples) }

    private static func centroid(_ samples: [RegistrationImage.Sample]) -> PatientPoint {
        samples.reduce(.zero) { $0 + $1.point } * (1 / Double(samples.count))
    }

    /// The shifts along the patient's axis that leave the two bodies anything in common, evenly spaced.
    func shiftsAlongBody(step: Double) -> [Double] {
        let (z, earlierZ) = (samples.map(\.point.z), earlierSamples.map(\.point.z))
        let first = earlierZ.min()! - z.max()!
        let last = earlierZ.max()! - z.min()!
        // A frame of reference that is metres long is no patient's: the count is bounded by the bodies' heights.
        return Array(stride(from: first, through: last, by: step).prefix(1000))
    }

    /// How alike the bodies are when a transform takes this one to the earlier.
    func similarity(_ transform: RigidTransform) -> Similarity {
        var (count, a, b, aa, bb, ab) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for sample in samples {
            guard let value = earlier.sample(transform(sample.point))?.value else { continue }
            count += 1
            a += sample.value
            b += value
            aa += sample.value * sample.value
            bb += value * value
            ab += sample.value * value
        }
        guard count > 1 else { return Similarity(correlation: 0, overlap: 0) }
        let covariance = ab - a * b / count
        let spread = ((aa - a * a / count) * (bb - b * b / count)).squareRoot()
        return Similarity(
            correlation: spread > 0 ? covariance / spread : 0,
            overlap: min(count / Double(min(samples.count, earlierSamples.count)), 1))
    }
}
