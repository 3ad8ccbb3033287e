import DICOM
import Foundation

/// What retention counts and removes apart.
public enum RetainedKind: String, Sendable, Codable, CaseIterable {
    /// What was received.
    case inputs
    /// What was found.
    case results
}

/// A file that no row names any more, to be taken from the disk.
public struct DiscardedFile: Sendable, Equatable {
    let kind: RetainedKind
    let digest: String
    let fileExtension: String
}

/// The files of a study that were taken out of the index.
public struct RemovedFiles: Sendable, Equatable {
    /// Whose they were.
    public let studyInstanceUID: UID
    /// What they were.
    public let kind: RetainedKind
    /// Their sizes, in bytes together.
    public let bytes: Int
    /// What is still on the disk, to be handed to `Archive.discard`.
    public let files: [DiscardedFile]
}

/// How much is held.
public struct Holdings: Sendable, Equatable {
    /// Bytes of files, by what they are.
    public var bytes: [RetainedKind: Int]

    /// Takes bytes by kind.
    public init(bytes: [RetainedKind: Int]) { self.bytes = bytes }
}
