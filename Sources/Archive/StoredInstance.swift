import DICOM
import Foundation

/// An instance in the archive, with the attributes of its index.
public struct StoredInstance: Sendable, Equatable, Codable {
    /// Where it lies.
    public let path: String
    /// SHA-256 of its data set.
    public let digest: String
    /// Bytes of the file.
    public let size: Int
    /// When it came.
    public let receivedAt: Date
    /// The calling AE title it came from.
    public let sourceAETitle: String
    /// SOP Instance UID.
    public let sopInstanceUID: UID
    /// SOP Class UID.
    public let sopClassUID: UID
    /// Transfer Syntax UID of the file.
    public let transferSyntaxUID: UID
    /// Series Instance UID.
    public let seriesInstanceUID: UID
    /// Modality of its series.
    public let modality: String
    /// Series Description.
    public let seriesDescription: String
    /// Instance Number.
    public let instanceNumber: Int?
    /// Acquisition Number.
    public let acquisitionNumber: Int?
    /// The values of Image Type.
    public let imageType: [String]
    /// Number of Frames.
    public let numberOfFrames: Int?
    /// Rows.
    public let rows: Int?
    /// Columns.
    public let columns: Int?
    /// Image Position (Patient): three numbers, millimetres in LPS; empty where absent.
    public let imagePositionPatient: [Double]
    /// Image Orientation (Patient): six direction cosines; empty where absent.
    public let imageOrientationPatient: [Double]
    /// Frame of Reference UID.
    public let frameOfReferenceUID: UID?
    /// Images in Acquisition.
    public let imagesInAcquisition: Int?
    /// Number of Slices, of a PET series.
    public let numberOfSlices: Int?
    /// Number of Time Slices, of a dynamic PET series.
    public let numberOfTimeSlices: Int?
    /// The values of Series Type, of a PET series.
    public let seriesType: [String]
}

/// How far a study is, as `study_status` in the index derives it from the jobs.
public enum StudyStatus: String, Sendable, Codable, CaseIterable {
    /// Instances come in, or the quiet period runs.
    case receiving
    /// Something is missing; the reason says what. It waits for it, or has given up.
    case incomplete
    /// Closed and not to be read, with a reason: no rule wants it.
    case kept
    /// It waits to be read.
    case queued
    /// It is being read.
    case reading
    /// Reading failed at its last attempt.
    case failed
    /// It was judged not to be read, with a reason.
    case declined
    /// Results are on their way.
    case delivering
    /// A delivery failed at its last attempt.
    case undelivered
    /// Read, and delivered to every destination.
    case done
    /// Its reading was cancelled.
    case cancelled
}

/// A study as operators see it.
public struct StudySummary: Sendable, Equatable, Codable {
    /// Study Instance UID.
    public let studyInstanceUID: UID
    /// Patient ID.
    public let patientID: String
    /// Patient's Name.
    public let patientName: String
    /// Study Date, as written.
    public let studyDate: String
    /// Study Description.
    public let studyDescription: String
    /// Accession Number.
    public let accessionNumber: String
    /// The modalities of its series, in order.
    public let modalities: [String]
    /// How many series.
    public let seriesCount: Int
    /// How many instances.
    public let instanceCount: Int
    /// When its last instance came.
    public let lastReceivedAt: Date
    /// The last revision; nil before the first closing.
    public let revision: Int?
    /// The signal that closed it.
    public let closingSignal: String?
    /// How far it is.
    public let status: StudyStatus
    /// Why it is incomplete, failed, declined or cancelled.
    public let reason: String?
}

/// How much there is.
public struct ArchiveCounts: Sendable, Equatable, Codable {
    /// Patients.
    public let patients: Int
    /// Studies.
    public let studies: Int
    /// Series.
    public let series: Int
    /// Instances.
    public let instances: Int
    /// Bytes of all instances.
    public let instanceBytes: Int
    /// Results.
    public let results: Int
    /// Files in quarantine.
    public let quarantined: Int
    /// Jobs by kind and state; what is none is left out.
    public let jobs: [String: [String: Int]]
}
