import CDCMTK

/// A DCMTK condition, kept whole.
public struct Condition: Sendable, Equatable, CustomStringConvertible {
    /// DCMTK's module number.
    public let module: UInt16
    /// The code within the module.
    public let code: UInt16
    /// DCMTK's own words.
    public let text: String

    package init(_ error: cd_error) {
        module = error.module
        code = error.code
        text = withUnsafeBytes(of: error.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    public var description: String { text.isEmpty ? "condition \(module):\(code)" : text }
}

/// What can go wrong with files and data sets.
public enum DICOMError: Error, Equatable, CustomStringConvertible {
    /// A file that cannot be read as DICOM.
    case unreadable(path: String, Condition)
    /// A data set that cannot be written.
    case unwritable(path: String, Condition)
    /// An object that cannot be had in another transfer syntax.
    case unconvertible(path: String, Condition)
    /// A folder that is not there.
    case noSuchFolder(path: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let condition): "\(path) cannot be read as DICOM: \(condition)"
        case .unwritable(let path, let condition): "\(path) cannot be written: \(condition)"
        case .unconvertible(let path, let condition): "\(path) cannot be converted: \(condition)"
        case .noSuchFolder(let path): "\(path) does not exist: give a folder of DICOM files"
        }
    }
}
