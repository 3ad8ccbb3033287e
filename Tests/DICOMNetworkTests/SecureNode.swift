import DICOM
import DICOMNetwork
import Foundation
import TestCertificates

/// A listener with a plain and a TLS port, and the certificates around it.
struct SecureNode {
    let authority: TestAuthority
    let node: TestNode
    let credentials: TLSCredentials

    init(
        _ service: RecordingService = RecordingService(), requiresClientCertificate: Bool = true,
        change: (inout Listener.Configuration) -> Void = { _ in },
        revoking revoked: ((TestAuthority) throws -> String)? = nil
    ) throws {
        authority = try TestAuthority()
        var files = try Self.files("uptake", of: authority)
        files.requiresClientCertificate = requiresClientCertificate
        files.revocationList = try revoked?(authority)
        let credentials = try TLSCredentials(files)
        self.credentials = credentials
        node = try TestNode(service) {
            $0.secure = .init(port: 0, credentials: credentials)
            change(&$0)
        }
    }

    static func files(_ name: String, of authority: TestAuthority, days: Int = 30) throws -> TLSCredentials.Files {
        let issued = try authority.issue(name, days: days)
        return .init(
            certificate: issued.certificate, privateKey: issued.key, trustedCertificates: authority.certificate)
    }

    var service: RecordingService { node.service }
    var port: UInt16 { node.listener.securePort! }

    /// The node as a scanner calls it under TLS.
    func peer(
        _ name: String = "scanner", days: Int = 30, of other: TestAuthority? = nil, certificateName: String? = nil
    ) throws -> Peer {
        var files = try Self.files(name, of: other ?? authority, days: days)
        files.trustedCertificates = authority.certificate
        return try peer(files, certificateName: certificateName)
    }

    func peer(_ files: TLSCredentials.Files, certificateName: String? = nil) throws -> Peer {
        Peer(
            host: "127.0.0.1", port: port, calledAETitle: ourTitle, callingAETitle: scannerTitle,
            security: .init(try TLSCredentials(files), certificateName: certificateName))
    }

    /// Options by which DCMTK's programs speak TLS as a scanner.
    func dcmtkOptions() throws -> [String] {
        let scanner = try authority.issue("dcmtk")
        return ["+tls", scanner.key, scanner.certificate, "+cf", authority.certificate]
    }

    /// The reasons for which TLS failed, once there are some.
    func troubles(_ count: Int = 1) -> [TLSTrouble] {
        _ = service.wait { $0.dismissed.count >= count }
        return service.events.dismissed.compactMap {
            if case .insecure(let trouble, _) = $0 { trouble } else { nil }
        }
    }
}
