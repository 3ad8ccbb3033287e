import DICOM
import Foundation

/// A study's instances as they were when it was closed; the set never changes.
public struct StudyRevision: Sendable, Equatable, Codable {
    /// The study.
    public let studyInstanceUID: UID
    /// 1 for the first.
    public let number: Int
    /// When it was closed.
    public let closedAt: Date
    /// The signal that closed it, as the node named it.
    public let closingSignal: String
    /// What it was closed without, in words; nil where nothing is known to be missing.
    public let closingNote: String?
    /// What was decided of it; nil where a version wrote it that had no rules: then the configuration decides.
    public let plan: ReadingPlan?
    /// How many instances it has.
    public let instanceCount: Int

    /// Makes one.
    public init(
        studyInstanceUID: UID, number: Int, closedAt: Date, closingSignal: String, closingNote: String? = nil,
        plan: ReadingPlan? = nil, instanceCount: Int
    ) {
        (self.studyInstanceUID, self.number, self.closedAt) = (studyInstanceUID, number, closedAt)
        (self.closingSignal, self.closingNote, self.plan) = (closingSignal, closingNote, plan)
        self.instanceCount = instanceCount
    }
}

/// What came of closing a study.
public enum CloseOutcome: Sendable, Equatable {
    /// There is a new revision. It waits to be read, unless its plan is to keep it.
    case revision(StudyRevision)
    /// Instances came after the job was claimed, so what was found complete is no longer what is there; a later `close`
    /// job decides.
    case superseded
    /// The last revision has these instances already.
    case unchanged
}

/// An object or file that a reading made, in `incoming/`.
public struct IncomingResult: Sendable {
    /// What it is, such as `report`, `structures`, `segmentation`, `summary`, `reading`.
    public let kind: String
    /// The file; the archive takes it over.
    public let path: String
    /// Its SOP Class and Instance UID; nil for what is no DICOM object, and is kept but delivered to no one.
    public let object: (sopClassUID: UID, sopInstanceUID: UID)?
    /// `dcm`, `json`, `png`…
    public let fileExtension: String

    /// A DICOM object, to be delivered.
    public init(kind: String, path: String, sopClassUID: UID, sopInstanceUID: UID) {
        (self.kind, self.path, fileExtension) = (kind, path, "dcm")
        object = (sopClassUID, sopInstanceUID)
    }

    /// Any other file.
    /// - Precondition: the extension is one to eight lower-case letters or digits.
    public init(kind: String, path: String, fileExtension: String) {
        precondition((1...8).contains(fileExtension.utf8.count))
        precondition(fileExtension.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) })
        (self.kind, self.path, self.fileExtension, object) = (kind, path, fileExtension, nil)
    }
}

/// A result in the archive.
public struct StoredResult: Sendable, Equatable, Codable, Identifiable {
    /// The row, as in `Job.resultID`.
    public let id: Int64
    /// What it is.
    public let kind: String
    /// The study it was found in.
    public let studyInstanceUID: UID
    /// The revision that was read.
    public let revision: Int
    /// SOP Class UID of a DICOM object.
    public let sopClassUID: UID?
    /// SOP Instance UID of a DICOM object.
    public let sopInstanceUID: UID?
    /// Where it lies.
    public let path: String
    /// SHA-256 of the file.
    public let digest: String
    /// Bytes.
    public let size: Int
    /// When it was committed.
    public let createdAt: Date
    /// The destinations that have it.
    public let deliveredTo: [String]
    /// Whether a rejection note of our own has taken it back.
    public let isWithdrawn: Bool
}

/// What came of a reading.
public enum CommitOutcome: Sendable, Equatable {
    /// The results are kept and wait for delivery.
    case committed
    /// A later revision was closed during the reading: its reading counts, and nothing of this one was kept.
    case superseded
    /// What the study was compared with was rejected or got more images during the reading: nothing of it was kept, and it is
    /// read again.
    case outdated
}
