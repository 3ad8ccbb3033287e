import Classification
import DICOM
import Detection
import Imaging
import Staging

/// The conclusion about one study; a report is its encoding.
public struct StudyReading: Sendable {
    /// The attenuation-corrected PET that was read; focus voxels refer to its grid.
    public let pet: ImageSeries
    /// The CT that was read with it, on its own grid; nil where there was none.
    public let ct: ImageSeries?
    /// The tracer.
    public let tracer: Tracer
    /// Which model judged the foci.
    public let model: ModelIdentity
    /// How stored values became SUVbw.
    public let suv: SUVConversion
    /// The patient's reference uptake.
    public let reference: ReferenceUptake
    /// Every candidate focus with its judgement, in descending order of SUVmax.
    public let foci: [ReadFocus]
    /// The miTNM stage; nil for FDG.
    public let stage: MiTNM?
    /// The rules by which it was staged.
    public let stagingRules: StagingRules
    /// What a reader of the report must know, in plain sentences.
    public let warnings: [String]
    /// How the study differs from an earlier one; nil where it was compared with none.
    public let comparison: StudyComparison?
    /// The settings by which foci were found and outlined, one sentence each, for the algorithm parameters of a report.
    public let detectionParameters: [String]

    /// Gathers a reading.
    public init(
        pet: ImageSeries, ct: ImageSeries?, tracer: Tracer, model: ModelIdentity, suv: SUVConversion,
        reference: ReferenceUptake, foci: [ReadFocus], stage: MiTNM?, stagingRules: StagingRules = StagingRules(),
        warnings: [String], comparison: StudyComparison? = nil, detectionParameters: [String] = []
    ) {
        self.pet = pet
        self.ct = ct
        self.tracer = tracer
        self.model = model
        self.suv = suv
        self.reference = reference
        self.foci = foci
        self.stage = stage
        self.stagingRules = stagingRules
        self.warnings = warnings
        self.comparison = comparison
        self.detectionParameters = detectionParameters
    }

    /// The suspicious foci: the lesions, in descending order of SUVmax.
    public var lesions: [ReadFocus] { foci.filter(\.verdict.suspicious) }
}

/// A focus as it stands in the reading.
public struct ReadFocus: Sendable, Equatable {
    /// The focus with its judgement.
    public let classified: ClassifiedFocus
    /// PSMA expression score; nil for FDG and where a reference organ is missing.
    public let expression: ExpressionScore?
    /// Whether the score could be higher, as the parotid was not found.
    public let expressionIsLowerBound: Bool

    /// Makes a focus of the reading.
    public init(classified: ClassifiedFocus, expression: ExpressionScore?, expressionIsLowerBound: Bool = false) {
        self.classified = classified
        self.expression = expression
        self.expressionIsLowerBound = expressionIsLowerBound
    }

    /// The focus as detected.
    public var focus: CandidateFocus { classified.focus }
    /// The judgement.
    public var verdict: Verdict { classified.verdict }
}
