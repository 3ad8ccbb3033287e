import Foundation
import Imaging

/// How much a site of uptake stands out, for a reader's eye as for a threshold: it must rise above its neighbours, and it
/// must be hotter than what surrounds it. Ripples of noise in a hot organ do neither much.
extension UptakeBasins {
    /// The shell that stands for the surroundings lies this far from the peak and is this thick, in millimetres: outside of
    /// the point spread of a small focus, inside of the distance to the next organ.
    static let shell = (distance: 10.0, thickness: 6.0)
    /// Of a large site the shell lies as far outside of a ball of its volume, in millimetres, …
    static let shellMargin = 5.0
    /// … but no farther than this.
    static let farthestShell = 60.0
    /// What of a basin is at or above this part of its peak is the size of the site.
    static let extent: Float = 0.5
    /// Above this ratio to the surroundings a site stands out as much as it can.
    static let highestContrast: Float = 10

    /// Of each basin, the part of its height by which it rises above its saddle, times the ratio of its height to the median
    /// of its surroundings.
    ///
    /// A basin that meets no higher one is surrounded by the floor, or by less: from there it rises.
    /// - Parameters:
    ///   - pet: the volume that was flooded.
    ///   - isInside: what is outside counts as no surroundings.
    package func conspicuity(in pet: Volume<SUVbw>, isInside: [Bool], floor: Float) -> [Float] {
        zip(zip(peaks, saddles), radii(in: pet)).map { basin, radius in
            let (peak, saddle) = basin
            let height = pet.voxels[peak]
            let distance = min(max(Self.shell.distance, radius + Self.shellMargin), Self.farthestShell)
            let median = Self.median(from: distance, around: peak, in: pet, isInside: isInside)
            let around = max(saddle == nil ? min(floor, median) : median, height / Self.highestContrast)
            return (1 - (saddle?.value ?? around) / height) * (height / around)
        }
    }

    /// Of each basin, the radius of a ball as large as what lies above half of its peak, in millimetres.
    private func radii(in pet: Volume<SUVbw>) -> [Double] {
        var volumes = [Double](repeating: 0, count: peaks.count)
        let sliceCount = pet.geometry.columns * pet.geometry.rows
        for k in 0..<pet.geometry.slices {
            let ml = pet.geometry.voxelVolumeMl(slice: k)
            for voxel in k * sliceCount..<(k + 1) * sliceCount where labels[voxel] > 0 {
                let basin = Int(labels[voxel]) - 1
                if pet.voxels[voxel] >= Self.extent * pet.voxels[peaks[basin]] { volumes[basin] += ml }
            }
        }
        return volumes.map { cbrt(3 * $0 * 1000 / (4 * .pi)) }
    }

    /// The median of the body's voxels in a shell round a voxel; 0 where there are none.
    private static func median(
        from distance: Double, around peak: Int, in pet: Volume<SUVbw>, isInside: [Bool]
    ) -> Float {
        var values: [Float] = []
        pet.geometry.forEachVoxel(within: distance + shell.thickness, of: pet.geometry.point(at: peak)) {
            if $1 >= distance, isInside[$0] { values.append(pet.voxels[$0]) }
        }
        values.sort()
        return values.isEmpty ? 0 : values[values.count / 2]
    }
}
