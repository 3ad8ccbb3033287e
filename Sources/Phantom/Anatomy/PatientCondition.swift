import Anatomy
import Imaging

/// What a patient was born without, lost to a surgeon, or was given by one.
struct PatientCondition: Sendable {
    /// Whether the prostate is there.
    var hasProstate: Bool
    /// Removed in one of eight.
    let hasGallbladder: Bool
    /// Removed in one of a hundred.
    let hasSpleen: Bool
    /// The side on which there is no kidney.
    let missingKidney: Laterality?
    /// The side of an artificial hip.
    let hipProsthesis: Laterality?

    /// Draws a condition; frequencies are rounded estimates for men around seventy.
    init(seed: UInt64, tracer: Tracer) {
        var random = SeededGenerator(seed: seed, stream: "patient")
        let keepsProstate = random.chance(0.66)
        hasProstate = keepsProstate || tracer.target == .glucose
        hasGallbladder = !random.chance(0.12)
        hasSpleen = !random.chance(0.01)
        let (side, other): (Laterality, Laterality) = (
            random.chance(0.5) ? .left : .right, random.chance(0.5) ? .left : .right
        )
        missingKidney = random.chance(0.025) ? side : nil
        hipProsthesis = random.chance(0.07) ? other : nil
    }
}
