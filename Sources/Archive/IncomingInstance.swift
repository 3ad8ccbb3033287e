import DICOM

/// An object just received, as a complete file in `incoming/`.
public struct IncomingInstance: Sendable {
    /// The file; the archive takes it over, whatever comes of it.
    public let path: String
    /// Its header.
    public let header: InstanceHeader
    /// The calling AE title.
    public let sourceAETitle: String

    /// SHA-256 of the data set, where whoever received it has computed it already; nil has the archive do it.
    public let digest: SHA256Digest?

    /// Makes one.
    public init(path: String, header: InstanceHeader, sourceAETitle: String, digest: SHA256Digest? = nil) {
        (self.path, self.header, self.sourceAETitle, self.digest) = (path, header, sourceAETitle, digest)
    }
}

/// What became of a received object. Each case is durable when it is returned, so that Success may be answered.
public enum Acceptance: Sendable, Equatable {
    /// It is stored and indexed, and its study's `close` job waits anew.
    case stored
    /// The archive holds the same data set already; nothing changed.
    case duplicate
    /// It is a result of this archive on its way back; nothing changed, so that no reading comes of a reading.
    case ownResult
    /// It contradicts what is there, and lies in quarantine; what is there is untouched.
    case conflict(Conflict, quarantined: String)
}

/// How a received object contradicts the archive.
public enum Conflict: Sendable, Equatable, CustomStringConvertible {
    /// The SOP instance is there with other bytes.
    case differingBytes
    /// Its study belongs to another patient.
    case differingPatient
    /// Its series belongs to another study.
    case differingStudy
    /// It was rejected for a reason for which it may not come back.
    case rejected

    /// The reason noted in quarantine.
    public var description: String {
        switch self {
        case .differingBytes: "SOP Instance UID is known with other contents"
        case .differingPatient: "Study Instance UID is known of another patient"
        case .differingStudy: "Series Instance UID is known in another study"
        case .rejected: "a rejection note bars it from coming back"
        }
    }
}
