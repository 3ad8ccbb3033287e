import Anatomy
import Imaging

extension SyntheticStudy {
    /// A patient from skull to thigh with many lesions: a page full of labels, and a measure of time.
    static func wholeBody(lesions count: Int) -> SyntheticStudy {
        let geometry = VolumeGeometry.axial(
            columns: 150, rows: 110, slices: 260, spacing: PatientPoint(3.5, 3.5, 4),
            origin: PatientPoint(-261, -190, -900), frameOfReferenceUID: frameOfReference)
        var generator = SeededGenerator(seed: 7)
        var used: Set<Int> = []
        var lesions: [Lesion] = []
        while lesions.count < count {
            let (i, j, k) = (
                Int.random(in: 30..<120, using: &generator), Int.random(in: 25..<85, using: &generator),
                Int.random(in: 5..<255, using: &generator)
            )
            let reach = Int.random(in: 1...3, using: &generator)
            let voxels = box(around: i, j, k, reach: reach).filter {
                used.insert(geometry.index($0.0, $0.1, $0.2)).inserted
            }
            guard !voxels.isEmpty else { continue }
            lesions.append(
                Lesion(
                    voxels: voxels, location: AnatomicalLocation.allCases.randomElement(using: &generator)!,
                    laterality: i < 70 ? .right : .left))
        }
        return SyntheticStudy("whole body", geometry: geometry, lesions: lesions, withCT: true, stage: stage, seed: 4)
    }

    /// The voxels within `reach` steps of a voxel.
    private static func box(around i: Int, _ j: Int, _ k: Int, reach: Int) -> [(Int, Int, Int)] {
        var voxels: [(Int, Int, Int)] = []
        for z in -reach...reach {
            for y in -reach...reach {
                for x in -reach...reach where x * x + y * y + z * z <= reach * reach + 1 {
                    voxels.append((i + x, j + y, k + z))
                }
            }
        }
        return voxels
    }
}
