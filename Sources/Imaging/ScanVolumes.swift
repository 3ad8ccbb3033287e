/// What a reading looks at: one patient's PET and CT on one grid.
public struct ScanVolumes: Sendable {
    /// The PET in SUVbw.
    public let pet: Volume<SUVbw>
    /// The CT on the PET's grid, NaN where it does not reach; nil without CT.
    public let ct: Volume<HounsfieldUnits>?
    /// The tracer.
    public let tracer: Tracer

    /// Joins the volumes. A PET value that is not finite counts as no uptake, so that it can neither be a finding nor
    /// spoil a mean.
    /// - Precondition: PET and CT share one grid.
    public init(pet: Volume<SUVbw>, ct: Volume<HounsfieldUnits>?, tracer: Tracer) {
        precondition(ct == nil || ct!.geometry == pet.geometry, "the CT must be on the PET's grid")
        self.pet = pet.voxels.allSatisfy(\.isFinite) ? pet : pet.replacingNonFinite(with: 0)
        self.ct = ct
        self.tracer = tracer
    }
}

extension Volume {
    /// The volume with a value in place of infinities and NaN.
    fileprivate func replacingNonFinite(with value: Float) -> Volume {
        Volume(geometry: geometry, voxels: voxels.map { $0.isFinite ? $0 : value })
    }
}
