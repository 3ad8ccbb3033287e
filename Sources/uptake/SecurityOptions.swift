import ArgumentParser
import DICOMNetwork

/// Whether a peer is called under TLS, and with what.
struct SecurityOptions: ParsableArguments {
    @Flag(help: "Speak under TLS.")
    var tls = false

    @Option(help: "Our certificate (PEM).")
    var certificate: String?

    @Option(help: "The key of our certificate (PEM, without a passphrase).")
    var key: String?

    @Option(help: "The certificates to trust (PEM): authorities, or the peer's own.")
    var trusted: String?

    @Option(help: "Revocation lists (PEM).")
    var revocationList: String?

    @Option(help: "The name that the peer's certificate must bear; any that is trusted, if left out.")
    var certificateName: String?

    func validate() throws {
        guard tls else {
            guard [certificate, key, trusted, revocationList, certificateName].allSatisfy({ $0 == nil }) else {
                throw ValidationError("options of TLS have no effect without --tls")
            }
            return
        }
        guard certificate != nil, key != nil, trusted != nil else {
            throw ValidationError("--tls needs --certificate, --key and --trusted")
        }
    }

    /// Reads the files; nil without TLS.
    func security() throws -> Peer.Security? {
        guard tls, let certificate, let key, let trusted else { return nil }
        var files = TLSCredentials.Files(certificate: certificate, privateKey: key, trustedCertificates: trusted)
        files.revocationList = revocationList
        return Peer.Security(try TLSCredentials(files), certificateName: certificateName)
    }
}
