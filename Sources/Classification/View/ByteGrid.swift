import Foundation
import Imaging

/// PET and CT in cubic voxels along the patient's axes, whatever those of the images: x from right to left, y from front to
/// back, z from feet to head (LPS), x fastest. A byte for each value (`ByteScale`).
public struct ByteGrid: Sendable, Equatable {
    /// Voxels along x, y and z.
    public struct Size: Sendable, Equatable, Codable {
        /// From right to left.
        public let x: Int
        /// From front to back.
        public let y: Int
        /// From feet to head.
        public let z: Int

        /// Gathers a size.
        public init(x: Int, y: Int, z: Int) { (self.x, self.y, self.z) = (x, y, z) }

        /// Number of voxels.
        public var count: Int { x * y * z }
    }

    /// Voxels along each axis.
    public let size: Size
    /// Edge of a voxel, mm.
    public let spacing: Double
    /// Middle of the first voxel (LPS, mm).
    public let origin: PatientPoint
    /// Mean uptake of each voxel.
    public let pet: [UInt8]
    /// Mean density of each voxel.
    public let ct: [UInt8]

    /// Gathers a grid.
    /// - Precondition: as many bytes each as the size has voxels.
    public init(size: Size, spacing: Double, origin: PatientPoint, pet: [UInt8], ct: [UInt8]) {
        precondition(pet.count == size.count && ct.count == size.count, "bytes for a grid of another size")
        (self.size, self.spacing, self.origin, self.pet, self.ct) = (size, spacing, origin, pet, ct)
    }

    /// Puts a scan on a grid; a voxel holds the mean over it.
    public init(_ scan: ScanVolumes, size: Size, spacing: Double, origin: PatientPoint) {
        let geometry = VolumeGeometry.axial(
            columns: size.x, rows: size.y, slices: size.z, spacing: PatientPoint(spacing, spacing, spacing),
            origin: origin, frameOfReferenceUID: scan.pet.geometry.frameOfReferenceUID)
        let density = scan.ct?.resampled(to: geometry, outside: .nan).voxels
        self.init(
            size: size, spacing: spacing, origin: origin,
            pet: scan.pet.resampled(to: geometry, outside: 0).voxels.map(ByteScale.uptake),
            ct: density?.map(ByteScale.density) ?? [UInt8](repeating: ByteScale.unknown, count: size.count))
    }

    /// Puts a scan on a grid that holds all of it.
    public init(_ scan: ScanVolumes, spacing: Double) {
        let (low, high) = Self.bounds(of: scan.pet.geometry)
        func number(_ length: Double) -> Int { max(Int((length / spacing).rounded(.up)), 1) }
        let extent = high - low
        self.init(
            scan, size: Size(x: number(extent.x), y: number(extent.y), z: number(extent.z)), spacing: spacing,
            origin: low + PatientPoint(spacing, spacing, spacing) * 0.5)
    }

    /// The corners of the box, along the patient's axes, that holds every voxel's middle.
    private static func bounds(of geometry: VolumeGeometry) -> (PatientPoint, PatientPoint) {
        var low = PatientPoint(.infinity, .infinity, .infinity)
        var high = PatientPoint(-.infinity, -.infinity, -.infinity)
        for k in [0, geometry.slices - 1] {
            for (i, j) in [
                (0, 0), (geometry.columns - 1, 0), (0, geometry.rows - 1), (geometry.columns - 1, geometry.rows - 1),
            ] {
                let p = geometry.point(Double(i), Double(j), slice: k)
                low = PatientPoint(min(low.x, p.x), min(low.y, p.y), min(low.z, p.z))
                high = PatientPoint(max(high.x, p.x), max(high.y, p.y), max(high.z, p.z))
            }
        }
        return (low, high)
    }

    /// How noisy the PET is: the standard deviation between a voxel and its neighbours to either side, in steps of
    /// `ByteScale.uptake` (2 % each); 0 where nothing has uptake.
    ///
    /// By the median, so that the edges of organs do not count: of normal noise the difference from the neighbours' mean has
    /// the root of 1.5 times its deviation, and half of the differences are below 0.6745 of theirs. Of voxels with SUV 0.25
    /// and more, as air has none.
    public var grain: Double {
        let least = ByteScale.uptake(0.25)
        var counts = [Int](repeating: 0, count: 512)
        pet.withUnsafeBufferPointer { pet in
            for row in stride(from: 0, to: pet.count, by: size.x) where size.x > 2 {
                for index in row + 1..<row + size.x - 1
                where pet[index] >= least && pet[index - 1] >= least && pet[index + 1] >= least {
                    counts[abs(2 * Int(pet[index]) - Int(pet[index - 1]) - Int(pet[index + 1]))] += 1
                }
            }
        }
        // Differences are twice as large and whole: a count stands for those half a step to either side.
        let half = Double(counts.reduce(0, +)) / 2
        guard half > 0 else { return 0 }
        var below = 0.0
        for (difference, count) in counts.enumerated() {
            if below + Double(count) >= half {
                let median = max(Double(difference) - 0.5 + (half - below) / Double(count), 0) / 2
                return median / (0.6745 * 1.5.squareRoot())
            }
            below += Double(count)
        }
        return 0
    }

    /// Where a point lies, in voxels: 0 is the middle of the first.
    public func place(of point: PatientPoint) -> PatientPoint { (point - origin) * (1 / spacing) }
}
