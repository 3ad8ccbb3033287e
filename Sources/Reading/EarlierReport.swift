import DICOM
import Imaging

/// What a report of ours states of an earlier study, to compare with where the images of that study are not at hand.
public struct EarlierReport: Sendable, Equatable {
    /// The study that was read.
    public let studyInstanceUID: UID
    /// The series of the report.
    public let seriesInstanceUID: UID
    /// The class of the report.
    public let sopClassUID: UID
    /// The report.
    public let sopInstanceUID: UID
    /// Whose it is, as far as it says.
    public let patient: StudyContent.PatientIdentity
    /// Study Date as written; empty where absent.
    public let studyDate: String
    /// Study Time as written; empty where absent.
    public let studyTime: String
    /// The tracer that was read.
    public let tracer: Tracer
    /// How many lesions were found.
    public let lesionCount: Int
    /// The volume of all lesions, in millilitres: PSMA-TV, or MTV for FDG.
    public let lesionVolumeMl: Double
    /// Which software and model read the study, in words.
    public let reader: String

    /// Gathers what a report states.
    public init(
        studyInstanceUID: UID, seriesInstanceUID: UID, sopClassUID: UID, sopInstanceUID: UID,
        patient: StudyContent.PatientIdentity, studyDate: String, studyTime: String, tracer: Tracer, lesionCount: Int,
        lesionVolumeMl: Double, reader: String
    ) {
        (self.studyInstanceUID, self.seriesInstanceUID) = (studyInstanceUID, seriesInstanceUID)
        (self.sopClassUID, self.sopInstanceUID) = (sopClassUID, sopInstanceUID)
        (self.patient, self.studyDate, self.studyTime) = (patient, studyDate, studyTime)
        (self.tracer, self.lesionCount, self.lesionVolumeMl) = (tracer, lesionCount, lesionVolumeMl)
        self.reader = reader
    }
}
