import CZlib
import Foundation

/// A file read from its beginning, unpacked where it is gzip, as it is where it is not.
final class GzipFile {
    private let stream: gzFile
    private let path: String
    /// More is not asked of a file at once: a header that says so is broken.
    static let most = 1 << 31 - 1

    /// Opens a file.
    init(_ path: String) throws(ImportError) {
        guard let stream = gzopen(path, "rb") else {
            throw .unreadable(path: path, reason: "it cannot be opened (\(String(cString: strerror(errno))))")
        }
        (self.stream, self.path) = (stream, path)
    }

    deinit { gzclose(stream) }

    /// The next bytes.
    /// - Parameter what: what they are, for the error.
    func read(_ count: Int, _ what: String) throws(ImportError) -> [UInt8] {
        guard count >= 0, count <= Self.most else {
            throw .unreadable(path: path, reason: "\(what) would be \(count) bytes")
        }
        var read: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            read = count == 0 ? 0 : gzread(stream, buffer.baseAddress!, UInt32(count))
            filled = max(Int(read), 0)
        }
        guard bytes.count == count else { throw .unreadable(path: path, reason: "it ends before \(what) does") }
        return bytes
    }
}
