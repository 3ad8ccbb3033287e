import Detection
import Foundation
import Imaging

/// A focus in figures: of intensity, size, position, tissue and surroundings.
public struct FocusFeatures: Sendable, Equatable {
    /// The figures in the order of `names`.
    public let values: [Double]

    /// Takes the figures as they are.
    /// - Precondition: one for each name.
    public init(values: [Double]) {
        precondition(values.count == Self.names.count)
        self.values = values
    }

    /// What each figure is.
    public static let names: [String] =
        [
            "log suvMax", "log suvMean", "log suvMax/liver", "log suvMax/bloodPool", "log volumeMl",
            "extent x", "extent y", "extent z", "lateral", "abs lateral", "depth", "trunk level",
            "from liver x", "from liver y", "from liver z", "above bottom",
            "HU mean", "HU maximum", "bone share", "bone share around", "lung share around", "air share around",
            "no CT", "uptake around", "foci nearby", "mirror focus", "hottest nearby", "noise",
        ]

    /// The features of every focus of a scan, in order; always finite.
    public static func of(_ uptake: DetectedUptake, in scan: ScanVolumes) -> [FocusFeatures] {
        let extraction = FeatureExtraction(uptake: uptake, scan: scan)
        return uptake.foci.map(extraction.features)
    }
}

/// The extraction for one scan.
private struct FeatureExtraction {
    let uptake: DetectedUptake
    let scan: ScanVolumes
    /// Left, right, front and back edge of the body in each slice (LPS millimetres); nil for an empty slice.
    let outlines: [Outline?]

    struct Outline {
        var x: ClosedRange<Double>
        var y: ClosedRange<Double>
    }

    init(uptake: DetectedUptake, scan: ScanVolumes) {
        (self.uptake, self.scan) = (uptake, scan)
        outlines = (0..<scan.pet.geometry.slices).map { Self.outline(slice: $0, uptake.body, scan.pet.geometry) }
    }

    func features(of focus: CandidateFocus) -> FocusFeatures {
        let place = position(of: focus)
        let tissue = tissue(of: focus)
        let neighbours = surroundings(of: focus)
        let liver = uptake.reference.liver
        let liverMean = max(liver?.suvMean ?? 5, 0.1)
        let bloodPool = max(uptake.reference.bloodPool?.suvMean ?? (liver.map { $0.suvMean * 0.3 } ?? 1.5), 0.1)
        let fromLiver = liver.map { (focus.centroid - $0.centre) * 0.01 } ?? .zero
        let intensity = [
            log(focus.suvMax), log(focus.suvMean), log(focus.suvMax / liverMean),
            log(focus.suvMax / bloodPool), log(focus.volumeMl),
        ]
        return FocusFeatures(
            values: intensity + extent(of: focus) + place
                + [fromLiver.x, fromLiver.y, fromLiver.z, (focus.centroid.z - uptake.landmarks.bottom) / 100]
                + tissue + neighbours + [uptake.noise])
    }

    /// Size along the patient's axes, in centimetres.
    private func extent(of focus: CandidateFocus) -> [Double] {
        let geometry = scan.pet.geometry
        var low = PatientPoint(.infinity, .infinity, .infinity)
        var high = PatientPoint(-.infinity, -.infinity, -.infinity)
        for voxel in focus.voxels {
            let p = geometry.point(at: Int(voxel))
            low = PatientPoint(min(low.x, p.x), min(low.y, p.y), min(low.z, p.z))
            high = PatientPoint(max(high.x, p.x), max(high.y, p.y), max(high.z, p.z))
        }
        return ((high - low) * 0.1).coordinates
    }

    /// Where in the cross-section (left 1 to right −1, front 0 to back 1) and at what level of the trunk.
    private func position(of focus: CandidateFocus) -> [Double] {
        let k = scan.pet.geometry.voxel(at: focus.peakVoxel).k
        let outline = outlines[k] ?? Outline(x: -200...200, y: -120...120)
        let half = max((outline.x.upperBound - outline.x.lowerBound) / 2, 1)
        let lateral = (focus.centroid.x - uptake.landmarks.midline) / half
        let depth = (focus.centroid.y - outline.y.lowerBound) / max(outline.y.upperBound - outline.y.lowerBound, 1)
        return [lateral, abs(lateral), depth, uptake.landmarks.trunkLevel(focus.centroid.z)]
    }

    /// CT numbers in the focus, and shares of bone, lung and air within 12 mm of its centroid.
    private func tissue(of focus: CandidateFocus) -> [Double] {
        let own = scan.ct.map { ct in focus.voxels.map { Double(ct.voxels[Int($0)]) }.filter { !$0.isNaN } } ?? []
        guard let ct = scan.ct, let densest = own.max() else { return [0, 0, 0, 0, 0, 0, 1] }
        let mean = own.reduce(0, +) / Double(own.count)
        let bone = Double(own.filter { $0 > 130 }.count) / Double(own.count)
        var around: [Double] = []
        scan.pet.geometry.forEachVoxel(within: 12, of: focus.centroid) { voxel, _ in
            if !ct.voxels[voxel].isNaN { around.append(Double(ct.voxels[voxel])) }
        }
        func share(_ isTissue: (Double) -> Bool) -> Double {
            Double(around.filter(isTissue).count) / Double(max(around.count, 1))
        }
        return [
            min(max(mean, -500), 800) / 200, min(max(densest, -500), 1200) / 300, bone, share { $0 > 130 },
            share { (-950 ... -500).contains($0) }, share { $0 < -950 }, 0,
        ]
    }

    /// Uptake in a shell 10 to 20 mm off, other foci nearby, a counterpart on the other side.
    private func surroundings(of focus: CandidateFocus) -> [Double] {
        var sum = 0.0
        var count = 0.0
        scan.pet.geometry.forEachVoxel(within: 20, of: focus.centroid) { voxel, distance in
            if distance > 10 {
                sum += Double(scan.pet.voxels[voxel])
                count += 1
            }
        }
        let others = uptake.foci.filter { $0.id != focus.id }
        let nearby = others.filter { $0.centroid.distance(to: focus.centroid) < 60 }
        let mirrored = PatientPoint(
            2 * uptake.landmarks.midline - focus.centroid.x, focus.centroid.y, focus.centroid.z)
        let isPaired = others.contains {
            $0.centroid.distance(to: mirrored) < 25 && (0.4...2.5).contains($0.suvMax / focus.suvMax)
        }
        let hottest = nearby.map { log($0.suvMax / focus.suvMax) }.max() ?? -2
        return [
            log(max(sum / max(count, 1), 0.05)), log(1 + Double(nearby.count)),
            isPaired && abs(focus.centroid.x - uptake.landmarks.midline) > 12 ? 1 : 0, max(hottest, -2),
        ]
    }

    private static func outline(slice k: Int, _ body: BodyMask, _ geometry: VolumeGeometry) -> Outline? {
        var low = (i: Int.max, j: Int.max)
        var high = (i: -1, j: -1)
        for j in 0..<geometry.rows {
            for i in 0..<geometry.columns where body.isInside[geometry.index(i, j, k)] {
                low = (min(low.i, i), min(low.j, j))
                high = (max(high.i, i), max(high.j, j))
            }
        }
        guard high.i >= 0 else { return nil }
        let a = geometry.point(Double(low.i), Double(low.j), slice: k)
        let b = geometry.point(Double(high.i), Double(high.j), slice: k)
        return Outline(x: min(a.x, b.x)...max(a.x, b.x), y: min(a.y, b.y)...max(a.y, b.y))
    }
}
