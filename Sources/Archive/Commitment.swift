import DICOM
import Foundation

/// A peer's request for storage commitment (PS3.4 annex J), kept until it is reported on.
public struct Commitment: Sendable, Equatable, Identifiable {
    /// The row.
    public let id: Int64
    /// Transaction UID, chosen by the peer.
    public let transactionUID: UID
    /// The calling AE title of the request, which the report goes to.
    public let peerAETitle: String
    /// What it asks about, in its order.
    public let items: [Item]
    /// When the instances were verified; nil before.
    public let verifiedAt: Date?

    /// One instance asked about.
    public struct Item: Sendable, Equatable {
        /// SOP Class UID as the peer has it.
        public let sopClassUID: UID
        /// SOP Instance UID.
        public let sopInstanceUID: UID
        /// Why it is not committed to; nil where it is, and before it was verified.
        public let failure: Failure?

        /// Asks about an instance.
        public init(sopClassUID: UID, sopInstanceUID: UID) {
            self.init(sopClassUID, sopInstanceUID, nil)
        }

        init(_ sopClassUID: UID, _ sopInstanceUID: UID, _ failure: Failure?) {
            (self.sopClassUID, self.sopInstanceUID, self.failure) = (sopClassUID, sopInstanceUID, failure)
        }
    }

    /// Failure Reason (0008,1197), by its code.
    public enum Failure: Int, Sendable {
        /// The file is not what was indexed, or cannot be read.
        case processingFailure = 0x0110
        /// There is no such instance.
        case noSuchInstance = 0x0112
        /// There is, with another SOP class.
        case classInstanceConflict = 0x0119
    }
}
