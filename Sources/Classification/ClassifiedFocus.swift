import Anatomy
import Detection

/// A focus with its judgement.
public struct ClassifiedFocus: Sendable, Equatable, Identifiable {
    /// The focus as detected.
    public let focus: CandidateFocus
    /// The judgement.
    public let verdict: Verdict

    /// Joins a focus and its judgement.
    public init(focus: CandidateFocus, verdict: Verdict) {
        self.focus = focus
        self.verdict = verdict
    }

    /// The focus's number.
    public var id: Int { focus.id }
}

/// What the classifier says of one focus.
public struct Verdict: Sendable, Equatable {
    /// Probability that the uptake is malignant, 0 to 1.
    public let suspiciousProbability: Double
    /// Whether the probability reaches the model's operating point (`OperatingPoints`).
    public internal(set) var suspicious: Bool
    /// The most probable location.
    public let location: AnatomicalLocation
    /// The side of the patient.
    public let laterality: Laterality
    /// Probability of `location`, 0 to 1.
    public let locationProbability: Double

    /// Makes a verdict.
    public init(
        suspiciousProbability: Double, suspicious: Bool, location: AnatomicalLocation, laterality: Laterality,
        locationProbability: Double
    ) {
        self.suspiciousProbability = suspiciousProbability
        self.suspicious = suspicious
        self.location = location
        self.laterality = laterality
        self.locationProbability = locationProbability
    }
}
