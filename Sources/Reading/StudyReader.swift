import Classification
import DICOM
import Detection
import Imaging
import Staging

/// The order of the science: one way from a study's images to its reading, shared by the node, the command line and the
/// laboratory.
public struct StudyReader: Sendable {
    /// Finds the foci.
    public var detection = FocusDetection()
    /// Judges them.
    public var classifier: any FocusClassifier
    /// Stages them.
    public var staging = StagingRules()
    /// Lays an earlier scan over this one.
    public var registration = RigidRegistration()
    /// Finds which lesions of two scans are the same.
    public var matching = LesionMatching()
    /// The tracer to assume where a study's headers do not tell; nil to decline such studies.
    public var assumedTracer: Tracer?

    /// A reader with a classifier and the published settings.
    public init(classifier: any FocusClassifier) { self.classifier = classifier }

    /// A part of the work, for progress.
    public enum Step: String, Sendable, CaseIterable {
        case assemble = "assembling PET and CT"
        case detect = "finding elevated uptake"
        case classify = "judging foci"
        case stage = "staging"
        case compare = "comparing with the earlier study"
    }

    /// A reading and the scan its foci refer to.
    public struct Result: Sendable {
        /// The conclusion.
        public let reading: StudyReading
        /// PET and CT on the grid on which the foci's voxels lie.
        public let scan: ScanVolumes
        /// The PET in SUVbw.
        public var pet: Volume<SUVbw> { scan.pet }
    }

    /// Reads a study.
    /// - Parameter progress: told each step as it begins.
    /// - Throws: a `Refusal` with its reason where the study cannot be read.
    public func read(
        _ study: StudyContent, progress: (Step) -> Void = { _ in }
    ) throws(Refusal) -> Result {
        progress(.assemble)
        let images = try StudyImages(study)
        let (tracer, tracerWarnings) = try tracer(of: images)
        let scan = ScanVolumes(pet: images.petVolume, ct: images.ctOnPET, tracer: tracer)

        progress(.detect)
        let uptake = detection.detect(in: scan)
        progress(.classify)
        let foci = classifier.classify(uptake, in: scan)
        progress(.stage)
        let staged = staging.stage(foci, tracer: tracer)
        let readFoci = foci.map { focus in
            let assessment = ExpressionScore.assess(focus.focus, reference: uptake.reference, tracer: tracer)
            return ReadFocus(
                classified: focus, expression: assessment?.score,
                expressionIsLowerBound: assessment?.isLowerBound ?? false)
        }
        let reading = StudyReading(
            pet: images.pet, ct: images.ct, tracer: tracer, model: classifier.identity,
            suv: images.suv, reference: uptake.reference, foci: readFoci, stage: staged?.stage,
            stagingRules: staging,
            warnings: images.warnings + tracerWarnings + warnings(on: uptake, images: images)
                + (staged.map { coverageNotes(on: uptake) + $0.notes + notes(onTotalsOf: foci, $0.stage) } ?? []),
            detectionParameters: detection.parameters(of: uptake))
        return Result(reading: reading, scan: scan)
    }

    private func tracer(of images: StudyImages) throws(Refusal) -> (Tracer, [String]) {
        if let tracer = images.tracer.tracer { return (tracer, []) }
        if let assumedTracer {
            return (
                assumedTracer,
                ["\(assumedTracer.rawValue) is assumed by configuration: \(images.tracer.explanation)"]
            )
        }
        throw Refusal(
            .unknownTracer,
            "The tracer is unknown: \(images.tracer.explanation) Name it with --tracer, or configure a default.")
    }

    /// What a reader of the report must know of the images and the reference organs.
    private func warnings(on uptake: DetectedUptake, images: StudyImages) -> [String] {
        var warnings: [String] = []
        if images.ct == nil {
            warnings.append("Read without CT: location and suspicion rest on the PET alone.")
        }
        let reference = uptake.reference
        if reference.bloodPool == nil { warnings.append("The blood pool was not found in view.") }
        if reference.liver == nil { warnings.append("The liver was not found in view.") }
        if uptake.droppedCount > 0 {
            warnings.append(
                "\(uptake.foci.count + uptake.droppedCount) foci of elevated uptake were found; the "
                    + "\(uptake.droppedCount) least conspicuous are left out.")
        }
        return warnings
    }

    /// From the base of the skull to the thighs, in the smallest patients.
    private static let shortestTrunkMm = 700.0

    /// A stage is of what was scanned, and must not look like one of the whole body.
    private func coverageNotes(on uptake: DetectedUptake) -> [String] {
        let height = uptake.landmarks.top - uptake.landmarks.bottom
        guard height < Self.shortestTrunkMm else { return [] }
        return ["Only \(Int((height / 10).rounded())) cm of the body are in view: the stage says nothing of the rest."]
    }

    /// Totals are of all lesions, the stage is not.
    private func notes(onTotalsOf foci: [ClassifiedFocus], _ stage: MiTNM) -> [String] {
        let unstaged = foci.filter { focus in
            guard focus.verdict.suspicious else { return false }
            switch StagingSite.of(focus.verdict.location).role {
            case .notStaged: return true
            case .adjacentOrgan: return stage.miT == .miT0
            default: return false
            }
        }
        guard !unstaged.isEmpty else { return [] }
        let volume = String(format: "%.1f ml", unstaged.reduce(0) { $0 + $1.focus.volumeMl })
        let names = unstaged.map { "focus \($0.id)" }.joined(separator: ", ")
        return ["The totals, and the response judged by them, count \(volume) that are not staged: \(names)."]
    }
}
