import DICOM
import Foundation

/// Converts stored objects to another transfer syntax, for peers that take them in no other.
///
/// To convert an object it has to be parsed and its pixels decompressed: where it is a peer's, and this process one that
/// listens, that is for another process.
public struct Conversion: Sendable {
    /// Writes the object of a file in a transfer syntax into a new file, and returns its path. What it throws is told to the
    /// operator as the reason why the object was not sent.
    public typealias Body = @Sendable (_ path: String, _ transferSyntax: UID) throws -> String

    private let body: Body

    /// Converts by `body`; its files are removed once they are sent.
    public init(_ body: @escaping Body) { self.body = body }

    /// Converts in this process, which has nothing to lose but its own errand.
    public static let inThisProcess = Conversion { path, transferSyntax in
        let target = FileManager.default.temporaryDirectory.path + "/uptake-converted-" + UUID().uuidString
        try DICOMFile.convert(path, to: transferSyntax, as: target)
        return target
    }

    /// A file in a transfer syntax: the file itself where it is in that one.
    func file(_ path: String, _ meta: FileMetaInformation, in transferSyntax: UID) throws(Failure) -> SendableFile {
        if meta.transferSyntaxUID == transferSyntax { return SendableFile(path: path, meta: meta, isTemporary: false) }
        let converted: String
        do { converted = try body(path, transferSyntax) } catch { throw Failure(reason: "\(error)") }
        do throws(FileMetaInformation.Reason) {
            return SendableFile(path: converted, meta: try FileMetaInformation(path: converted), isTemporary: true)
        } catch {
            try? FileManager.default.removeItem(atPath: converted)
            throw Failure(reason: "as converted, it \(error.text)")
        }
    }

    /// Why an object could not be had in a transfer syntax.
    struct Failure: Error {
        let reason: String
    }
}

/// A file that goes out byte for byte; gone with the value where it was made for that.
final class SendableFile {
    let path: String
    let meta: FileMetaInformation
    private let isTemporary: Bool

    init(path: String, meta: FileMetaInformation, isTemporary: Bool) {
        (self.path, self.meta, self.isTemporary) = (path, meta, isTemporary)
    }

    deinit { if isTemporary { try? FileManager.default.removeItem(atPath: path) } }
}
