import Imaging

/// The SUV above which uptake is looked at.
public struct UptakeFloor: Sendable, Equatable {
    /// SUVbw.
    public let suv: Double
    /// What it was derived from, in words for the report.
    public let derivation: String

    /// The floor for a tracer in a patient.
    ///
    /// 1.5 × mean of the blood pool, between 1.5 and 4: uptake below is not told from background, and the maximum of a node
    /// metastasis begins near 2 (docs/science/detection.md). Where the aorta was not found, of FDG the same by the liver,
    /// whose uptake is some 1.3 times that of the blood pool; of PSMA ligands, whose livers differ, a fixed 2.
    public init(tracer: Tracer, reference: ReferenceUptake) {
        let (name, region, factor) =
            if tracer.target == .glucose, reference.bloodPool == nil {
                ("liver", reference.liver, 1.15)
            } else {
                ("blood pool", reference.bloodPool, 1.5)
            }
        if let region {
            suv = min(max(factor * region.suvMean, 1.5), 4)
            derivation = "\(factor) x mean of \(name), kept within 1.5 to 4"
        } else {
            suv = 2
            derivation = "fixed, \(name) not found"
        }
    }
}
