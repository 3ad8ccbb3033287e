import Classification
import Foundation
import Imaging
import NeuralNetwork

/// How much foci are changed each time they are learnt from, so that a network learns what stays the same.
public struct Augmentation: Sendable, Equatable, Codable {
    /// Part of the foci seen mirrored, their side exchanged.
    public var mirrored = 0.2
    /// Largest turn about either axis, radians.
    public var turn = 0.2
    /// Largest stretch, as a logarithm.
    public var stretch = 0.12
    /// Standard deviation of the shift, mm.
    public var shiftMm = 3.0
    /// Standard deviation of the CT's shift against the PET, mm.
    public var offsetOfCTMm = 4.0
    /// Standard deviation of the calibration, as a logarithm.
    public var calibration = 0.15
    /// Standard deviation of the reference's error, as a logarithm.
    public var referenceError = 0.08
    /// Highest noise added, in steps of `ByteScale.uptake`.
    public var noise: Float = 8
    /// Part of the foci seen without CT.
    public var withoutCT = 0.15
    /// Part of the foci whose tracer is given as one of its class only.
    public var classOfTracer = 0.2

    /// The shipped settings.
    public init() {}

    /// Draws how a focus is looked at.
    func viewing(of tracer: Tracer, _ random: inout SplitMix64) -> Viewing {
        var viewing = Viewing()
        viewing.geometry.isMirrored = random.uniform() < mirrored
        viewing.geometry.turn = (2 * random.uniform() - 1) * turn
        viewing.geometry.nod = (2 * random.uniform() - 1) * turn
        viewing.geometry.scale = exp((2 * random.uniform() - 1) * stretch)
        viewing.geometry.shift = PatientPoint(random.normal(), random.normal(), random.normal()) * shiftMm
        viewing.geometry.offsetOfCT =
            PatientPoint(random.normal(), random.normal(), random.normal()) * offsetOfCTMm
        viewing.calibration = Float(exp(random.normal() * calibration))
        viewing.referenceError = Float(exp(random.normal() * referenceError))
        viewing.noise = noise * Float(random.uniform())
        viewing.seed = random.next()
        viewing.hidesCT = random.uniform() < withoutCT
        if random.uniform() < classOfTracer { viewing.tracerCode = TracerCodes.ofClass(tracer) }
        return viewing
    }
}
