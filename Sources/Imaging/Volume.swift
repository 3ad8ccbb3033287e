/// What the numbers of a volume mean.
public protocol Quantity: Sendable {}

/// Standardized uptake value, normalised by body weight (g/ml).
public enum SUVbw: Quantity {}
/// Computed tomography number (Hounsfield units; air −1000, water 0).
public enum HounsfieldUnits: Quantity {}
/// Activity concentration (Bq/ml).
public enum ActivityConcentration: Quantity {}

/// A scalar volume; its type says what is measured, so that activity cannot be passed as SUV.
public struct Volume<Measured: Quantity>: Sendable {
    /// Where the voxels lie.
    public let geometry: VolumeGeometry
    /// The values: column fastest, then row, then slice.
    public var voxels: [Float]

    /// Makes a volume.
    /// - Precondition: as many values as the geometry has voxels.
    public init(geometry: VolumeGeometry, voxels: [Float]) {
        precondition(voxels.count == geometry.count)
        self.geometry = geometry
        self.voxels = voxels
    }

    /// Makes a volume of one value.
    public init(geometry: VolumeGeometry, repeating value: Float) {
        self.init(geometry: geometry, voxels: [Float](repeating: value, count: geometry.count))
    }

    /// The value of voxel (i, j, k).
    @inlinable public subscript(i: Int, j: Int, k: Int) -> Float {
        get { voxels[geometry.index(i, j, k)] }
        set { voxels[geometry.index(i, j, k)] = newValue }
    }

    /// The value at a point by trilinear interpolation.
    /// - Returns: nil more than half a voxel outside the stack.
    public func value(at point: PatientPoint) -> Float? {
        let (i, j, k) = geometry.fractionalVoxel(at: point)
        guard i >= -0.5, j >= -0.5, k >= -0.5, i <= Double(geometry.columns) - 0.5, j <= Double(geometry.rows) - 0.5,
            k <= Double(geometry.slices) - 0.5
        else { return nil }
        return interpolated(i, j, k)
    }

    /// Trilinear interpolation at a fractional voxel, the border values extending outwards.
    func interpolated(_ i: Double, _ j: Double, _ k: Double) -> Float {
        func bracket(_ x: Double, _ count: Int) -> (Int, Int, Float) {
            let clamped = min(max(x, 0), Double(count - 1))
            let low = min(Int(clamped), max(count - 2, 0))
            return (low, min(low + 1, count - 1), Float(clamped - Double(low)))
        }
        let (i0, i1, u) = bracket(i, geometry.columns)
        let (j0, j1, v) = bracket(j, geometry.rows)
        let (k0, k1, w) = bracket(k, geometry.slices)
        func plane(_ k: Int) -> Float {
            let near = self[i0, j0, k] * (1 - u) + self[i1, j0, k] * u
            let far = self[i0, j1, k] * (1 - u) + self[i1, j1, k] * u
            return near * (1 - v) + far * v
        }
        return plane(k0) * (1 - w) + plane(k1) * w
    }
}
