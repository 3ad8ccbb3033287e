import Foundation

/// The voxels whose centres lie in a sphere round a voxel, for SUVpeak (DCM 126031: the mean of a sphere of 1 cm³).
///
/// Made once for a geometry. Uneven slice distances and tilted stacks are taken as they are.
public struct SphereKernel: Sendable {
    private struct Offset: Sendable {
        let i: Int32
        let j: Int32
        let k: Int32
    }

    private let geometry: VolumeGeometry
    /// The offsets around a voxel of each slice.
    private let offsets: [[Offset]]

    /// A sphere of a volume in millilitres.
    public init(volumeMl: Double = 1, geometry: VolumeGeometry) {
        self.init(radius: cbrt(volumeMl * 1000 * 3 / (4 * .pi)), geometry: geometry)
    }

    /// A sphere of a radius in millimetres.
    public init(radius: Double, geometry: VolumeGeometry) {
        self.geometry = geometry
        offsets = (0..<geometry.slices).map { centre in
            (0..<geometry.slices).flatMap { k in
                let across = geometry.slicePositions[k] - geometry.slicePositions[centre]
                let inPlane = radius * radius - across * across
                guard inPlane >= 0 else { return [Offset]() }
                let shift = geometry.sliceOrigins[k] - geometry.sliceOrigins[centre]
                return Self.disc(
                    squaredRadius: inPlane, x: shift.dot(geometry.rowDirection), y: shift.dot(geometry.columnDirection),
                    geometry: geometry
                ).map { Offset(i: Int32($0.i), j: Int32($0.j), k: Int32(k - centre)) }
            }
        }
    }

    private static func disc(
        squaredRadius: Double, x: Double, y: Double, geometry: VolumeGeometry
    ) -> [(i: Int, j: Int)] {
        let radius = squaredRadius.squareRoot()
        let columns =
            Int(
                ((-radius - x) / geometry.columnSpacing).rounded(.down))...Int(
                ((radius - x) / geometry.columnSpacing).rounded(.up))
        let rows =
            Int(
                ((-radius - y) / geometry.rowSpacing).rounded(.down))...Int(
                ((radius - y) / geometry.rowSpacing).rounded(.up))
        return rows.flatMap { j in
            columns.compactMap { i in
                let (u, v) = (x + Double(i) * geometry.columnSpacing, y + Double(j) * geometry.rowSpacing)
                return u * u + v * v <= squaredRadius ? (i, j) : nil
            }
        }
    }

    /// How many voxels the sphere has round a voxel of slice `k`, away from the border.
    public func count(slice k: Int) -> Int { offsets[k].count }

    /// The mean of the sphere centred on a voxel; at the border, of the part of it that lies in the volume.
    /// - Parameter index: the place in the volume's linear array.
    public func mean(in voxels: UnsafeBufferPointer<Float>, at index: Int) -> Double {
        let (i, j, k) = geometry.voxel(at: index)
        let (columns, rows) = (geometry.columns, geometry.rows)
        return offsets[k].withUnsafeBufferPointer { offsets in
            var sum = 0.0
            var count = 0
            for offset in offsets {
                let (u, v) = (i + Int(offset.i), j + Int(offset.j))
                guard u >= 0, v >= 0, u < columns, v < rows else { continue }
                sum += Double(voxels[((k + Int(offset.k)) * rows + v) * columns + u])
                count += 1
            }
            return sum / Double(count)
        }
    }

    /// The highest mean of a sphere centred on one of the given voxels; nil where there is none.
    /// - Precondition: the volume has the kernel's geometry.
    public func peak<Measured>(in volume: Volume<Measured>, over indices: some Sequence<Int>) -> Double? {
        precondition(volume.geometry == geometry, "the kernel belongs to another geometry")
        return volume.voxels.withUnsafeBufferPointer { voxels in
            indices.lazy.map { mean(in: voxels, at: $0) }.max()
        }
    }
}
