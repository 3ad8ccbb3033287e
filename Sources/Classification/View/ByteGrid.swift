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
        let geometry = scan.pet.geometry.cubes(ofEdge: spacing)
        self.init(
            scan, size: Size(x: geometry.columns, y: geometry.rows, z: geometry.slices), spacing: spacing,
            origin: geometry.sliceOrigins[0])
    }

    /// Where a point lies, in voxels: 0 is the middle of the first.
    public func place(of point: PatientPoint) -> PatientPoint { (point - origin) * (1 / spacing) }
}
