import Anatomy

/// What is known of a focus; what is not known is nil, and nothing is learnt from it.
public struct FocusLabel: Sendable, Equatable, Codable {
    /// Whether it is disease.
    public var suspicious: Bool?
    /// Where it lies.
    public var location: AnatomicalLocation?
    /// On which side.
    public var laterality: Laterality?
    /// The lesion it belongs to (`TrainingPatient.Truth.Lesion.id`).
    public var lesion: String?

    /// Gathers what is known.
    public init(suspicious: Bool?, location: AnatomicalLocation?, laterality: Laterality?, lesion: String? = nil) {
        (self.suspicious, self.location, self.laterality) = (suspicious, location, laterality)
        self.lesion = lesion
    }
}
