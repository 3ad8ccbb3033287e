import Imaging

/// The figures of one focus.
struct FocusMeasurement {
    let voxels: [Int32]
    let peakVoxel: Int
    let suvMax: Double
    let suvMean: Double
    let suvPeak: Double
    let volumeMl: Double
    let centroid: PatientPoint

    /// Measures a focus.
    /// - Precondition: at least one voxel.
    init(pet: Volume<SUVbw>, voxels: [Int32], peakVoxel: Int, sphere: SphereKernel) {
        let geometry = pet.geometry
        self.voxels = voxels
        self.peakVoxel = peakVoxel
        var weighted = 0.0
        var volume = 0.0
        var places = PatientPoint.zero
        for voxel in voxels.map(Int.init) {
            // Uneven slices make uneven voxels; the mean is over volume.
            let ml = geometry.voxelVolumeMl(slice: geometry.voxel(at: voxel).k)
            volume += ml
            weighted += ml * Double(pet.voxels[voxel])
            places = places + geometry.point(at: voxel)
        }
        volumeMl = volume
        suvMean = weighted / volume
        suvMax = Double(pet.voxels[peakVoxel])
        suvPeak = sphere.peak(in: pet, over: voxels.lazy.map(Int.init))!
        centroid = places * (1 / Double(voxels.count))
    }

    /// As a candidate with its number.
    func focus(id: Int) -> CandidateFocus {
        CandidateFocus(
            id: id, voxels: voxels, peakVoxel: peakVoxel, centroid: centroid, suvMax: suvMax, suvMean: suvMean,
            suvPeak: suvPeak, volumeMl: volumeMl, totalUptake: suvMean * volumeMl)
    }
}
