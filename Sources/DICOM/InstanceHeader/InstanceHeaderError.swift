/// Why an object cannot be taken into an index.
public enum InstanceHeaderError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be opened or read; `code` is the system's errno.
    case unreadable(path: String, code: Int32)
    /// No Part 10 file: preamble and prefix are not there.
    case notPart10
    /// The transfer syntax is none of DICOM's, so the bytes cannot be told apart.
    case unsupportedTransferSyntax(UID)
    /// A required UID is absent or empty.
    case missing(keyword: String)
    /// A required UID has characters or a length that no UID has. Its text is left out of logs and paths on purpose.
    case malformedUID(keyword: String)
    /// The file meta information and the data set name different objects.
    case identityMismatch(keyword: String)
    /// The file ends within the element or item that begins at `offset`.
    case truncated(offset: Int)
    /// The bytes at `offset` are not what the transfer syntax asks for.
    case malformed(offset: Int, reason: String)
    /// Sequences lie within each other beyond the limit.
    case nestedTooDeep(limit: Int)
    /// More elements than the limit.
    case tooManyElements(limit: Int)
    /// An index attribute's value is longer than the limit.
    case valueTooLong(keyword: String, length: Int)
    /// A deflated data set that does not inflate.
    case notDeflated(reason: String)

    /// The reason, without any text of the object.
    public var description: String {
        switch self {
        case .unreadable(let path, let code): "\(path) cannot be read (error \(code))"
        case .notPart10: "no DICOM file: the prefix DICM is missing at byte 128"
        case .unsupportedTransferSyntax(let uid): "transfer syntax \(uid) is unknown; send it in a standard one"
        case .missing(let keyword): "\(keyword) is missing"
        case .malformedUID(let keyword): "\(keyword) is not a UID (digits and dots, at most 64 characters)"
        case .identityMismatch(let keyword): "\(keyword) in the file meta information contradicts the data set"
        case .truncated(let offset): "ends within the element at byte \(offset): send the object again"
        case .malformed(let offset, let reason): "malformed at byte \(offset): \(reason)"
        case .nestedTooDeep(let limit): "sequences nested more than \(limit) deep"
        case .tooManyElements(let limit): "more than \(limit) data elements"
        case .valueTooLong(let keyword, let length): "\(keyword) of \(length) bytes is too long"
        case .notDeflated(let reason): "the deflated data set cannot be inflated: \(reason)"
        }
    }
}
