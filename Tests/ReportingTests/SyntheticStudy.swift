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
    /// Whose study it is: the bytes of the name and the character set in which they are written.
    struct Identity {
        var characterSet: String?
        var name: [UInt8]
        /// The name as a reader should see it.
        var readable: String

        static let plain = Identity(characterSet: nil, name: Array("Doe^John".utf8), readable: "Doe^John")
        static let chinese = Identity(
            characterSet: "ISO_IR 192", name: Array("Wang^XiaoDong=王^小东".utf8), readable: "Wang^XiaoDong=王^小东")
        /// Yamada^Tarou with ideographs and kana (PS3.5 annex H.3.1).
        static let japanese = Identity(
            characterSet: "\\ISO 2022 IR 87",
            name: Array("Yamada^Tarou=".utf8)
                + [0x1B, 0x24, 0x42, 0x3B, 0x33, 0x45, 0x44, 0x1B, 0x28, 0x42, 0x5E, 0x1B, 0x24, 0x42]
                + [
                    0x42, 0x40, 0x4F, 0x3A, 0x1B, 0x28, 0x42, 0x3D, 0x1B, 0x24, 0x42, 0x24, 0x64, 0x24, 0x5E, 0x24,
                    0x40,
                ]
                + [0x1B, 0x28, 0x42, 0x5E, 0x1B, 0x24, 0x42, 0x24, 0x3F, 0x24, 0x6D, 0x24, 0x26, 0x1B, 0x28, 0x42],
            readable: "Yamada^Tarou=山田^太郎=やまだ^たろう")
        /// Buc^Jérôme in Latin 1.
        static let french = Identity(
            characterSet: "ISO_IR 100", name: [0x42, 0x75, 0x63, 0x5E, 0x4A, 0xE9, 0x72, 0xF4, 0x6D, 0x65],
            readable: "Buc^Jérôme")
    }

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
        withCT: Bool = false, stage: MiTNM? = nil, warnings: [String] = [], seed: UInt64 = 1
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
        let headers = SyntheticHeaders(identity: identity, tracer: tracer, seed: seed)
        pet = ImageSeries(geometry: geometry, headers: headers.pet(on: geometry))
        ct = withCT ? ImageSeries(geometry: geometry, headers: headers.ct(on: geometry)) : nil
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
        return drawn.sorted { maximum($0.1) > maximum($1.1) }.enumerated().map { index, drawn in
            let (lesion, voxels) = drawn
            let values = voxels.map { Double(suv.voxels[Int($0)]) }
            let mean = values.reduce(0, +) / Double(values.count)
            let volume = voxels.reduce(0) { $0 + geometry.voxelVolumeMl(slice: geometry.voxel(at: Int($1)).k) }
            let peakVoxel = Int(voxels.max { suv.voxels[Int($0)] < suv.voxels[Int($1)] }!)
            let sum = voxels.map { geometry.point(at: Int($0)) }.reduce(.zero, +)
            return ReadFocus(
                classified: ClassifiedFocus(
                    focus: CandidateFocus(
                        id: index + 1, voxels: voxels, peakVoxel: peakVoxel,
                        centroid: sum * (1 / Double(voxels.count)), suvMax: values.max()!, suvMean: mean,
                        suvPeak: (mean + values.max()!) / 2, volumeMl: volume, totalUptake: mean * volume),
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
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let area = geometry.columns * geometry.rows
        for (k, header) in pet.headers.enumerated() {
            var image = header
            let pixels = stored[k * area..<(k + 1) * area].flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            image.setBytes(.pixelData, pixels)
            try image.write(to: "\(folder)/\(k).dcm")
        }
    }
}
