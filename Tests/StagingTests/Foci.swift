import Anatomy
import Classification
import Detection
import Imaging

/// A focus with nothing but what staging looks at.
func focus(
    _ location: AnatomicalLocation, _ side: Laterality = .midline, id: Int = 1, suspicious: Bool = true,
    volumeMl: Double = 2
) -> ClassifiedFocus {
    let candidate = CandidateFocus(
        id: id, voxels: [Int32(id)], peakVoxel: id, centroid: PatientPoint(0, 0, 0), suvMax: 12, suvMean: 8,
        suvPeak: 10, volumeMl: volumeMl, totalUptake: 8 * volumeMl)
    let verdict = Verdict(
        suspiciousProbability: suspicious ? 0.9 : 0.1, suspicious: suspicious, location: location, laterality: side,
        locationProbability: 0.8)
    return ClassifiedFocus(focus: candidate, verdict: verdict)
}

/// Numbered foci at locations, each in the midline.
func foci(_ locations: [AnatomicalLocation]) -> [ClassifiedFocus] {
    locations.enumerated().map { focus($1, id: $0 + 1) }
}

/// A generator that repeats itself from a seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
