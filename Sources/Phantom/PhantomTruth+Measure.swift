import Foundation
import Imaging

extension PhantomTruth {
    /// Measures every site drawn that is still to be seen under what was drawn later; the others are left out.
    init(_ patient: PhantomPatient, _ scan: PETScanner.Scan, _ geometry: VolumeGeometry) {
        let scene = patient.scene
        let voxels = Self.voxelsBySite(scan.labels, count: scene.sites.count)
        let kept = scene.sites.indices.filter { !voxels[$0].isEmpty }
        let reference = Self.reference(scene)
        // Worked out once: it is the median over all slices.
        let spacing = geometry.sliceSpacing
        var numbers = (lesion: 0, other: 0)
        sites = kept.map { index in
            let site = scene.sites[index]
            if site.suspicious { numbers.lesion += 1 } else { numbers.other += 1 }
            let number = site.suspicious ? numbers.lesion : numbers.other
            return Site(
                id: (site.suspicious ? "L" : "P") + (number < 10 ? "0" : "") + String(number), site: site,
                extent: scan.extents[index], voxels: voxels[index], scan: scan, geometry: geometry,
                spacing: spacing, bloodPool: reference.bloodPool)
        }
        // Labels count the sites kept.
        var place = [UInt16](repeating: 0, count: scene.sites.count + 1)
        for (number, index) in kept.enumerated() { place[index + 1] = UInt16(number + 1) }
        labels = scan.labels.map { place[Int($0)] }
        structures = scan.structures
        seed = patient.seed
        tracer = patient.tracer
        hasProstate = patient.hasProstate
        self.reference = reference
        stage = patient.stage(of: kept.map { scene.sites[$0] })
    }

    private static func voxelsBySite(_ labels: [UInt16], count: Int) -> [[Int]] {
        var voxels = [[Int]](repeating: [], count: count)
        for (index, label) in labels.enumerated() where label != 0 { voxels[Int(label) - 1].append(index) }
        return voxels
    }

    private static func reference(_ scene: Scene) -> Reference {
        func mean(_ matches: (Scene.Site) -> Bool) -> Double {
            let values = scene.sites.filter(matches).map { Double($0.suv) }
            return values.isEmpty ? 0 : (values.reduce(0, +) / Double(values.count)).toThousandths
        }
        return Reference(
            bloodPool: mean { $0.location == .bloodVessel }, liver: mean { $0.location == .liver && !$0.suspicious },
            spleen: mean { $0.location == .spleen && !$0.suspicious }, parotid: mean { $0.location == .parotidGland })
    }
}

extension PhantomTruth.Site {
    init(
        id: String, site: Scene.Site, extent: PETScanner.Extent, voxels: [Int], scan: PETScanner.Scan,
        geometry: VolumeGeometry, spacing: Double, bloodPool: Double
    ) {
        let mean = extent.sum / Double(max(extent.count, 1))
        let around = Self.surroundings(voxels, spacing: spacing, scan, geometry)
        let floor = Float(max(1.5 * bloodPool, 2 * around.median, around.median + 3 * around.noise))
        self.init(
            id: id, location: site.location, laterality: site.laterality, suspicious: site.suspicious,
            centroid: Self.nearest(to: PatientPoint(mean.x, mean.y, mean.z), voxels, geometry).toHundredths,
            volumeMl: (Double(extent.count) * scan.sampleMl).toThousandths,
            suvTrue: Double(site.suv).toThousandths,
            suvMax: Double(voxels.map { scan.voxels[$0] }.max() ?? 0).toThousandths,
            detectable: voxels.contains { scan.voxels[$0] >= floor && Self.isSummit($0, scan, geometry) })
    }

    /// The mean of the voxels of the site, moved to the nearest of them where it lies outside.
    private static func nearest(to middle: PatientPoint, _ voxels: [Int], _ geometry: VolumeGeometry) -> PatientPoint {
        let (i, j, k) = geometry.fractionalVoxel(at: middle)
        let home = geometry.index(Int(i.rounded()), Int(j.rounded()), Int(k.rounded()))
        var low = voxels.startIndex
        var high = voxels.endIndex
        while low < high {
            let half = (low + high) / 2
            if voxels[half] < home { low = half + 1 } else { high = half }
        }
        if low < voxels.endIndex, voxels[low] == home { return middle }
        let nearest = voxels.min {
            geometry.point(at: $0).distance(to: middle) < geometry.point(at: $1).distance(to: middle)
        }!
        return geometry.point(at: nearest)
    }

    /// The median SUV some 12 mm away from the site's voxels, where other sites are, and its standard deviation there:
    /// from below, because above it neighbours shine in.
    private static func surroundings(
        _ voxels: [Int], spacing: Double, _ scan: PETScanner.Scan, _ geometry: VolumeGeometry
    ) -> (median: Double, noise: Double) {
        let own = scan.labels[voxels[0]]
        let (across, along) = (Int((12 / geometry.columnSpacing).rounded()), Int((12 / spacing).rounded()))
        var values: [Float] = []
        let stride = max(voxels.count / 200, 1)
        for index in Swift.stride(from: 0, to: voxels.count, by: stride) {
            let (i, j, k) = geometry.voxel(at: voxels[index])
            for (di, dj, dk) in [
                (across, 0, 0), (-across, 0, 0), (0, across, 0), (0, -across, 0), (0, 0, along), (0, 0, -along),
            ] {
                let (x, y, z) = (i + di, j + dj, k + dk)
                guard x >= 0, y >= 0, z >= 0, x < geometry.columns, y < geometry.rows, z < geometry.slices else {
                    continue
                }
                let neighbour = geometry.index(x, y, z)
                if scan.labels[neighbour] != own, scan.labels[neighbour] != 0 { values.append(scan.voxels[neighbour]) }
            }
        }
        values.sort()
        guard !values.isEmpty else { return (0, 0) }
        let median = Double(values[values.count / 2])
        return (median, median - Double(values[values.count * 16 / 100]))
    }

    /// Whether no neighbour of a voxel is brighter.
    private static func isSummit(_ peak: Int, _ scan: PETScanner.Scan, _ geometry: VolumeGeometry) -> Bool {
        let (i, j, k) = geometry.voxel(at: peak)
        for dk in -1...1 {
            for dj in -1...1 {
                for di in -1...1 {
                    let (x, y, z) = (i + di, j + dj, k + dk)
                    guard x >= 0, y >= 0, z >= 0, x < geometry.columns, y < geometry.rows, z < geometry.slices else {
                        continue
                    }
                    if scan.voxels[geometry.index(x, y, z)] > scan.voxels[peak] { return false }
                }
            }
        }
        return true
    }
}

// A truth is read by people too: no digits beyond what means something.
extension Double {
    fileprivate var toThousandths: Double { (self * 1000).rounded() / 1000 }
}

extension PatientPoint {
    fileprivate var toHundredths: PatientPoint {
        PatientPoint((x * 100).rounded() / 100, (y * 100).rounded() / 100, (z * 100).rounded() / 100)
    }
}
