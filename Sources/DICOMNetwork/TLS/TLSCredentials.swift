import CDCMTK
import Foundation
import Synchronization

/// Our certificate and key, and whom we trust: what TLS needs on either side (PS3.15 section B.10).
///
/// Shared by reference between a listener and those who call peers; `reload` puts renewed files in force for all of them.
public final class TLSCredentials: Sendable {
    /// PEM files.
    public struct Files: Sendable, Hashable {
        /// Our certificate, and behind it those of intermediate authorities.
        public var certificate: String
        /// Its key, without a passphrase.
        public var privateKey: String
        /// The authorities that we trust, or the certificates of the peers themselves.
        public var trustedCertificates: String
        /// Revocation lists; where there are any, the issuer of each peer's certificate needs one.
        public var revocationList: String?
        /// Whether a peer that calls us has to present a certificate.
        public var requiresClientCertificate = true

        /// Names the files.
        public init(certificate: String, privateKey: String, trustedCertificates: String) {
            (self.certificate, self.privateKey) = (certificate, privateKey)
            self.trustedCertificates = trustedCertificates
        }

        /// The paths, without those that are not given.
        public var paths: [String] {
            [certificate, privateKey, trustedCertificates] + [revocationList].compactMap(\.self)
        }
    }

    /// What should be mended though it works: a key that others can read.
    public var warning: String? {
        var status = stat()
        guard stat(files.privateKey, &status) == 0, status.st_mode & 0o007 != 0 else { return nil }
        return "\(files.privateKey) can be read by everybody on this machine: take that right away (chmod o= FILE)"
    }

    /// What our certificate says of itself.
    public struct Certificate: Sendable, Hashable {
        /// Its subject, as RFC 2253 writes it.
        public let subject: String
        /// When it begins to be valid.
        public let validFrom: Date
        /// When it ends to be valid.
        public let validUntil: Date
    }

    /// The files.
    public let files: Files
    /// Lives as long as this object, of which it is a part.
    private struct Handle: @unchecked Sendable { let pointer: OpaquePointer }
    private let handle: Handle
    private let own: Mutex<Certificate>

    /// Reads the files.
    public init(_ files: Files) throws(TLSFilesError) {
        var facts = cd_tls_facts()
        var problem = cd_tls_problem()
        guard let pointer = files.withFiles({ cd_tls_create($0, &facts, &problem) }) else {
            throw TLSFilesError(problem)
        }
        self.files = files
        handle = Handle(pointer: pointer)
        own = Mutex(Certificate(facts))
    }

    deinit { cd_tls_free(handle.pointer) }

    /// Our certificate that is in force.
    public var certificate: Certificate { own.withLock { $0 } }

    /// Reads the files again: new connections use what they hold, open ones go on.
    /// - Throws: what is wrong with them; then what was in force stays so.
    public func reload() throws(TLSFilesError) {
        var facts = cd_tls_facts()
        var problem = cd_tls_problem()
        guard files.withFiles({ cd_tls_reload(handle.pointer, $0, &facts, &problem) }) == 1 else {
            throw TLSFilesError(problem)
        }
        own.withLock { $0 = Certificate(facts) }
    }

    /// For the shim, which borrows it for as long as this object lives.
    var pointer: OpaquePointer { handle.pointer }
}

extension TLSCredentials: Hashable {
    public static func == (left: TLSCredentials, right: TLSCredentials) -> Bool { left === right }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

extension TLSCredentials.Files {
    fileprivate func withFiles<Result>(_ body: (UnsafePointer<cd_tls_files>) -> Result) -> Result {
        withCStrings(paths) { text in
            var files = cd_tls_files(
                certificate: text[0], private_key: text[1], trusted: text[2],
                revoked: revocationList == nil ? nil : text[3],
                requires_client_certificate: requiresClientCertificate ? 1 : 0)
            return body(&files)
        }
    }
}

extension TLSCredentials.Certificate {
    fileprivate init(_ facts: cd_tls_facts) {
        self.init(
            subject: text(of: facts.subject), validFrom: Date(timeIntervalSince1970: Double(facts.valid_from)),
            validUntil: Date(timeIntervalSince1970: Double(facts.valid_until)))
    }
}
