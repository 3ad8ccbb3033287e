/// The Status (0000,0900) of a DIMSE response.
///
/// General statuses are those of PS3.7 annex C, those of the storage service PS3.4 section B.2.3.
public struct DIMSEStatus: Sendable, Hashable, Codable, RawRepresentable, CustomStringConvertible {
    /// The code as in the response.
    public let rawValue: UInt16

    /// Takes any code.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    private init(_ rawValue: UInt16) { self.rawValue = rawValue }

    /// What the first digits of a status say (PS3.7 section C.1 to C.5).
    public enum Category: Sendable {
        /// Done.
        case success
        /// Done, with a reservation.
        case warning
        /// Not done.
        case failure
        /// Ended at the requestor's wish.
        case cancel
        /// More responses follow.
        case pending
    }

    /// The category of the code.
    public var category: Category {
        switch rawValue {
        case 0x0000: .success
        case 0x0001, 0x0107, 0x0116, 0xB000...0xBFFF: .warning
        case 0xFE00: .cancel
        case 0xFF00, 0xFF01: .pending
        default: .failure
        }
    }

    /// Whether the peer has what was sent: success or warning.
    public var isAccepted: Bool { category == .success || category == .warning }

    /// The code in hexadecimal and, where it has one, the standard's name.
    public var description: String {
        let code = "0x" + code
        return Self.name(of: rawValue).map { "\(code) (\($0))" } ?? code
    }

    /// The code as the standard writes it, such as A700.
    public var code: String {
        let digits = String(rawValue, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}

extension DIMSEStatus {
    // General (PS3.7 annex C)
    /// Success.
    public static let success = DIMSEStatus(0x0000)
    /// Processing failure.
    public static let processingFailure = DIMSEStatus(0x0110)
    /// Duplicate SOP instance.
    public static let duplicateSOPInstance = DIMSEStatus(0x0111)
    /// Invalid SOP instance: its UID breaks the rules of construction.
    public static let invalidSOPInstance = DIMSEStatus(0x0117)
    /// SOP class not supported.
    public static let sopClassNotSupported = DIMSEStatus(0x0122)
    /// Not authorized.
    public static let notAuthorized = DIMSEStatus(0x0124)
    /// Resource limitation.
    public static let resourceLimitation = DIMSEStatus(0x0213)

    /// No such SOP instance.
    public static let noSuchSOPInstance = DIMSEStatus(0x0112)
    /// Invalid argument value.
    public static let invalidArgumentValue = DIMSEStatus(0x0115)
    /// No such action.
    public static let noSuchAction = DIMSEStatus(0x0123)
    /// No such event type.
    public static let noSuchEventType = DIMSEStatus(0x0113)

    // Query/Retrieve (PS3.4 tables C.4-1 to C.4-3)
    /// Matches or sub-operations go on.
    public static let pending = DIMSEStatus(0xFF00)
    /// Matches go on; some optional keys are not supported.
    public static let pendingWithUnsupportedKeys = DIMSEStatus(0xFF01)
    /// Ended by a cancel request.
    public static let cancel = DIMSEStatus(0xFE00)
    /// Refused: no sub-operation could be performed.
    public static let unableToPerformSubOperations = DIMSEStatus(0xA702)
    /// Refused: Move Destination unknown.
    public static let moveDestinationUnknown = DIMSEStatus(0xA801)
    /// Warning: sub-operations complete, one or more failures or warnings.
    public static let subOperationsWithFailures = DIMSEStatus(0xB000)
    /// Failed: unable to process.
    public static let unableToProcess = DIMSEStatus(0xC001)

    // Storage (PS3.4 table B.2-1)
    /// Refused: out of resources.
    public static let outOfResources = DIMSEStatus(0xA700)
    /// Error: data set does not match SOP class.
    public static let dataSetDoesNotMatchSOPClass = DIMSEStatus(0xA900)
    /// Error: cannot understand.
    public static let cannotUnderstand = DIMSEStatus(0xC000)
    /// Warning: elements discarded.
    public static let elementsDiscarded = DIMSEStatus(0xB006)

    private static func name(of code: UInt16) -> String? {
        switch code {
        case 0x0000: "Success"
        case 0x0110: "Processing failure"
        case 0x0111: "Duplicate SOP instance"
        case 0x0112: "No such SOP instance"
        case 0x0115: "Invalid argument value"
        case 0x0117: "Invalid SOP instance"
        case 0x0122: "SOP class not supported"
        case 0x0123: "No such action"
        case 0x0124: "Not authorized"
        case 0x0210: "Duplicate invocation"
        case 0x0211: "Unrecognized operation"
        case 0x0212: "Mistyped argument"
        case 0x0213: "Resource limitation"
        case 0xA700...0xA7FF: "Refused: out of resources"
        case 0xA801: "Refused: Move Destination unknown"
        case 0xA900...0xA9FF: "Error: data set does not match SOP class"
        case 0xB000: "Warning: coercion of data elements"
        case 0xB006: "Warning: elements discarded"
        case 0xB007: "Warning: data set does not match SOP class"
        case 0xC000...0xCFFF: "Error: cannot understand"
        case 0xFE00: "Cancel"
        case 0xFF00, 0xFF01: "Pending"
        default: nil
        }
    }
}
