import Detection
import Imaging

/// What the network sees of a scan: the body at three scales, and its foci.
public struct ScanView: Sendable, Equatable {
    /// All of the scan in voxels of 5 mm.
    public let near: ByteGrid
    /// All of the scan in voxels of 18 mm.
    public let wide: ByteGrid
    /// The body at a glance: `overviewSize` cells of 36 mm from its lowest part in view, about its midline.
    public let overview: ByteGrid
    /// Reference uptake: SUVbw of the blood pool, or its usual share of the liver's, or its usual value.
    public let reference: Float
    /// The tracer.
    public let tracer: Tracer
    /// The candidate foci, in their order.
    public let foci: [FocusView]

    /// Cells of the overview: 58 by 43 by 115 cm, from the thighs to the vertex of most patients.
    public static let overviewSize = ByteGrid.Size(x: 16, y: 12, z: 32)

    /// Edge of a voxel of `near` and `wide`, mm.
    public static let spacings = [5.0, 18.0]

    /// Gathers a view.
    public init(
        near: ByteGrid, wide: ByteGrid, overview: ByteGrid, reference: Float, tracer: Tracer, foci: [FocusView]
    ) {
        (self.near, self.wide, self.overview) = (near, wide, overview)
        (self.reference, self.tracer, self.foci) = (reference, tracer, foci)
    }

    /// Looks at a scan.
    /// - Parameter uptake: what detection found in it.
    public init(_ uptake: DetectedUptake, in scan: ScanVolumes) {
        let near = ByteGrid(scan, spacing: Self.spacings[0])
        let features = FocusFeatures.of(uptake, in: scan, grain: near.grain)
        self.init(
            near: near, wide: ByteGrid(scan, spacing: Self.spacings[1]),
            overview: ByteGrid(
                scan, size: Self.overviewSize, spacing: Self.overviewSpacing, origin: Self.origin(of: uptake, scan)),
            reference: Self.reference(uptake.reference, tracer: scan.tracer), tracer: scan.tracer,
            foci: zip(uptake.foci, features).map { focus, features in
                FocusView(
                    middle: scan.pet.geometry.point(at: focus.peakVoxel),
                    cells: Self.cells(of: focus, scan.pet.geometry, in: near), features: features)
            })
    }

    private static let overviewSpacing = 36.0

    private static func origin(of uptake: DetectedUptake, _ scan: ScanVolumes) -> PatientPoint {
        var (sum, weight) = (0.0, 0.0)
        for voxel in stride(from: 0, to: scan.pet.geometry.count, by: 7) where uptake.body.isInside[voxel] {
            sum += scan.pet.geometry.point(at: voxel).y
            weight += 1
        }
        let half = overviewSpacing / 2
        return PatientPoint(
            uptake.landmarks.midline - Double(overviewSize.x - 1) * half,
            (weight > 0 ? sum / weight : 0) - Double(overviewSize.y - 1) * half, uptake.landmarks.bottom + half)
    }

    /// Where the blood pool was not found, its usual share of the liver's uptake, else its usual uptake
    /// (docs/science/reference-uptake.md).
    private static func reference(_ reference: ReferenceUptake, tracer: Tracer) -> Float {
        let share = tracer.target == .psma ? 0.3 : 0.8
        let suv = reference.bloodPool?.suvMean ?? reference.liver.map { $0.suvMean * share } ?? 1.6
        return Float(min(max(suv, 0.3), 10))
    }

    /// The cells that a focus fills: each of its voxels is shared out among the eight cells about it.
    private static func cells(
        of focus: CandidateFocus, _ geometry: VolumeGeometry, in grid: ByteGrid
    ) -> [FocusView.Cell] {
        var filled: [Int32: Double] = [:]
        for voxel in focus.voxels {
            let place = grid.place(of: geometry.point(at: Int(voxel)))
            let volumeMl = geometry.voxelVolumeMl(slice: geometry.voxel(at: Int(voxel)).k)
            for (z, w) in Self.neighbours(place.z, grid.size.z) {
                for (y, v) in Self.neighbours(place.y, grid.size.y) {
                    for (x, u) in Self.neighbours(place.x, grid.size.x) {
                        filled[Int32((z * grid.size.y + y) * grid.size.x + x), default: 0] += u * v * w * volumeMl
                    }
                }
            }
        }
        let volumeMl = grid.spacing * grid.spacing * grid.spacing / 1000
        return filled.sorted { $0.key < $1.key }.map { cell, filledMl in
            FocusView.Cell(index: cell, share: UInt8((min(filledMl / volumeMl, 1) * 255).rounded()))
        }
    }

    /// The two cells along an axis between which a place lies, and how near it is to each.
    private static func neighbours(_ place: Double, _ count: Int) -> [(cell: Int, share: Double)] {
        let low = place.rounded(.down)
        func held(_ cell: Int) -> Int { min(max(cell, 0), count - 1) }
        return [(held(Int(low)), 1 - (place - low)), (held(Int(low) + 1), place - low)]
    }
}
