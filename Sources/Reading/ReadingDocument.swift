import Anatomy
import Classification
import DICOM
import Detection
import Foundation
import Imaging
import Staging

/// `reading.json`: the reading as a document that other programs parse (schema `reading/1`). Every key is always there.
public struct ReadingDocument: Sendable, Codable {
    /// Always `reading/1`.
    public let schema: String
    /// The study; nil where files held none.
    @Nullable public private(set) var studyInstanceUID: UID?
    /// The PET series that was read; nil where the study was declined.
    @Nullable public private(set) var petSeriesInstanceUID: UID?
    /// The CT series that was read.
    @Nullable public private(set) var ctSeriesInstanceUID: UID?
    /// The tracer.
    @Nullable public private(set) var tracer: String?
    /// The model.
    @Nullable public private(set) var model: ModelIdentity?
    /// How SUVbw was computed.
    @Nullable public private(set) var suv: SUV?
    /// Reference uptake.
    @Nullable public private(set) var reference: Reference?
    /// Every candidate focus.
    public let foci: [Focus]
    /// The stage; nil for FDG and where declined.
    @Nullable public private(set) var stage: Stage?
    /// How the study differs from an earlier one; nil where it was compared with none.
    @Nullable public private(set) var comparison: Comparison?
    /// Plain sentences.
    public let warnings: [String]
    /// Why the study was not read; nil where it was.
    @Nullable public private(set) var declined: Refusal?

    /// How SUVbw was computed.
    public struct SUV: Sendable, Codable {
        /// SUVbw per rescaled value; nil where it differs between slices.
        @Nullable public private(set) var factor: Double?
        /// DT value of the decay reference; nil where it differs between slices or none is needed.
        @Nullable public private(set) var referenceTime: String?
        /// How that is known.
        public let referenceTimeSource: SUVConversion.ReferenceTimeSource
    }

    /// Reference uptake by organ; nil where not found.
    public struct Reference: Sendable, Codable {
        /// Blood pool.
        @Nullable public private(set) var bloodPool: ReferenceUptake.Region?
        /// Liver.
        @Nullable public private(set) var liver: ReferenceUptake.Region?
        /// Parotid.
        @Nullable public private(set) var parotid: ReferenceUptake.Region?
        /// Spleen.
        @Nullable public private(set) var spleen: ReferenceUptake.Region?
    }

    /// One candidate focus.
    public struct Focus: Sendable, Codable {
        /// Number in descending order of SUVmax.
        public let id: Int
        /// Probability that it is malignant.
        public let suspiciousProbability: Double
        /// Whether it is taken for a lesion.
        public let suspicious: Bool
        /// Where it lies.
        public let location: Location
        /// LPS millimetres.
        public let centroid: [Double]
        /// SUVbw.
        public let suvMax: Double
        /// SUVbw.
        public let suvMean: Double
        /// SUVbw.
        public let suvPeak: Double
        /// Millilitres.
        public let volumeMl: Double
        /// Grams.
        public let totalUptake: Double
        /// PSMA expression score.
        @Nullable public private(set) var expression: Int?
        /// Whether the score could be higher, as the parotid was not found.
        public let expressionIsLowerBound: Bool
    }

    /// The stage by PROMISE.
    public struct Stage: Sendable, Codable {
        /// The edition whose rules gave `miT`, `miN` and `miM`.
        public let edition: MiTNM.Edition
        /// Local tumour.
        public let miT: MiTNM.T
        /// Pelvic nodes by V2.
        public let miN: MiTNM.N
        /// Pelvic nodes by V1.
        public let miNV1: MiTNM.NV1
        /// The highest category of distant metastases.
        public let miM: MiTNM.M
        /// Every category of distant metastases present, ascending.
        public let miMCategories: [MiTNM.M]
        /// The bone pattern; nil without bone metastases.
        @Nullable public private(set) var miMPattern: MiTNM.BonePattern?

        /// The stage as the rules gave it.
        public var miTNM: MiTNM {
            MiTNM(
                edition: edition, miT: miT, miN: miN, miNV1: miNV1, miMCategories: miMCategories,
                miMPattern: miMPattern)
        }
    }

    /// Where a focus lies.
    public struct Location: Sendable, Codable {
        /// An id of the reading contract.
        public let id: AnatomicalLocation
        /// The side.
        public let laterality: Laterality
        /// Probability of the id.
        public let probability: Double
    }

    /// The document of a reading.
    public init(_ reading: StudyReading) {
        schema = "reading/1"
        studyInstanceUID = reading.pet.studyInstanceUID
        petSeriesInstanceUID = reading.pet.seriesInstanceUID
        ctSeriesInstanceUID = reading.ct?.seriesInstanceUID
        tracer = reading.tracer.rawValue
        model = reading.model
        suv = SUV(
            factor: reading.suv.factor, referenceTime: reading.suv.referenceTime?.description,
            referenceTimeSource: reading.suv.referenceTimeSource)
        let regions = reading.reference
        reference = Reference(
            bloodPool: regions.bloodPool, liver: regions.liver, parotid: regions.parotid, spleen: regions.spleen)
        foci = reading.foci.map(Focus.init)
        stage = reading.stage.map(Stage.init)
        comparison = reading.comparison.map(Comparison.init)
        warnings = reading.warnings
        declined = nil
    }

    /// The document of a study that was declined.
    public init(declined: Refusal, studyInstanceUID: UID?) {
        schema = "reading/1"
        self.studyInstanceUID = studyInstanceUID
        (petSeriesInstanceUID, ctSeriesInstanceUID, tracer, model, suv, reference) = (nil, nil, nil, nil, nil, nil)
        foci = []
        stage = nil
        comparison = nil
        warnings = []
        self.declined = declined
    }

    /// The JSON text: keys sorted, absent values written as null.
    /// - Throws: `EncodingError` where a figure is not finite.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}

extension ReadingDocument.Focus {
    fileprivate init(_ focus: ReadFocus) {
        id = focus.focus.id
        suspiciousProbability = focus.verdict.suspiciousProbability
        suspicious = focus.verdict.suspicious
        location = .init(
            id: focus.verdict.location, laterality: focus.verdict.laterality,
            probability: focus.verdict.locationProbability)
        centroid = focus.focus.centroid.coordinates
        suvMax = focus.focus.suvMax
        suvMean = focus.focus.suvMean
        suvPeak = focus.focus.suvPeak
        volumeMl = focus.focus.volumeMl
        totalUptake = focus.focus.totalUptake
        expression = focus.expression?.rawValue
        expressionIsLowerBound = focus.expressionIsLowerBound
    }
}

extension ReadingDocument.Stage {
    fileprivate init(_ stage: MiTNM) {
        self.init(
            edition: stage.edition, miT: stage.miT, miN: stage.miN, miNV1: stage.miNV1, miM: stage.miM,
            miMCategories: stage.miMCategories, miMPattern: stage.miMPattern)
    }
}
