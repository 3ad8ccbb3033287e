/// Why a study or a series cannot be read: a result with a reason, not a failure of the program.
public struct Refusal: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    /// The kinds of refusal; the raw values are stable, for scripts and for the store.
    public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
        // The study
        case noPET = "no-pet"
        case severalStudies = "several-studies"
        case unknownTracer = "unknown-tracer"
        case mixedPatients = "mixed-patients"
        // What a series is
        case notAnImage = "not-an-image"
        case notAPET = "not-a-pet"
        case notACT = "not-a-ct"
        case multiFrame = "multi-frame"
        case dynamic = "dynamic"
        case gated = "gated"
        case derived = "derived"
        case localizer = "localizer"
        case otherFrameOfReference = "other-frame-of-reference"
        case noCoverage = "no-coverage"
        case superseded = "superseded"
        case notComparable = "not-comparable"
        // Geometry
        case mixedSeries = "mixed-series"
        case noGeometry = "no-geometry"
        case mixedFrameOfReference = "mixed-frame-of-reference"
        case mixedOrientation = "mixed-orientation"
        case notTransverse = "not-transverse"
        case mixedMatrix = "mixed-matrix"
        case mixedSpacing = "mixed-spacing"
        case conflictingSlices = "conflicting-slices"
        case gap = "gap"
        case incomplete = "incomplete"
        // Stored values
        case unsupportedPixels = "unsupported-pixels"
        case noRescale = "no-rescale"
        case unreadable = "unreadable"
        // SUV
        case notAttenuationCorrected = "not-attenuation-corrected"
        case decayCorrection = "decay-correction"
        case rescaleIntercept = "rescale-intercept"
        case units = "units"
        case suvType = "suv-type"
        case mixedInputs = "mixed-inputs"
        case noWeight = "no-weight"
        case noSize = "no-size"
        case noSex = "no-sex"
        case noDose = "no-dose"
        case noInjectionTime = "no-injection-time"
        case noReferenceTime = "no-reference-time"
        case uptakeTime = "uptake-time"
        case noHalfLife = "no-half-life"
        case halfLife = "half-life"
        case notAPositronEmitter = "not-a-positron-emitter"
        // Structure sets
        case notAStructureSet = "not-a-structure-set"
    }

    /// What kind of refusal.
    public let code: Code
    /// The reason in one sentence, with the values met and what would help.
    public let reason: String

    /// Refuses.
    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    /// The reason, with the code behind it.
    public var description: String { "\(reason) [\(code.rawValue)]" }

    static let multiFrameImages = Refusal(
        .multiFrame,
        "The series is stored as multi-frame images, which are not read: send it as single-frame PET or CT Image "
            + "Storage.")
}
