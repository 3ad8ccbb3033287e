/// How a focus is looked at: as it is, or changed as in training.
public struct Viewing: Sendable, Equatable {
    /// How the patches lie.
    public var geometry = PatchGeometry()
    /// What the scanner shows for a true SUV of 1, beside what it does already.
    public var calibration: Float = 1
    /// Reference uptake as measured over the true one.
    public var referenceError: Float = 1
    /// Standard deviation of noise on the PET, in steps of `ByteScale.uptake` (2 % of SUV + 0.25).
    public var noise: Float = 0
    /// Seed of the noise.
    public var seed: UInt64 = 0
    /// Whether the CT is left out.
    public var hidesCT = false
    /// The code of the tracer (`TracerCodes`) where not its own.
    public var tracerCode: Int?

    /// As it is.
    public init() {}
}
