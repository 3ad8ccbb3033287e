import DICOM

/// How a series' stored values became SUVbw, with every input kept for the report.
public struct SUVConversion: Sendable, Equatable {
    /// Which moment the stored activity is decay-corrected to, and how that is known.
    public enum ReferenceTimeSource: String, Sendable, Codable {
        /// Series Date and Time: not after any slice's acquisition (DecayCorrection START).
        case seriesTime = "series-time"
        /// GE's private scan date and time (0009,100D).
        case gePrivate = "ge-private"
        /// Computed per slice from Acquisition Time, Frame Reference Time and Actual Frame Duration.
        case frameReferenceTime = "frame-reference-time"
        /// The earliest Acquisition Date and Time of the series, where Frame Reference Time says nothing.
        case earliestAcquisition = "earliest-acquisition"
        /// The administration (DecayCorrection ADMIN): the dose does not decay.
        case administration = "administration"
        /// Each slice's own acquisition (DecayCorrection NONE).
        case acquisition = "acquisition"
        /// None needed: the stored values are SUV already, or carry the vendor's SUV factor.
        case notNeeded = "not-needed"
    }

    /// SUVbw per unit of rescaled value, of every slice; the rescale slope is not in it.
    public let sliceFactors: [Double]
    /// The moment of the decay correction; nil where it differs between slices or is not needed.
    public let referenceTime: DateTime?
    /// How that moment is known.
    public let referenceTimeSource: ReferenceTimeSource
    /// What went into the factor, by DICOM keyword, as text with units; for the report.
    public let inputs: [(name: String, value: String)]
    /// What a reader of the values must know, in plain sentences.
    public let warnings: [String]

    /// Makes a conversion.
    public init(
        sliceFactors: [Double], referenceTime: DateTime?, referenceTimeSource: ReferenceTimeSource,
        inputs: [(name: String, value: String)], warnings: [String] = []
    ) {
        self.sliceFactors = sliceFactors
        self.referenceTime = referenceTime
        self.referenceTimeSource = referenceTimeSource
        self.inputs = inputs
        self.warnings = warnings
    }

    /// The factor where all slices share one; nil where they do not.
    public var factor: Double? {
        guard let first = sliceFactors.first, sliceFactors.allSatisfy({ abs($0 - first) <= 1e-9 * abs(first) }) else {
            return nil
        }
        return first
    }

    /// Equal in every figure, input and warning.
    public static func == (left: SUVConversion, right: SUVConversion) -> Bool {
        left.sliceFactors == right.sliceFactors && left.referenceTime == right.referenceTime
            && left.referenceTimeSource == right.referenceTimeSource
            && left.inputs.elementsEqual(right.inputs) { $0 == $1 } && left.warnings == right.warnings
    }
}
