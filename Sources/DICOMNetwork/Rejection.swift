import CDCMTK

/// Why an association is rejected: result, source and reason of an A-ASSOCIATE-RJ (PS3.8 table 9-21).
public struct Rejection: Sendable, Hashable, CustomStringConvertible {
    /// 1 for rejected-permanent, 2 for rejected-transient.
    public let result: UInt8
    /// 1 for the service user, 2 for the service provider's ACSE part, 3 for its presentation part.
    public let source: UInt8
    /// The reason, in the numbering of its source.
    public let reason: UInt8

    /// Takes the three numbers as received.
    public init(result: UInt8, source: UInt8, reason: UInt8) {
        self.result = result
        self.source = source
        self.reason = reason
    }

    init(_ rejection: cd_rejection) {
        self.init(result: rejection.result, source: rejection.source, reason: rejection.reason)
    }

    /// Permanent, by the service user: no reason given.
    public static let noReasonGiven = Rejection(result: 1, source: 1, reason: 1)
    /// Permanent, by the service user: application context name not supported.
    public static let applicationContextNameNotSupported = Rejection(result: 1, source: 1, reason: 2)
    /// Permanent, by the service provider: no reason given. So is a request of which messages could not be told apart.
    public static let malformedRequest = Rejection(result: 1, source: 2, reason: 1)
    /// Permanent, by the service user: calling AE title not recognized.
    public static let callingAETitleNotRecognized = Rejection(result: 1, source: 1, reason: 3)
    /// Permanent, by the service user: called AE title not recognized.
    public static let calledAETitleNotRecognized = Rejection(result: 1, source: 1, reason: 7)
    /// Transient, by the service provider: temporary congestion.
    public static let temporaryCongestion = Rejection(result: 2, source: 3, reason: 1)
    /// Transient, by the service provider: local limit exceeded.
    public static let localLimitExceeded = Rejection(result: 2, source: 3, reason: 2)

    /// Whether the same request may succeed later.
    public var isTransient: Bool { result == 2 }

    /// In the words of the standard.
    public var description: String {
        let result = isTransient ? "rejected transiently" : "rejected permanently"
        let source = [1: "service user", 2: "service provider (ACSE)", 3: "service provider (presentation)"][
            self.source]
        return "\(result) by the \(source ?? "source \(self.source)"): \(reasonText)"
    }

    private var reasonText: String {
        switch (source, reason) {
        case (1, 1), (2, 1): "no reason given"
        case (1, 2): "application context name not supported"
        case (1, 3): "calling AE title not recognized"
        case (1, 7): "called AE title not recognized"
        case (2, 2): "protocol version not supported"
        case (3, 1): "temporary congestion"
        case (3, 2): "local limit exceeded"
        default: "reason \(reason)"
        }
    }
}
