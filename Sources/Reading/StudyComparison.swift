import Classification
import DICOM
import Imaging
import Staging

/// How a study differs from an earlier one of the same patient, both read by the same program and model.
public struct StudyComparison: Sendable {
    /// The earlier study.
    public let earlierStudyInstanceUID: UID
    /// Its Study Date, as written; empty where absent.
    public let earlierStudyDate: String
    /// Its tracer.
    public let earlierTracer: Tracer
    /// The PET and CT instances of the earlier study that were read.
    public let earlierInputs: [ImageSeries]
    /// The change in the volume of all lesions: PSMA-TV, or MTV for FDG.
    public let volume: VolumeChange
    /// How the scans lie to each other; nil where they could not be laid over each other.
    public let registration: Registration?
    /// What became of each lesion; empty without registration.
    public let changes: [LesionChange]
    /// The earlier foci of which `changes` speaks, in descending order of SUVmax.
    public let earlierFoci: [ClassifiedFocus]
    /// The response; nil for FDG, without registration, and where there was no lesion either time.
    public let recip: RECIP?

    /// Gathers a comparison.
    public init(
        earlierStudyInstanceUID: UID, earlierStudyDate: String, earlierTracer: Tracer,
        earlierInputs: [ImageSeries] = [],
        volume: VolumeChange, registration: Registration?, changes: [LesionChange], earlierFoci: [ClassifiedFocus],
        recip: RECIP?
    ) {
        self.earlierStudyInstanceUID = earlierStudyInstanceUID
        self.earlierStudyDate = earlierStudyDate
        self.earlierTracer = earlierTracer
        self.earlierInputs = earlierInputs
        self.volume = volume
        self.registration = registration
        self.changes = changes
        self.earlierFoci = earlierFoci
        self.recip = recip
    }

    /// How many lesions met a fate.
    public func count(_ fate: LesionChange.Fate) -> Int { changes.count { $0.fate == fate } }
}
