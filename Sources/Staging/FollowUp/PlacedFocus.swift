import Classification
import Detection
import Imaging

/// A focus by its voxel centres in the earlier scan's coordinates.
struct PlacedFocus {
    let id: Int
    let isLesion: Bool
    let centre: PatientPoint
    private let geometry: VolumeGeometry
    private let back: RigidTransform
    private let voxels: Set<Int32>
    /// The voxels that have a neighbour outside: a great mass has many thousands inside that are never nearest.
    private let points: [PatientPoint]
    private let low: PatientPoint
    private let high: PatientPoint

    init(_ focus: ClassifiedFocus, _ geometry: VolumeGeometry, _ transform: RigidTransform) {
        id = focus.id
        isLesion = focus.verdict.suspicious
        centre = transform(focus.focus.centroid)
        (self.geometry, back) = (geometry, transform.inverse)
        voxels = Set(focus.focus.voxels)
        points = Self.surface(of: focus.focus.voxels, voxels, in: geometry).map { transform(geometry.point(at: $0)) }
        low = points.dropFirst().reduce(points[0]) {
            PatientPoint(min($0.x, $1.x), min($0.y, $1.y), min($0.z, $1.z))
        }
        high = points.dropFirst().reduce(points[0]) {
            PatientPoint(max($0.x, $1.x), max($0.y, $1.y), max($0.z, $1.z))
        }
    }

    private static func surface(of voxels: [Int32], _ inside: Set<Int32>, in geometry: VolumeGeometry) -> [Int] {
        let (row, slice) = (Int32(geometry.columns), Int32(geometry.columns * geometry.rows))
        return voxels.filter { voxel in
            [-1, 1, -row, row, -slice, slice].contains { !inside.contains(voxel + $0) }
        }.map(Int.init)
    }

    /// Whether one focus lies within the other, as what has grown all around lies about what it was. Their surfaces may then
    /// be far apart.
    func isNested(with other: PlacedFocus) -> Bool {
        other.points.allSatisfy(covers) || points.allSatisfy(other.covers)
    }

    private func covers(_ point: PatientPoint) -> Bool {
        let place = geometry.fractionalVoxel(at: back(point))
        let (i, j, k) = (Int(place.i.rounded()), Int(place.j.rounded()), Int(place.k.rounded()))
        guard (0..<geometry.columns).contains(i), (0..<geometry.rows).contains(j), (0..<geometry.slices).contains(k)
        else { return false }
        return voxels.contains(Int32(geometry.index(i, j, k)))
    }

    /// The distance of the nearest voxel centres of the surfaces in millimetres; nil beyond `limit`.
    func gap(to other: PlacedFocus, within limit: Double) -> Double? {
        let reach = PatientPoint(limit, limit, limit)
        guard other.isNear(low - reach, high + reach) else { return nil }
        var nearest = limit * limit
        var isFound = false
        for point in points where other.isNear(point - reach, point + reach) {
            for place in other.points {
                let offset = point - place
                let square = offset.dot(offset)
                if square <= nearest { (nearest, isFound) = (square, true) }
            }
        }
        return isFound ? nearest.squareRoot() : nil
    }

    private func isNear(_ from: PatientPoint, _ to: PatientPoint) -> Bool {
        from.x <= high.x && from.y <= high.y && from.z <= high.z && low.x <= to.x && low.y <= to.y && low.z <= to.z
    }
}
