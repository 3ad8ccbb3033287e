import Imaging

/// A site of elevated uptake before judgement.
public struct CandidateFocus: Sendable, Equatable, Identifiable {
    /// 1, 2, 3 … in descending order of `suvMax`.
    public let id: Int
    /// The voxels of the focus: places in the PET volume's linear array, ascending. Foci do not share voxels.
    public let voxels: [Int32]
    /// The hottest voxel.
    public let peakVoxel: Int
    /// Mean of the voxel centres (LPS millimetres).
    public let centroid: PatientPoint
    /// Highest voxel value (SUVbw).
    public let suvMax: Double
    /// Mean over the voxels (SUVbw).
    public let suvMean: Double
    /// Highest mean of a 1 cm³ sphere centred on a voxel of the focus (SUVbw; DCM 126031).
    public let suvPeak: Double
    /// Volume in millilitres.
    public let volumeMl: Double
    /// `suvMean` × `volumeMl` (g): total lesion uptake.
    public let totalUptake: Double

    /// Makes a focus from its figures.
    public init(
        id: Int, voxels: [Int32], peakVoxel: Int, centroid: PatientPoint, suvMax: Double, suvMean: Double,
        suvPeak: Double, volumeMl: Double, totalUptake: Double
    ) {
        self.id = id
        self.voxels = voxels
        self.peakVoxel = peakVoxel
        self.centroid = centroid
        self.suvMax = suvMax
        self.suvMean = suvMean
        self.suvPeak = suvPeak
        self.volumeMl = volumeMl
        self.totalUptake = totalUptake
    }
}
