import Anatomy
import Classification
import DICOM
import Detection
import Foundation
import Imaging
import Staging

/// `reading.json`: the reading as a document that other programs parse (schema `reading/1`).
public struct ReadingDocument: Sendable, Codable {
    /// Always `reading/1`.
    public let schema: String
    /// The study; nil where files held none.
    public let studyInstanceUID: UID?
    /// The PET series that was read; nil where the study was declined.
    public let petSeriesInstanceUID: UID?
    /// The CT series that was read.
    public let ctSeriesInstanceUID: UID?
    /// The tracer.
    public let tracer: String?
    /// The model.
    public let model: ModelIdentity?
    /// How SUVbw was computed.
    public let suv: SUV?
    /// Reference uptake.
    public let reference: Reference?
    /// Every candidate focus.
    public let foci: [Focus]
    /// The stage; nil for FDG and where declined.
    public let stage: MiTNM?
    /// Plain sentences.
    public let warnings: [String]
    /// Why the study was not read; nil where it was.
    public let declined: Refusal?

    /// How SUVbw was computed.
    public struct SUV: Sendable, Codable {
        /// SUVbw per rescaled value; nil where it differs between slices.
        public let factor: Double?
        /// DT value of the decay reference; nil where it differs between slices or none is needed.
        public let referenceTime: String?
        /// How that is known.
        public let referenceTimeSource: SUVConversion.ReferenceTimeSource
    }

    /// Reference uptake by organ; nil where not found.
    public struct Reference: Sendable, Codable {
        /// Blood pool.
        public let bloodPool: ReferenceUptake.Region?
        /// Liver.
        public let liver: ReferenceUptake.Region?
        /// Parotid.
        public let parotid: ReferenceUptake.Region?
        /// Spleen.
        public let spleen: ReferenceUptake.Region?
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
        public let expression: Int?
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
        stage = reading.stage
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
        warnings = []
        self.declined = declined
    }

    /// The JSON text: keys sorted, absent values written as null.
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
    }
}
