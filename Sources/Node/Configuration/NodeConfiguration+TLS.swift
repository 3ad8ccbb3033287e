import DICOMNetwork
import Foundation

extension NodeConfiguration.TLS {
    /// Reads the section `[tls]`.
    init?(_ section: ConfigurationSection) {
        let certificate = section.required("certificate", section.string("certificate"))
        let privateKey = section.required("private_key", section.string("private_key"))
        let trusted = section.required("trusted_certificates", section.string("trusted_certificates"))
        let revocationList = section.string("revocation_list")
        let requiresClientCertificate = section.boolean("require_client_certificate")
        let port = section.integer("port", 0...65535)
        let isExclusive = section.boolean("exclusive") ?? false
        if isExclusive, port == nil {
            section.complain("exclusive", "exclusive = true closes the port without TLS: give the port under TLS too")
        }
        section.refuseUnknownKeys()
        guard let certificate, let privateKey, let trusted else { return nil }
        var files = TLSCredentials.Files(
            certificate: certificate, privateKey: privateKey, trustedCertificates: trusted)
        files.revocationList = revocationList
        if let requiresClientCertificate { files.requiresClientCertificate = requiresClientCertificate }
        self.init(files: files)
        self.port = port.map(UInt16.init)
        self.isExclusive = isExclusive
    }
}

extension NodeConfiguration {
    /// Reads what the files of `[tls]` hold, so that peers can be called and listened to under TLS.
    public mutating func readCertificates() throws(TLSFilesError) {
        credentials = nil
        if let tls { credentials = try TLSCredentials(tls.files) }
    }

    /// How to listen, once the certificates are read.
    var listening: Listener.Configuration {
        var listening = Listener.Configuration()
        listening.address = local.address
        listening.port = tls?.isExclusive == true ? nil : local.port
        if let port = tls?.port, let credentials { listening.secure = .init(port: port, credentials: credentials) }
        // More than peers may have, which `PeerPolicy` sees to: room for those that it is just rejecting, and for the node to
        // call itself when peers have all of theirs.
        listening.maximumAssociations = UInt32(local.maximumAssociations) + 8
        return listening
    }

    /// How the node calls itself, to see whether it answers.
    /// - Parameters:
    ///   - port: the port it listens on without TLS; 0 where there is none.
    ///   - securePort: the port it listens on under TLS.
    func ourselves(port: UInt16, securePort: UInt16?) -> Peer {
        Peer(
            host: local.address == "0.0.0.0" ? "127.0.0.1" : local.address,
            port: port == 0 ? securePort ?? 0 : port, calledAETitle: local.aeTitle, callingAETitle: local.aeTitle,
            timeouts: .init(connectSeconds: 5, acseSeconds: 5, dimseSeconds: 5),
            security: port == 0 ? security(certificateName: nil) : nil)
    }

    /// How a destination of results is reached.
    package func reach(_ destination: Destination) -> Peer {
        Peer(
            host: destination.host, port: destination.port, calledAETitle: destination.aeTitle,
            callingAETitle: local.aeTitle,
            security: destination.usesTLS ? security(certificateName: destination.certificateName) : nil)
    }

    /// How a peer that must be called under TLS is called.
    func security(certificateName: String?) -> Peer.Security {
        // Never without: what is to be protected must not leave unprotected for want of a file.
        guard let credentials else { preconditionFailure("the certificates have to be read first") }
        return Peer.Security(credentials, certificateName: certificateName)
    }
}

extension NodeConfiguration.KnownPeer {
    /// Why a request is not secure enough for this peer; nil where it is.
    func insecurity(of request: AssociationRequest) -> String? {
        guard requiresTLS else { return nil }
        guard request.isSecure else {
            return "its [[peer]] says tls = \"required\", and it calls without; have it call the port of [tls]"
        }
        guard let certificateName else { return nil }
        guard let certificate = request.certificate else { return "it presented no certificate to bear its name" }
        return certificate.bears(certificateName)
            ? nil : "its certificate (\(certificate.subject)) does not bear the name \(certificateName)"
    }
}
