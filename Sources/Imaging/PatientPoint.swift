/// A point or a vector in the patient coordinate system: millimetres, x to the patient's left, y to the back,
/// z to the head (LPS; PS3.3 section C.7.6.2.1.1).
public struct PatientPoint: Sendable, Hashable, Codable {
    /// Millimetres towards the left.
    public var x: Double
    /// Millimetres towards the back.
    public var y: Double
    /// Millimetres towards the head.
    public var z: Double

    /// Makes a point.
    public init(_ x: Double, _ y: Double, _ z: Double) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// The origin.
    public static let zero = PatientPoint(0, 0, 0)

    /// The three coordinates in order.
    public var coordinates: [Double] { [x, y, z] }

    /// Scalar product.
    public func dot(_ other: PatientPoint) -> Double { x * other.x + y * other.y + z * other.z }

    /// Vector product.
    public func cross(_ other: PatientPoint) -> PatientPoint {
        PatientPoint(y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
    }

    /// Euclidean length.
    public var length: Double { dot(self).squareRoot() }

    /// Distance to another point, in millimetres.
    public func distance(to other: PatientPoint) -> Double { (self - other).length }

    /// The vector of length one in the same direction.
    public var normalized: PatientPoint { self * (1 / length) }

    /// Sum.
    public static func + (a: PatientPoint, b: PatientPoint) -> PatientPoint {
        PatientPoint(a.x + b.x, a.y + b.y, a.z + b.z)
    }
    /// Difference: the vector from `b` to `a`.
    public static func - (a: PatientPoint, b: PatientPoint) -> PatientPoint {
        PatientPoint(a.x - b.x, a.y - b.y, a.z - b.z)
    }
    /// Scaling.
    public static func * (a: PatientPoint, factor: Double) -> PatientPoint {
        PatientPoint(a.x * factor, a.y * factor, a.z * factor)
    }
    /// The opposite vector.
    public static prefix func - (a: PatientPoint) -> PatientPoint { a * -1 }
}
