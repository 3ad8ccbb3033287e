/// How two scans of one patient lie to each other.
public struct Registration: Sendable, Equatable, Codable {
    /// What was compared.
    public enum Basis: String, Sendable, Codable {
        case ct = "CT"
        case pet = "PET"
    }

    /// Takes a point of the later scan to its place in the earlier one.
    public let transform: RigidTransform
    /// What was compared.
    public let basis: Basis
    /// Pearson's correlation of the two bodies where both were scanned, 0 to 1.
    public let correlation: Double
    /// The share of the smaller body that both scans show, 0 to 1.
    public let overlap: Double

    /// States a registration.
    public init(transform: RigidTransform, basis: Basis, correlation: Double, overlap: Double) {
        (self.transform, self.basis, self.correlation, self.overlap) = (transform, basis, correlation, overlap)
    }
}

/// Why two scans could not be laid over each other.
public enum RegistrationFailure: Error, Equatable, CustomStringConvertible {
    /// One of the scans shows no body.
    case noBody
    /// Too little of the body was scanned both times.
    case littleOverlap(share: Double)
    /// The bodies lie at an angle at which nobody lies twice.
    case turned(degrees: Double)
    /// The bodies do not look like one patient in one posture.
    case poorFit(correlation: Double)

    /// What is wrong, in words for a reader of the report.
    public var description: String {
        switch self {
        case .noBody: "one of the scans shows no body"
        case .littleOverlap(let share): "only \(Int(share * 100)) % of the body was scanned both times"
        case .turned(let degrees): "the patient would have been turned by \(Int(degrees)) degrees"
        case .poorFit(let correlation):
            "the bodies do not fit (correlation \((correlation * 100).rounded() / 100)): another posture, or another patient"
        }
    }
}
