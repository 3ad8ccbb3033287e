import Foundation
import Imaging

/// How a patch lies on the scan: straight, or turned, stretched, moved and mirrored, as in training.
public struct PatchGeometry: Sendable, Equatable {
    /// Turn about the patient's long axis, radians.
    public var turn = 0.0
    /// Turn about the axis from side to side, radians.
    public var nod = 0.0
    /// Size of what is seen over its true size.
    public var scale = 1.0
    /// By how much the middle is moved, mm.
    public var shift = PatientPoint.zero
    /// By how much the CT lies elsewhere than the PET, mm.
    public var offsetOfCT = PatientPoint.zero
    /// Whether left and right are exchanged.
    public var isMirrored = false

    /// Straight.
    public init() {}

    /// The three axes of the patch in the patient, each as long as a voxel of the given size.
    func axes(_ spacing: Double) -> (x: PatientPoint, y: PatientPoint, z: PatientPoint) {
        let length = spacing / scale
        let (c, s) = (cos(turn), sin(turn))
        let (d, t) = (cos(nod), sin(nod))
        let x = PatientPoint(c, s, 0) * (isMirrored ? -length : length)
        let y = PatientPoint(-s * d, c * d, t) * length
        let z = PatientPoint(s * t, -c * t, d) * length
        return (x, y, z)
    }
}
