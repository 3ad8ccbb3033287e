import CDCMTK

/// What is wrong with the files of TLS.
public enum TLSFilesError: Error, Hashable, CustomStringConvertible {
    /// A file cannot be opened or read.
    case unreadable(path: String, reason: String)
    /// A file holds no certificate in PEM.
    case noCertificate(path: String)
    /// A file holds no private key in PEM, or one under a passphrase.
    case noKey(path: String)
    /// A key is not that of our certificate.
    case mismatch(path: String)
    /// A file holds no revocation list in PEM.
    case noRevocationList(path: String)
    /// OpenSSL does not accept what a file holds.
    case refused(path: String, reason: String)

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path) cannot be read: \(reason); give its path, and let the node's user read it"
        case .noCertificate(let path): "\(path) holds no certificate; it needs one in PEM (BEGIN CERTIFICATE)"
        case .noKey(let path):
            "\(path) holds no usable key; it needs one in PEM without a passphrase (openssl pkey -in OLD -out NEW)"
        case .mismatch(let path): "the key in \(path) is not that of the certificate; give the two that belong together"
        case .noRevocationList(let path): "\(path) holds no revocation list; it needs one in PEM (BEGIN X509 CRL)"
        case .refused(let path, let reason):
            "what \(path) holds is not good enough: \(reason); have it issued anew (RSA of 2048 bits or more, or P-256)"
        }
    }

    init(_ problem: cd_tls_problem) {
        let path = text(of: problem.file)
        let reason = text(of: problem.text)
        switch problem.fault {
        case cd_tls_fault_unreadable: self = .unreadable(path: path, reason: reason)
        case cd_tls_fault_no_certificate: self = .noCertificate(path: path)
        case cd_tls_fault_no_key: self = .noKey(path: path)
        case cd_tls_fault_mismatch: self = .mismatch(path: path)
        case cd_tls_fault_no_revocation_list: self = .noRevocationList(path: path)
        default: self = .refused(path: path, reason: reason)
        }
    }
}
