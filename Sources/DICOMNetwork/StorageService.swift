import DICOM

/// Who asks for an association.
public struct AssociationRequest: Sendable, Hashable {
    /// Names the association within its listener, in ascending order of arrival.
    public let id: UInt64
    /// The title that the peer calls itself by; nil where it is no valid title.
    public let callingAETitle: AETitle?
    /// The title that the peer asks for; nil where it is no valid title.
    public let calledAETitle: AETitle?
    /// The peer's IPv4 address.
    public let peerAddress: String
    /// The peer's Implementation Version Name; empty where it gives none.
    public let implementationVersionName: String
    /// Whether it comes under TLS.
    public let isSecure: Bool
    /// The peer's certificate, which we trust; nil without one.
    public let certificate: PeerCertificate?
}

/// What a peer's certificate says of it.
public struct PeerCertificate: Sendable, Hashable {
    /// The subject, as RFC 2253 writes it.
    public let subject: String
    /// Common names of the subject, and DNS names and IPv4 addresses among the alternative names.
    public let names: [String]

    /// Nil where there is neither subject nor name.
    init?(subject: String, names: String) {
        guard !subject.isEmpty || !names.isEmpty else { return nil }
        (self.subject, self.names) = (subject, names.split(separator: "\n").map(String.init))
    }

    /// Whether it bears a name, whatever the case.
    public func bears(_ name: String) -> Bool { names.contains { $0.lowercased() == name.lowercased() } }
}

/// What becomes of a request for an association.
public enum AssociationDecision: Sendable, Hashable {
    /// The association is accepted.
    case accept
    /// The association is rejected; the peer is told so.
    case reject(Rejection)
}

/// How an association ended.
public enum AssociationEnding: Sendable, Hashable {
    /// Released by the peer, as it should be.
    case released
    /// Aborted by the peer.
    case aborted
    /// The connection closed, or the protocol was violated; in DCMTK's words.
    case lost(String)
    /// The peer said nothing for too long.
    case timedOut
    /// Aborted because the listener stops.
    case stopped
}

/// Why a connection was turned away before there was anything to decide.
public enum Dismissal: Sendable, Hashable, CustomStringConvertible {
    /// As many associations are open as may be; rejected as `Rejection.localLimitExceeded`.
    case tooManyAssociations
    /// It does not speak DICOM.
    case notDICOM
    /// Its request did not arrive in time.
    case tooSlow
    /// It closed without a request.
    case closed
    /// It speaks TLS on the port without it.
    case tlsWithoutTLS
    /// It speaks no TLS on the port for it.
    case plainUnderTLS
    /// TLS failed. `subject` is that of the peer's certificate, as far as it presented one.
    case insecure(TLSTrouble, subject: String)

    /// What happened, and what to do where there is something.
    public var description: String {
        switch self {
        case .tooManyAssociations:
            "as many associations are open as may be; raise maximum_associations, or have some closed"
        case .notDICOM: "it does not speak DICOM; a health check should send a C-ECHO"
        case .tooSlow: "its request did not arrive in time"
        case .closed: "it closed without a request"
        case .tlsWithoutTLS:
            "it speaks TLS on the port without TLS; have it call the port of [tls], or switch TLS off there"
        case .plainUnderTLS:
            "it speaks no TLS on the port of [tls]; have TLS switched on there, or call the port of [node]"
        case .insecure(let trouble, let subject): (subject.isEmpty ? "" : "certificate \(subject): ") + "\(trouble)"
        }
    }
}

/// What a C-STORE request says of its data set.
public struct StoreRequest: Sendable, Hashable {
    /// Affected SOP Class UID.
    public let sopClassUID: UID
    /// Affected SOP Instance UID. The data set itself has not been looked at.
    public let sopInstanceUID: UID
    /// The transfer syntax of the presentation context, in which the data set comes.
    public let transferSyntaxUID: UID
}

/// Where a data set is to be written, or why not.
public enum StoreDestination: Sendable, Hashable {
    /// Into a file that does not exist yet. It is the service's once `store` is called with it, and removed otherwise.
    case file(path: String)
    /// Nowhere: the peer is answered with this failure and its data set passes unread.
    case refuse(DIMSEStatus, comment: String)
}

/// A data set that came in whole.
public struct ReceivedInstance: Sendable, Equatable {
    /// What the request said.
    public let request: StoreRequest
    /// A Part 10 file with the data set's bytes exactly as they came; closed, not synchronised to disk.
    public let path: String
    /// What the file says of itself, or why it cannot be told.
    public let header: Result<InstanceHeader, InstanceHeaderError>
    /// Length of the data set in bytes, without the file meta information.
    public let byteCount: UInt64
    /// SHA-256 of the data set's bytes, without the file meta information.
    public let sha256: [UInt8]
}

/// How a request is answered.
public struct StoreAnswer: Sendable, Hashable {
    /// The status.
    public let status: DIMSEStatus
    /// Error Comment (0000,0902), sent with anything but success; cut to 64 characters.
    public let comment: String

    /// Makes an answer.
    public init(_ status: DIMSEStatus, comment: String = "") {
        self.status = status
        self.comment = comment
    }
}

/// What a listener asks of the node.
///
/// Calls come from the listener's own threads and may block; those of one association never overlap, those of
/// different associations do.
public protocol StorageService: Sendable {
    /// Decides on an association.
    func decide(_ request: AssociationRequest) -> AssociationDecision
    /// Decides on an abstract syntax that the peer of an association proposes; called while it is negotiated.
    func permits(_ abstractSyntax: UID, to association: AssociationRequest) -> Bool
    /// A connection was turned away. Called from the accepting thread: be brief.
    func dismissed(peerAddress: String, _ reason: Dismissal)
    /// An association that was accepted is open. Followed by `associationClosed` in every case.
    func associationOpened(_ association: AssociationRequest)
    /// An association has ended.
    func associationClosed(_ association: AssociationRequest, _ ending: AssociationEnding)
    /// Names the file for a data set that is about to come.
    func destination(for request: StoreRequest, from association: AssociationRequest) -> StoreDestination
    /// Takes a data set over. The peer is answered with what this returns: return success only for what is kept.
    func store(_ instance: ReceivedInstance, from association: AssociationRequest) -> StoreAnswer
    /// A data set came in whole and could not be written. The peer has been promised nothing: it is answered with
    /// `answer`, a failure. Nothing is left on disk.
    func writingFailed(_ request: StoreRequest, from association: AssociationRequest, errno: Int32, answer: StoreAnswer)
}

extension StorageService {
    /// Everything.
    public func permits(_ abstractSyntax: UID, to association: AssociationRequest) -> Bool { true }
}
