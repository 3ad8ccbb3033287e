import Classification
import DICOM
import Imaging
import Staging

/// How a study differs from an earlier one of the same patient: both read by the same program and model, or, where no images
/// of the earlier one are at hand, from what its report states.
public struct StudyComparison: Sendable {
    /// The earlier study.
    public let earlierStudyInstanceUID: UID
    /// Its Study Date, as written; empty where absent.
    public let earlierStudyDate: String
    /// Its tracer.
    public let earlierTracer: Tracer
    /// The PET and CT instances of the earlier study that were read.
    public let earlierInputs: [ImageSeries]
    /// The report whose figures stand for the earlier study; nil where its images were read.
    public let earlierReport: EarlierReport?
    /// How many lesions the earlier study has.
    public let earlierLesionCount: Int
    /// The change in the volume of all lesions: PSMA-TV, or MTV for FDG.
    public let volume: VolumeChange
    /// How the scans lie to each other; nil where they could not be laid over each other.
    public let registration: Registration?
    /// What became of each lesion; empty without registration.
    public let changes: [LesionChange]
    /// The earlier foci of which `changes` speaks, in descending order of SUVmax.
    public let earlierFoci: [ClassifiedFocus]
    /// The response; nil for FDG, where it cannot be told, and where there was no lesion either time.
    public let recip: RECIP?
    /// What the response can be by the figures of a report, which do not tell whether a lesion is new: one where that makes
    /// no difference. Empty where images were compared.
    public let possibleRECIP: [RECIP]

    /// Gathers a comparison.
    public init(
        earlierStudyInstanceUID: UID, earlierStudyDate: String, earlierTracer: Tracer,
        earlierInputs: [ImageSeries] = [], earlierReport: EarlierReport? = nil, earlierLesionCount: Int,
        volume: VolumeChange, registration: Registration?, changes: [LesionChange], earlierFoci: [ClassifiedFocus],
        recip: RECIP?, possibleRECIP: [RECIP] = []
    ) {
        self.earlierStudyInstanceUID = earlierStudyInstanceUID
        self.earlierStudyDate = earlierStudyDate
        self.earlierTracer = earlierTracer
        self.earlierInputs = earlierInputs
        self.earlierReport = earlierReport
        self.earlierLesionCount = earlierLesionCount
        self.volume = volume
        self.registration = registration
        self.changes = changes
        self.earlierFoci = earlierFoci
        self.recip = recip
        self.possibleRECIP = possibleRECIP
    }

    /// How many lesions met a fate.
    public func count(_ fate: LesionChange.Fate) -> Int { changes.count { $0.fate == fate } }
}
