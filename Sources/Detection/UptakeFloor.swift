import Imaging

/// The SUV above which uptake is looked at.
public struct UptakeFloor: Sendable, Equatable {
    /// SUVbw.
    public let suv: Double
    /// What it was derived from, in words for the report.
    public let derivation: String

    /// The floor for a tracer in a patient.
    ///
    /// PSMA: 1.5 × mean + 2 SD of the blood pool, between 2 and 4: the maximum of a node metastasis begins near 2
    /// (docs/science/detection.md). FDG: 1.2 × mean + 2 SD of the liver, between 2 and 4, below PERCIST's threshold for a
    /// measurable lesion, since judging is the classifier's task. Where the organ was not found, a fixed 2.5.
    public init(tracer: Tracer, reference: ReferenceUptake) {
        let (name, region, factor) =
            switch tracer.target {
            case .psma: ("blood pool", reference.bloodPool, 1.5)
            case .glucose: ("liver", reference.liver, 1.2)
            }
        if let region {
            suv = min(max(factor * region.suvMean + 2 * region.suvSD, 2), 4)
            derivation = "\(factor) x mean + 2 SD of \(name), kept within 2 to 4"
        } else {
            suv = 2.5
            derivation = "fixed, \(name) not found"
        }
    }
}
