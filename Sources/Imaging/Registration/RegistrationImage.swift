import DICOM

/// A scan as registration sees it: even cubes along the axes of the patient, values from 0 (air) to 1.
struct RegistrationImage: Sendable {
    /// The edge of a cube, millimetres.
    let spacing: Double
    let geometry: VolumeGeometry
    /// NaN where the scan does not reach.
    private let voxels: [Float]

    /// - Parameters:
    ///   - volume: any quantity; its values are mapped to 0…1 by `low` and `high` and cut there, so that neither metal
    ///     nor bladder outweighs the body.
    init<Measured>(_ volume: Volume<Measured>, low: Float, high: Float, spacing: Double) {
        self.spacing = spacing
        var scaled = volume
        for index in scaled.voxels.indices where scaled.voxels[index].isFinite {
            scaled.voxels[index] = min(max((scaled.voxels[index] - low) / (high - low), 0), 1)
        }
        geometry = Self.grid(around: volume.geometry, spacing)
        voxels = scaled.resampled(to: geometry, outside: .nan).voxels
    }

    /// The cubes that cover a stack, whichever way it lies.
    private static func grid(around stack: VolumeGeometry, _ spacing: Double) -> VolumeGeometry {
        let corners = [0, stack.slices - 1].flatMap { slice in
            [0, stack.columns - 1].flatMap { i in
                [0, stack.rows - 1].map { j in stack.point(Double(i), Double(j), slice: slice) }
            }
        }
        func range(_ axis: (PatientPoint) -> Double) -> (start: Double, count: Int) {
            let (low, high) = (corners.map(axis).min()!, corners.map(axis).max()!)
            return (low, Int(((high - low) / spacing).rounded(.up)) + 1)
        }
        let (x, y, z) = (range(\.x), range(\.y), range(\.z))
        return .axial(
            columns: x.count, rows: y.count, slices: z.count, spacing: PatientPoint(spacing, spacing, spacing),
            origin: PatientPoint(x.start, y.start, z.start), frameOfReferenceUID: stack.frameOfReferenceUID)
    }

    /// The value at a point and how it changes there, per millimetre, both by trilinear interpolation; nil outside.
    func sample(_ point: PatientPoint) -> (value: Double, gradient: PatientPoint)? {
        let place = (point - geometry.sliceOrigins[0]) * (1 / spacing)
        guard place.x >= 0, place.y >= 0, place.z >= 0 else { return nil }
        let (i, j, k) = (Int(place.x), Int(place.y), Int(place.z))
        guard i + 1 < geometry.columns, j + 1 < geometry.rows, k + 1 < geometry.slices else { return nil }
        let (u, v, w) = (place.x - Double(i), place.y - Double(j), place.z - Double(k))
        let (row, slice) = (geometry.columns, geometry.columns * geometry.rows)
        let at = geometry.index(i, j, k)
        func value(_ offset: Int) -> Double { Double(voxels[at + offset]) }
        let (a, b, c, d) = (value(0), value(1), value(row), value(row + 1))
        let (e, f, g, h) = (value(slice), value(slice + 1), value(slice + row), value(slice + row + 1))
        let near = (a * (1 - u) + b * u) * (1 - v) + (c * (1 - u) + d * u) * v
        let far = (e * (1 - u) + f * u) * (1 - v) + (g * (1 - u) + h * u) * v
        let result = near * (1 - w) + far * w
        guard result.isFinite else { return nil }
        let x = ((b - a) * (1 - v) + (d - c) * v) * (1 - w) + ((f - e) * (1 - v) + (h - g) * v) * w
        let lower = (c - a) * (1 - u) + (d - b) * u
        let upper = (g - e) * (1 - u) + (h - f) * u
        let gradient = PatientPoint(x, lower * (1 - w) + upper * w, far - near)
        return (result, gradient * (1 / spacing))
    }

    /// A cube of the body or next to it.
    struct Sample: Sendable {
        let point: PatientPoint
        let value: Double
    }

    /// The cubes in which there is more than air, and their neighbours: what lies outside the body says nothing.
    func body(above threshold: Float) -> [Sample] {
        let (row, slice) = (geometry.columns, geometry.columns * geometry.rows)
        let neighbours = [0, -1, 1, -row, row, -slice, slice]
        return voxels.indices.compactMap { index in
            guard voxels[index].isFinite,
                neighbours.contains(where: { voxels.indices.contains(index + $0) && voxels[index + $0] > threshold })
            else { return nil }
            return Sample(point: geometry.point(at: index), value: Double(voxels[index]))
        }
    }
}
