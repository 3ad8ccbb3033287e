import Anatomy
import Classification
import DICOM
import Detection
import Foundation
import Imaging
import Reading
import Staging
import Testing

/// Numbers from a seed (SplitMix64), the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A small PET study with drawn lesions: files that can be written, and the reading that Uptake would make of them.
struct SyntheticStudy: CustomTestStringConvertible {
    /// A lesion to draw: voxels (column, row, slice) and where it is said to lie.
    struct Lesion {
        var voxels: [(Int, Int, Int)]
        var location: AnatomicalLocation
        var laterality: Laterality = .midline
        var suspicious = true
    }

    /// What test reports call it.
    let testDescription: String
    let identity: Identity
    let geometry: VolumeGeometry
    let pet: ImageSeries
    let ct: ImageSeries?
    let suv: Volume<SUVbw>
    let stored: [UInt16]
    let reading: StudyReading

    /// SUVbw per stored value: rescale slope and factor from Bq/ml.
    static let rescaleSlope = 0.5
    static let factor = 0.0004

    init(
        _ name: String, geometry: VolumeGeometry, lesions: [Lesion], identity: Identity = .plain,
        tracer: Tracer = .ga68PSMA11,
        withCT: Bool = false, on ctGeometry: VolumeGeometry? = nil, stage: MiTNM? = nil, warnings: [String] = [],
        seed: UInt64 = 1, uidLength: Int = 64
    ) {
        var generator = SeededGenerator(seed: seed)
        var stored = (0..<geometry.count).map { _ in UInt16.random(in: 1000...4000, using: &generator) }
        for lesion in lesions {
            for (i, j, k) in lesion.voxels {
                stored[geometry.index(i, j, k)] = UInt16.random(in: 30_000...60_000, using: &generator)
            }
        }
        testDescription = name
        self.identity = identity
        self.geometry = geometry
        self.stored = stored
        suv = Volume(geometry: geometry, voxels: stored.map { Float(Double($0) * Self.rescaleSlope * Self.factor) })
        let headers = SyntheticHeaders(identity: identity, tracer: tracer, seed: seed, uidLength: uidLength)
        pet = ImageSeries(geometry: geometry, headers: headers.pet(on: geometry))
        let grid = ctGeometry ?? geometry
        ct = withCT || ctGeometry != nil ? ImageSeries(geometry: grid, headers: headers.ct(on: grid)) : nil
        let foci = Self.foci(lesions, in: suv, isPSMA: tracer.target == .psma, using: &generator)
        let centre = geometry.point(at: geometry.count / 2)
        func region(_ mean: Double) -> ReferenceUptake.Region {
            .init(suvMean: mean, suvSD: mean / 10, volumeMl: 12.5, centre: centre)
        }
        reading = StudyReading(
            pet: pet, ct: ct, tracer: tracer,
            model: ModelIdentity(name: "provisional", version: "1.0.0", sha256: String(repeating: "ab", count: 32)),
            suv: SUVConversion(
                sliceFactors: [Double](repeating: Self.factor, count: geometry.slices),
                referenceTime: DateTime("20260105101500"), referenceTimeSource: .seriesTime,
                inputs: [("PatientWeight", "80 kg"), ("RadionuclideTotalDose", "2e+08 Bq")]),
            reference: ReferenceUptake(
                bloodPool: region(1.5), liver: region(5.25), parotid: nil, spleen: region(7)),
            foci: foci, stage: stage, warnings: warnings)
    }

    /// Foci with figures measured on the volume, in descending order of SUVmax.
    private static func foci(
        _ lesions: [Lesion], in suv: Volume<SUVbw>, isPSMA: Bool, using generator: inout SeededGenerator
    ) -> [ReadFocus] {
        let geometry = suv.geometry
        let drawn = lesions.map { lesion in
            (lesion, lesion.voxels.map { Int32(geometry.index($0.0, $0.1, $0.2)) }.sorted())
        }
        func maximum(_ voxels: [Int32]) -> Double { Double(voxels.map { suv.voxels[Int($0)] }.max()!) }
        let sphere = SphereKernel(geometry: geometry)
        return drawn.sorted { maximum($0.1) > maximum($1.1) }.enumerated().map { index, drawn in
            let (lesion, voxels) = drawn
            let values = voxels.map { Double(suv.voxels[Int($0)]) }
            let volumes = voxels.map { geometry.voxelVolumeMl(slice: geometry.voxel(at: Int($0)).k) }
            let volume = volumes.reduce(0, +)
            let mean = zip(values, volumes).reduce(0) { $0 + $1.0 * $1.1 } / volume
            let peakVoxel = Int(voxels.max { suv.voxels[Int($0)] < suv.voxels[Int($1)] }!)
            let sum = voxels.map { geometry.point(at: Int($0)) }.reduce(.zero, +)
            return ReadFocus(
                classified: ClassifiedFocus(
                    focus: CandidateFocus(
                        id: index + 1, voxels: voxels, peakVoxel: peakVoxel,
                        centroid: sum * (1 / Double(voxels.count)), suvMax: values.max()!, suvMean: mean,
                        suvPeak: sphere.peak(in: suv, over: voxels.lazy.map(Int.init))!, volumeMl: volume,
                        totalUptake: mean * volume),
                    verdict: Verdict(
                        suspiciousProbability: lesion.suspicious
                            ? Double.random(in: 0.5...0.999, using: &generator) : 0.1,
                        suspicious: lesion.suspicious, location: lesion.location, laterality: lesion.laterality,
                        locationProbability: 0.8)),
                expression: isPSMA ? ExpressionScore(rawValue: index % 4) : nil)
        }
    }

    /// Writes the PET as files into a folder.
    func writePET(to folder: String) throws {
        let area = geometry.columns * geometry.rows
        try write(pet, to: folder) { k in
            stored[k * area..<(k + 1) * area].flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        }
    }

    /// Writes the CT, all of it air, as files into a folder.
    func writeCT(to folder: String) throws {
        guard let ct else { return }
        try write(ct, to: folder) { _ in [UInt8](repeating: 0, count: 2 * ct.geometry.columns * ct.geometry.rows) }
    }

    private func write(_ series: ImageSeries, to folder: String, pixels: (Int) -> [UInt8]) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (k, header) in series.headers.enumerated() {
            var image = header
            image.setBytes(.pixelData, pixels(k))
            try image.write(to: "\(folder)/\(k).dcm")
        }
    }
}
