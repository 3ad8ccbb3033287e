import COpenSSL
import Foundation

/// A SHA-256 digest.
public struct SHA256Digest: Sendable, Hashable, CustomStringConvertible {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// Takes a digest computed elsewhere.
    /// - Precondition: 32 bytes.
    public init(bytes: [UInt8]) {
        precondition(bytes.count == Int(SHA256_DIGEST_LENGTH))
        self.bytes = bytes
    }

    /// Digests `data`.
    public init(of data: [UInt8]) {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        SHA256(data, data.count, &digest)
        bytes = digest
    }

    /// Digests a file from a byte offset to its end, a piece at a time.
    /// - Throws: `POSIXError` where the file cannot be read.
    public init(ofFile path: String, from offset: Int = 0) throws(POSIXError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        defer { close(file) }
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        EVP_DigestInit_ex(context, EVP_sha256(), nil)
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        var position = off_t(offset)
        while true {
            let got = pread(file, &buffer, buffer.count, position)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            if got == 0 { break }
            EVP_DigestUpdate(context, buffer, got)
            position += off_t(got)
        }
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        EVP_DigestFinal_ex(context, &digest, nil)
        bytes = digest
    }

    /// Lower-case hexadecimal.
    public var description: String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
