import DICOM
import Foundation

/// One piece of work that outlives the process.
public struct Job: Sendable, Equatable, Codable, Identifiable {
    /// What is to be done.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Freeze a study's instances as a revision, once it is complete.
        case close
        /// Read a revision.
        case read
        /// Send one result to one destination.
        case deliver
        /// Report to a peer on the storage commitment that it asked for.
        case commit
        /// Fetch from a source what a study lacks; `FetchOrder` says what.
        case fetch
    }

    /// The row.
    public let id: Int64
    /// What is to be done.
    public let kind: Kind
    /// How far it is.
    public let progress: JobProgress
    /// The study it is about; nil for `commit`, which may be about several.
    public let studyInstanceUID: UID?
    /// The revision to read, or whose result to deliver; nil for others.
    public let revision: Int?
    /// The result to deliver.
    public let resultID: Int64?
    /// The request to report on, of a `commit`.
    public let commitmentID: Int64?
    /// Where to: the name of a destination, or the AE title of who asked for a commitment. For `fetch`, the name of the
    /// source.
    public let destination: String?
    /// Whatever the node noted with it, as JSON text.
    public let detail: String?
    /// When it was first enqueued. For `close`: when the first instance since the last revision came.
    public let createdAt: Date
}
