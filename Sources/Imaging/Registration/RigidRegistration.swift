/// Lays two scans of one patient over each other by a rotation and a translation.
///
/// Deterministic, in bounded steps: the scans' CTs where both have one (Hounsfield units mean the same both times), else
/// their PETs cut at a low SUV, so that outline and background count and not the disease. A search along the body's axis
/// on coarse cubes gives a few starts; from each, a Gauss–Newton descent (Levenberg–Marquardt damping, Huber weights, as
/// arms, bowel and lesions do not lie the same twice) minimises the mean squared difference; the best goes on to finer
/// cubes.
public struct RigidRegistration: Sendable {
    /// Edges of the cubes, coarse to fine (millimetres).
    public var spacings = [16.0, 8, 4]
    /// The share of the smaller body that both scans must show.
    public var minimumOverlap = 0.5
    /// The correlation below which CTs, or PETs, are not of one patient in one posture.
    public var minimumCorrelation: [Registration.Basis: Double] = [.ct: 0.85, .pet: 0.75]
    /// The largest turn of a patient who lies down twice (degrees).
    public var maximumRotationDegrees = 20.0
    /// Starts from which the coarse descent is tried.
    public var startCount = 4

    /// The published settings.
    public init() {}

    /// Where the points of a scan lie in an earlier one.
    /// - Throws: why the two do not fit.
    public func register(_ scan: ScanVolumes, to earlier: ScanVolumes) throws(RegistrationFailure) -> Registration {
        let basis: Registration.Basis = scan.ct != nil && earlier.ct != nil ? .ct : .pet
        var transform: RigidTransform?
        var finest: Alignment?
        for spacing in spacings {
            let alignment = try Alignment(scan, earlier, basis, spacing: spacing)
            let begun = transform.map { [$0] } ?? starts(alignment)
            let ended = begun.map(alignment.descended).map { ($0, alignment.similarity($0)) }
            transform = ended.max { $0.1.correlation < $1.1.correlation }?.0
            finest = alignment
        }
        guard let transform, let finest else { throw .littleOverlap(share: 0) }
        return try accept(transform, basis, finest.similarity(transform))
    }

    private func accept(
        _ transform: RigidTransform, _ basis: Registration.Basis, _ similarity: Alignment.Similarity
    ) throws(RegistrationFailure) -> Registration {
        guard similarity.overlap >= minimumOverlap else { throw .littleOverlap(share: similarity.overlap) }
        guard transform.rotationDegrees <= maximumRotationDegrees else {
            throw .turned(degrees: transform.rotationDegrees)
        }
        guard similarity.correlation >= minimumCorrelation[basis]! else {
            throw .poorFit(correlation: similarity.correlation)
        }
        return Registration(
            transform: transform, basis: basis, correlation: similarity.correlation, overlap: similarity.overlap)
    }

    /// Shifts along the patient at which the coarse bodies look most alike; two scans' frames of reference need not have
    /// anything in common.
    private func starts(_ alignment: Alignment) -> [RigidTransform] {
        let across = alignment.earlierCentroid - alignment.centroid
        let shifts = alignment.shiftsAlongBody(step: spacings[0])
        let scored = shifts.map { shift in
            let transform = RigidTransform(
                about: alignment.centroid, translation: PatientPoint(across.x, across.y, shift))
            return (transform, alignment.similarity(transform))
        }
        return scored.filter { $0.1.overlap >= minimumOverlap }
            .sorted { $0.1.correlation > $1.1.correlation }.prefix(startCount).map(\.0)
    }
}
