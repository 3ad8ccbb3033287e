import Detection
import Imaging

/// What the network sees of a scan: the body at three scales, and its foci.
public struct ScanView: Sendable, Equatable {
    /// All of the scan in voxels of 5 mm.
    public let near: ByteGrid
    /// All of the scan in voxels of 18 mm.
    public let wide: ByteGrid
    /// The body at a glance: `overviewSize` cells of 36 mm from its lowest part in view, about its midline; of a scan that
    /// shows the legs as well, down from the vertex.
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
    /// - Parameters:
    ///   - uptake: what detection found in it.
    ///   - organs: the map that says what organ each focus lies in; nil for networks that are not told.
    ///   - isLearntFrom: whether its foci will be looked at without CT as well, which the map is then asked for.
    public init(
        _ uptake: DetectedUptake, in scan: ScanVolumes, organs: OrganMap? = nil, isLearntFrom: Bool = false
    ) {
        let near = ByteGrid(scan, spacing: Self.spacings[0])
        let features = FocusFeatures.of(uptake, in: scan)
        let middles = uptake.foci.map { scan.pet.geometry.point(at: $0.peakVoxel) }
        let surroundings = organs.map {
            OrganShares.of(uptake, in: scan, at: middles, by: $0, alsoWithoutCT: isLearntFrom)
        }
        self.init(
            near: near, wide: ByteGrid(scan, spacing: Self.spacings[1]),
            overview: ByteGrid(
                scan, size: Self.overviewSize, spacing: Self.overviewSpacing,
                origin: Self.origin(of: uptake, scan, size: Self.overviewSize, spacing: Self.overviewSpacing)),
            reference: Self.reference(uptake.reference, tracer: scan.tracer), tracer: scan.tracer,
            foci: uptake.foci.indices.map { index in
                FocusView(
                    middle: middles[index], cells: Self.cells(of: uptake.foci[index], scan.pet.geometry, in: near),
                    features: features[index], organs: surroundings?[index])
            })
    }

    private static let overviewSpacing = 36.0
    /// From the vertex to the middle of the thighs of the tallest patients, mm; our choice.
    private static let longestFromThighs = 1400.0

    /// The middle of the first voxel of a grid about the body: about its midline, and from its lowest part in view on. Of a
    /// scan that shows the legs as well it ends at the vertex, as do grids of the scans from the thighs that were learnt from.
    static func origin(
        of uptake: DetectedUptake, _ scan: ScanVolumes, size: ByteGrid.Size, spacing: Double
    ) -> PatientPoint {
        var (sum, weight) = (0.0, 0.0)
        for voxel in stride(from: 0, to: scan.pet.geometry.count, by: 7) where uptake.body.isInside[voxel] {
            sum += scan.pet.geometry.point(at: voxel).y
            weight += 1
        }
        let (half, landmarks) = (spacing / 2, uptake.landmarks)
        let height = Double(size.z) * spacing
        let lowest =
            landmarks.top - landmarks.bottom > longestFromThighs ? landmarks.top - height : landmarks.bottom
        return PatientPoint(
            landmarks.midline - Double(size.x - 1) * half,
            (weight > 0 ? sum / weight : 0) - Double(size.y - 1) * half, lowest + half)
    }

    /// Where the blood pool was not found, its usual share of the liver's uptake, else its usual uptake
    /// (docs/science/reference-uptake.md).
    static func reference(_ reference: ReferenceUptake, tracer: Tracer) -> Float {
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
