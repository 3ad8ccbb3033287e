import CDCMTK

/// What keeps two from speaking TLS with each other. The texts are OpenSSL's.
public enum TLSTrouble: Sendable, Hashable, CustomStringConvertible {
    /// The peer does not speak TLS on this port.
    case notTLS
    /// No version of TLS in common.
    case version
    /// No cipher suite in common.
    case cipher
    /// The peer presented no certificate.
    case noCertificate
    /// We refuse the peer's certificate.
    case untrusted(String)
    /// The peer refuses our certificate.
    case refused(String)
    /// The peer has gone, or was silent for too long.
    case closed(String)
    /// Anything else.
    case other(String)

    /// What happened, and what to do.
    public var description: String {
        switch self {
        case .notTLS: "it does not speak TLS there; use its TLS port, or no TLS"
        case .version: "it has no TLS 1.2 or later; have it updated"
        case .cipher:
            """
            it refuses our TLS: it may speak none on that port, so that another one is called for; else it has no cipher suite \
            of the BCP 195 profile, and ECDHE with AES-GCM is to be enabled there
            """
        case .noCertificate: "it presented no certificate; give it one that an authority we trust has issued"
        case .untrusted(let text) where text.hasSuffix("mismatch"):
            "its certificate bears another name (\(text)); correct certificate_name, or the certificate there"
        case .untrusted(let text):
            "its certificate is not trusted (\(text)); correct it there, or add its issuer to trusted_certificates"
        case .refused(let text): "it refuses our certificate (\(text)); have our certificate's issuer trusted there"
        case .closed(let text):
            "it ended the TLS handshake\(text.isEmpty ? "" : " (\(text))"); its log tells why, or it speaks no TLS there"
        case .other(let text): "the TLS handshake failed (\(text)); its log may tell why"
        }
    }

    /// Whether who is at the other end is in doubt, rather than how it speaks.
    public var concernsIdentity: Bool {
        switch self {
        case .noCertificate, .untrusted, .refused: true
        case .notTLS, .version, .cipher, .closed, .other: false
        }
    }

    init(_ trouble: cd_tls_trouble, text: String) {
        switch trouble {
        case cd_tls_trouble_not_tls: self = .notTLS
        case cd_tls_trouble_version: self = .version
        case cd_tls_trouble_cipher: self = .cipher
        case cd_tls_trouble_no_certificate: self = .noCertificate
        case cd_tls_trouble_untrusted: self = .untrusted(text)
        case cd_tls_trouble_refused: self = .refused(text)
        case cd_tls_trouble_closed: self = .closed(text)
        default: self = .other(text)
        }
    }
}
