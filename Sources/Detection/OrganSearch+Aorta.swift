import Imaging

/// The descending thoracic aorta: an even disk of soft tissue at the left front of the vertebrae, slice after slice.
extension OrganSearch {
    /// Blood pool: a disk of 7 mm radius in the descending aorta over the middle of the chest.
    ///
    /// Needs CT over the chest on transverse slices; without it the aorta cannot be told from its neighbours and nil is
    /// returned.
    func descendingAorta() -> ReferenceUptake.Region? {
        guard let ct, let lungs = landmarks.lungs, pet.geometry.isTransverse else { return nil }
        let height = lungs.upperBound - lungs.lowerBound
        let levels = lungs.lowerBound + 0.25 * height...lungs.lowerBound + 0.6 * height
        var disks: [(voxels: [Int], mean: Double)] = []
        for k in 0..<pet.geometry.slices where levels.contains(pet.geometry.sliceOrigins[k].z) {
            guard let centre = aortaCentre(slice: k, ct: ct) else { continue }
            let voxels = disk(radius: 7, at: centre, slice: k)
            let mean = voxels.reduce(0) { $0 + Double(pet.voxels[$1]) } / Double(max(voxels.count, 1))
            disks.append((voxels, mean))
        }
        guard disks.count >= 5 else { return nil }
        // A disk that strayed to a hot neighbour or into the lung stands out against the others.
        let median = disks.map(\.mean).sorted()[disks.count / 2]
        let kept = disks.filter { (0.6...1.5).contains($0.mean / median) }
        return statistics(of: kept.flatMap(\.voxels))
    }

    /// The most even disk of soft tissue in the search field beside the vertebra.
    private func aortaCentre(slice k: Int, ct: Volume<HounsfieldUnits>) -> PatientPoint? {
        guard let front = vertebralFront(slice: k, ct: ct) else { return nil }
        var best: (score: Double, centre: PatientPoint)?
        for dx in stride(from: 8.0, through: 44, by: 3) {
            for dy in stride(from: -22.0, through: 14, by: 3) {
                let centre = front + PatientPoint(dx, dy, 0)
                let values = disk(radius: 8, at: centre, slice: k).map { Double(ct.voxels[$0]) }
                guard values.count > 6, let low = values.min(), let high = values.max(), low > -30, high < 450 else {
                    continue
                }
                let mean = values.reduce(0, +) / Double(values.count)
                let spread = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
                // Where everything is even (no contrast, low noise) the usual place decides.
                let offCentre = ((dx - 24) * (dx - 24) + (dy + 2) * (dy + 2)).squareRoot()
                let score = spread + 0.6 * offCentre
                if score < best?.score ?? .infinity { best = (score, centre) }
            }
        }
        return best?.centre
    }

    /// The front edge of the vertebral body on the midline: bone met from the back, until it ends for 25 mm.
    private func vertebralFront(slice k: Int, ct: Volume<HounsfieldUnits>) -> PatientPoint? {
        let geometry = pet.geometry
        let origin = geometry.sliceOrigins[k]
        let middle = (PatientPoint(landmarks.midline, origin.y, origin.z) - origin).dot(geometry.rowDirection)
        let columns = (0..<geometry.columns).filter { abs(Double($0) * geometry.columnSpacing - middle) <= 7 }
        // Rows run to the back of the patient, or, of one who lies on the face, to the front.
        let fromTheBack = geometry.columnDirection.y > 0 ? (0..<geometry.rows).reversed() : Array(0..<geometry.rows)
        var front: Int?
        var gapMm = 0.0
        for j in fromTheBack {
            if columns.contains(where: { ct[$0, j, k] > 130 }) {
                front = j
                gapMm = 0
            } else if front != nil {
                gapMm += geometry.rowSpacing
                if gapMm > 25 { break }
            }
        }
        return front.map { geometry.point(middle / geometry.columnSpacing, Double($0), slice: k) }
    }

    /// The voxels of one slice whose centres lie in a disk.
    private func disk(radius: Double, at centre: PatientPoint, slice k: Int) -> [Int] {
        var voxels: [Int] = []
        pet.geometry.forEachVoxel(inSlice: k, within: radius, of: centre) { voxel, _ in voxels.append(voxel) }
        return voxels
    }
}
