import Anatomy
import Classification
import Detection
import Imaging
import Staging

/// What a model said of a patient beside what is known of him.
public struct PatientResult: Sendable, Equatable, Codable {
    /// A focus.
    public struct Focus: Sendable, Equatable, Codable {
        /// Probability that it is disease.
        public var probability: Double
        /// Where the model places it.
        public var location: AnatomicalLocation
        /// On which side.
        public var laterality: Laterality
        /// Whether the model calls it suspicious.
        public var isSuspicious: Bool
        /// What is known.
        public var label: FocusLabel
        /// SUVbw, highest.
        public var suvMax: Double
        /// Millilitres.
        public var volumeMl: Double
    }

    /// The categories of a stage.
    public struct Stage: Sendable, Equatable, Codable {
        /// miT, miN and miM as spelled in `reading.json`.
        public var miT: String
        /// Pelvic nodes.
        public var miN: String
        /// The highest category of distant metastases.
        public var miM: String
    }

    /// The patient, or his study where he has several.
    public var name: String
    /// Whose study it is (`TrainingPatient.person`).
    public var person: String
    /// The tracer.
    public var tracer: Tracer
    /// The foci in order.
    public var foci: [Focus]
    /// Lesions that can be seen, and how many of them a candidate touches.
    public var truth: TrainingPatient.Truth
    /// The stage from the model's foci; nil where the tracer has none.
    public var stage: Stage?

    /// Judges a patient.
    public init(_ patient: TrainingPatient, by model: NetworkModel, _ viewing: Viewing = Viewing()) {
        let answers = model.answers(for: patient.view, viewing)
        self.init(
            patient,
            verdicts: zip(answers, patient.foci).map { answer, focus in
                model.verdict(answer, offset: focus.centroid.x - patient.midline)
            }, model.description.operatingPoints)
    }

    /// Stages a patient from verdicts on his foci, which are suspicious from operating points on.
    public init(_ patient: TrainingPatient, verdicts: [Verdict], _ points: OperatingPoints) {
        let classified = zip(patient.foci, points.judging(verdicts)).map { ClassifiedFocus(focus: $0, verdict: $1) }
        (name, person) = (patient.name, patient.person)
        tracer = patient.view.tracer
        truth = patient.truth
        foci = zip(classified, patient.labels).map { focus, label in
            Focus(
                probability: focus.verdict.suspiciousProbability, location: focus.verdict.location,
                laterality: focus.verdict.laterality, isSuspicious: focus.verdict.suspicious, label: label,
                suvMax: focus.focus.suvMax,
                volumeMl: focus.focus.volumeMl)
        }
        stage = StagingRules().stage(classified, tracer: tracer).map {
            Stage(miT: $0.stage.miT.rawValue, miN: $0.stage.miN.rawValue, miM: $0.stage.miM.rawValue)
        }
    }
}

extension [PatientResult] {
    /// As `[TrainingPatient].people`.
    public var people: [Int] { map(\.person).numbered }
}
