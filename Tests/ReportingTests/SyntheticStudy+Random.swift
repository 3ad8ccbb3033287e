import Anatomy
import DICOM
import Imaging
import Staging

extension SyntheticStudy {
    /// A study drawn from a seed: 0 to 300 lesions of every awkward shape, on a stack of any kind, with and without CT.
    static func random(seed: Int) -> SyntheticStudy {
        var generator = SeededGenerator(seed: UInt64(seed))
        let uidLength = [64, 64, 61, 40].randomElement(using: &generator)!
        let tracer = Tracer.allCases.randomElement(using: &generator)!
        let identity = Identity.all[seed % Identity.all.count]
        let frame = SyntheticHeaders(identity: identity, tracer: tracer, seed: UInt64(seed), uidLength: uidLength)
            .uid("frame of reference")
        let geometry = VolumeGeometry.random(frameOfReferenceUID: frame, using: &generator)
        let ct = Bool.random(using: &generator) ? geometry.randomCT(using: &generator) : nil
        return SyntheticStudy(
            "seed \(seed)", geometry: geometry, lesions: lesions(in: geometry, using: &generator), identity: identity,
            tracer: tracer, on: ct, stage: tracer.target == .psma ? stage(using: &generator) : nil,
            warnings: Int.random(in: 0..<3, using: &generator) == 0 ? ["PET slope ≈ 2 – “odd” µ-map, 3·10⁴ × 5 °"] : [],
            seed: UInt64(seed), uidLength: uidLength)
    }

    private static func lesions(in geometry: VolumeGeometry, using generator: inout SeededGenerator) -> [Lesion] {
        let count =
            switch Int.random(in: 0..<20, using: &generator) {
            case 0: 0
            case 1...14: Int.random(in: 1...12, using: &generator)
            case 15...17: Int.random(in: 13...60, using: &generator)
            default: Int.random(in: 61...300, using: &generator)
            }
        var drawing = LesionDrawing(geometry: geometry, lesions: count)
        let drawn = (0..<count).map { _ in drawing.next(using: &generator) }
        // A few that are found but not suspicious, in every study.
        return (drawn + [drawing.next(using: &generator)]).enumerated().map { index, voxels in
            Lesion(
                voxels: voxels.map { geometry.voxel(at: $0) },
                location: .allCases.randomElement(using: &generator)!,
                laterality: .allCases.randomElement(using: &generator)!,
                suspicious: index < count)
        }
    }

    private static func stage(using generator: inout SeededGenerator) -> MiTNM {
        let categories = MiTNM.M.allCases.dropFirst().filter { _ in Bool.random(using: &generator) }
        return MiTNM(
            edition: .v2, miT: .allCases.randomElement(using: &generator)!,
            miN: .allCases.randomElement(using: &generator)!, miNV1: .allCases.randomElement(using: &generator)!,
            miMCategories: categories,
            miMPattern: categories.contains(.miM1b) ? .allCases.randomElement(using: &generator) : nil)
    }
}

extension VolumeGeometry {
    /// A stack: along the body's axes or turned, evenly spaced or not, now and then sheared as by a tilted gantry.
    static func random(frameOfReferenceUID: UID, using generator: inout SeededGenerator) -> VolumeGeometry {
        func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &generator) == 0 }
        func decimal(_ range: ClosedRange<Double>, _ steps: Double) -> Double {
            (Double.random(in: range, using: &generator) * steps).rounded() / steps
        }
        let isTurned = oneIn(3)
        let isUneven = oneIn(3)
        let row =
            isTurned
            ? PatientPoint(1, decimal(-0.5...0.5, 100), decimal(-0.5...0.5, 100)).normalized : PatientPoint(1, 0, 0)
        let normal =
            isTurned
            ? row.cross(PatientPoint(decimal(-0.5...0.5, 100), 1, decimal(-0.5...0.5, 100))).normalized
            : PatientPoint(0, 0, 1)
        let column = normal.cross(row)
        let gap = decimal(1.5...6, 10)
        let drift = oneIn(8) ? decimal(-0.3...0.3, 100) : 0
        let slices = Int.random(in: 3...18, using: &generator)
        let origin = PatientPoint(decimal(-150...150, 1000), decimal(-150...150, 1000), decimal(-1500...500, 2))
        var position = 0.0
        var origins: [PatientPoint] = []
        for _ in 0..<slices {
            origins.append(origin + normal * position + column * (drift * position))
            position += isUneven ? decimal(0.6 * gap...1.4 * gap, 100) : gap
        }
        return VolumeGeometry(
            columns: Int.random(in: 24...56, using: &generator), rows: Int.random(in: 24...56, using: &generator),
            columnSpacing: decimal(1...6, 10_000), rowSpacing: decimal(1...6, 10_000), rowDirection: row,
            columnDirection: column, sliceOrigins: origins, frameOfReferenceUID: frameOfReferenceUID)
    }

    /// A CT of the same body: finer, on slices of its own, a little larger all round or a little smaller.
    func randomCT(using generator: inout SeededGenerator) -> VolumeGeometry {
        let fineness = Double.random(in: 1.2...2.5, using: &generator)
        let margin = Double.random(in: -6...9, using: &generator)
        let gap = (Double.random(in: 1.5...5, using: &generator) * 100).rounded() / 100
        let height = slicePositions.last! - slicePositions[0] + 2 * margin
        let spacing = (min(columnSpacing, rowSpacing) / fineness * 10_000).rounded() / 10_000
        let start = sliceOrigins[0] - rowDirection * margin - columnDirection * margin - normal * margin
        func voxels(_ count: Int, _ size: Double) -> Int {
            max(8, Int((Double(count - 1) * size + 2 * margin) / spacing))
        }
        return VolumeGeometry(
            columns: voxels(columns, columnSpacing), rows: voxels(rows, rowSpacing), columnSpacing: spacing,
            rowSpacing: spacing, rowDirection: rowDirection, columnDirection: columnDirection,
            sliceOrigins: (0..<max(2, Int(height / gap))).map { start + normal * (Double($0) * gap) },
            frameOfReferenceUID: frameOfReferenceUID)
    }

    /// Whether every slice lies right above the one before.
    var isStraight: Bool {
        sliceOrigins.allSatisfy { ($0 - sliceOrigins[0]).cross(normal).length < 1e-6 }
    }

    /// Whether the stack is straight along the body's axes, its slices evenly spaced.
    var isPlain: Bool {
        let gaps = zip(slicePositions, slicePositions.dropFirst()).map { $1 - $0 }
        return isStraight && rowDirection == PatientPoint(1, 0, 0) && columnDirection == PatientPoint(0, 1, 0)
            && gaps.allSatisfy { abs($0 - gaps[0]) < 1e-6 }
    }
}
