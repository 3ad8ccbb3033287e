import Foundation

/// A rotation and a translation of the patient coordinate system: `x ↦ R (x − c) + c + t`, in LPS millimetres.
public struct RigidTransform: Sendable, Equatable, Codable {
    /// The rows of the rotation matrix R.
    public private(set) var rows: [PatientPoint]
    /// What is turned about, c.
    public let centre: PatientPoint
    /// Where the centre goes, t.
    public private(set) var translation: PatientPoint

    /// A turn of `rotation` (axis times angle in radians) about a centre, and a translation.
    public init(rotation: PatientPoint = .zero, about centre: PatientPoint = .zero, translation: PatientPoint = .zero) {
        rows = Self.matrix(rotation)
        self.centre = centre
        self.translation = translation
    }

    /// What leaves every point where it is.
    public static let identity = RigidTransform()

    /// Where a point goes.
    public func callAsFunction(_ point: PatientPoint) -> PatientPoint {
        turned(point - centre) + centre + translation
    }

    /// Where a vector points afterwards.
    public func turned(_ vector: PatientPoint) -> PatientPoint {
        PatientPoint(rows[0].dot(vector), rows[1].dot(vector), rows[2].dot(vector))
    }

    /// What takes every point back.
    public var inverse: RigidTransform {
        var result = RigidTransform(about: centre + translation, translation: -translation)
        result.rows = [
            PatientPoint(rows[0].x, rows[1].x, rows[2].x), PatientPoint(rows[0].y, rows[1].y, rows[2].y),
            PatientPoint(rows[0].z, rows[1].z, rows[2].z),
        ]
        return result
    }

    /// The angle of the turn, 0 to 180 degrees.
    public var rotationDegrees: Double {
        let cosine = (rows[0].x + rows[1].y + rows[2].z - 1) / 2
        return acos(min(max(cosine, -1), 1)) * 180 / .pi
    }

    /// The same, turned further by a small rotation about the centre's image, and shifted further.
    func followed(byRotation rotation: PatientPoint, translation shift: PatientPoint) -> RigidTransform {
        var result = self
        let turn = RigidTransform(rotation: rotation)
        let columns = [
            PatientPoint(rows[0].x, rows[1].x, rows[2].x), PatientPoint(rows[0].y, rows[1].y, rows[2].y),
            PatientPoint(rows[0].z, rows[1].z, rows[2].z),
        ]
        result.rows = turn.rows.map { row in
            PatientPoint(row.dot(columns[0]), row.dot(columns[1]), row.dot(columns[2]))
        }
        result.translation = translation + shift
        return result
    }

    /// Rodrigues' formula.
    private static func matrix(_ rotation: PatientPoint) -> [PatientPoint] {
        let angle = rotation.length
        guard angle > 0 else { return [PatientPoint(1, 0, 0), PatientPoint(0, 1, 0), PatientPoint(0, 0, 1)] }
        let axis = rotation * (1 / angle)
        let (s, c) = (sin(angle), cos(angle))
        return [
            PatientPoint(
                c + axis.x * axis.x * (1 - c), axis.x * axis.y * (1 - c) - axis.z * s,
                axis.x * axis.z * (1 - c) + axis.y * s),
            PatientPoint(
                axis.y * axis.x * (1 - c) + axis.z * s, c + axis.y * axis.y * (1 - c),
                axis.y * axis.z * (1 - c) - axis.x * s),
            PatientPoint(
                axis.z * axis.x * (1 - c) - axis.y * s, axis.z * axis.y * (1 - c) + axis.x * s,
                c + axis.z * axis.z * (1 - c)),
        ]
    }
}
