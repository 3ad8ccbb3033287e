/// Statistics of a volume over some of its voxels.
public struct RegionStatistics: Sendable, Equatable {
    /// Lowest voxel value.
    public let min: Double
    /// Middle voxel value; the mean of the two middle ones of an even number.
    public let median: Double
    /// Mean of the voxels, each with the same weight.
    public let mean: Double
    /// Highest voxel value.
    public let max: Double
    /// Highest mean of a sphere of 1 cm³ centred on a voxel of the region.
    public let peak: Double
    /// Volume in millilitres, each voxel as thick as its slice.
    public let volumeMl: Double

    /// Measures a volume over a region.
    /// - Parameter indices: places in the linear array.
    /// - Returns: nil where the region is empty.
    public init?<Measured>(of volume: Volume<Measured>, over indices: [Int], kernel: SphereKernel) {
        guard !indices.isEmpty else { return nil }
        let sorted = indices.map { volume.voxels[$0] }.sorted()
        let middle = sorted.count / 2
        min = Double(sorted[0])
        max = Double(sorted[sorted.count - 1])
        median =
            sorted.count.isMultiple(of: 2)
            ? (Double(sorted[middle - 1]) + Double(sorted[middle])) / 2 : Double(sorted[middle])
        mean = sorted.reduce(0) { $0 + Double($1) } / Double(sorted.count)
        peak = kernel.peak(in: volume, over: indices)!
        let sliceCount = volume.geometry.columns * volume.geometry.rows
        let thickness = (0..<volume.geometry.slices).map(volume.geometry.voxelVolumeMl(slice:))
        volumeMl = indices.reduce(0) { $0 + thickness[$1 / sliceCount] }
    }
}
