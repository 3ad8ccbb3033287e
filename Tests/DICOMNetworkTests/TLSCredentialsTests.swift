import DICOM
import DICOMNetwork
import Foundation
import OtherPrograms
import TestCertificates
import Testing

/// What is said of the files of TLS, and their renewal.
@Suite struct TLSCredentialsTests {
    /// What is wrong with some files; nil where nothing is.
    private func problem(_ files: TLSCredentials.Files) -> TLSFilesError? {
        do throws(TLSFilesError) {
            _ = try TLSCredentials(files)
            return nil
        } catch {
            return error
        }
    }

    @Test func everyWrongFileIsNamed() throws {
        let authority = try TestAuthority()
        let folder = Folder()
        let good = try SecureNode.files("uptake", of: authority)
        let other = try authority.issue("other")
        #expect(problem(good) == nil)

        var files = good
        files.certificate = folder.file("absent.pem")
        #expect(problem(files) == .unreadable(path: files.certificate, reason: "No such file or directory"))
        files.certificate = folder.path
        #expect(problem(files) == .unreadable(path: folder.path, reason: "Is a directory"))
        files = good
        files.privateKey = other.key
        #expect(problem(files) == .mismatch(path: other.key))
        files.privateKey = good.certificate
        #expect(problem(files) == .noKey(path: good.certificate))
        files = good
        files.certificate = good.privateKey
        #expect(problem(files) == .noCertificate(path: good.privateKey))
        files = good
        files.trustedCertificates = good.privateKey
        #expect(problem(files) == .noCertificate(path: good.privateKey))
        files = good
        files.revocationList = good.certificate
        #expect(problem(files) == .noRevocationList(path: good.certificate))
        #expect("\(try #require(problem(files)))".contains("BEGIN X509 CRL"))
    }

    /// Nobody sits at a terminal to be asked for it.
    @Test func aKeyUnderAPassphraseIsRefused() throws {
        let authority = try TestAuthority()
        let folder = Folder()
        var files = try SecureNode.files("uptake", of: authority)
        let locked = folder.file("locked.key")
        let made = try Program(
            "openssl", ["pkey", "-in", files.privateKey, "-aes256", "-passout", "pass:word", "-out", locked])
        #expect(made.status == 0)
        files.privateKey = locked
        #expect(problem(files) == .noKey(path: locked))
    }

    @Test func weakKeysAreRefused() throws {
        let authority = try TestAuthority()
        let folder = Folder()
        let (certificate, key) = (folder.file("weak.pem"), folder.file("weak.key"))
        let made = try Program(
            "openssl",
            ["req", "-x509", "-newkey", "rsa:1024", "-nodes", "-subj", "/CN=weak", "-keyout", key, "-out", certificate])
        #expect(made.status == 0)
        let files = TLSCredentials.Files(
            certificate: certificate, privateKey: key, trustedCertificates: authority.certificate)
        guard case .refused(let path, let reason) = problem(files) else {
            Issue.record("a key of 1024 bits was taken")
            return
        }
        #expect(path == certificate && reason.contains("too small"))
    }

    @Test func ourOwnCertificateIsRead() throws {
        let authority = try TestAuthority()
        let credentials = try TLSCredentials(SecureNode.files("uptake", of: authority))
        #expect(credentials.certificate.subject == "CN=uptake,O=Uptake tests")
        #expect(credentials.certificate.validFrom <= Date())
        #expect(abs(credentials.certificate.validUntil.timeIntervalSinceNow - 30 * 86_400) < 600)
    }

    @Test func aKeyThatAllCanReadIsWarnedOf() throws {
        let authority = try TestAuthority()
        let files = try SecureNode.files("uptake", of: authority)
        chmod(files.privateKey, 0o640)
        #expect(try TLSCredentials(files).warning == nil)
        chmod(files.privateKey, 0o644)
        #expect(try TLSCredentials(files).warning?.hasPrefix("\(files.privateKey) can be read by everybody") == true)
    }

    // MARK: Renewal

    @Test func renewedFilesAreInForceForTheNextConnection() throws {
        let secure = try SecureNode()
        let files = secure.credentials.files
        let peer = try secure.peer()
        let other = try TestAuthority("The Next")
        let next = try other.issue("renewed")
        try replace(files.certificate, by: next.certificate)
        try replace(files.privateKey, by: next.key)
        try secure.credentials.reload()
        #expect(secure.credentials.certificate.subject == "CN=renewed,O=Uptake tests")
        #expect {
            try VerificationSCU.echo(peer)
        } throws: {
            guard case NetworkError.insecure(_, .untrusted) = $0 else { return false }
            return true
        }
        var trusting = try SecureNode.files("scanner", of: secure.authority)
        trusting.trustedCertificates = other.certificate
        #expect(try VerificationSCU.echo(secure.peer(trusting)) == .success)
    }

    @Test func wrongFilesLeaveTheOldInForce() throws {
        let secure = try SecureNode()
        let files = secure.credentials.files
        let other = try secure.authority.issue("other")
        try replace(files.certificate, by: other.certificate)
        #expect(throws: TLSFilesError.mismatch(path: files.privateKey)) { try secure.credentials.reload() }
        #expect(secure.credentials.certificate.subject == "CN=uptake,O=Uptake tests")
        #expect(try VerificationSCU.echo(secure.peer(certificateName: "uptake.example")) == .success)
        try replace(files.privateKey, by: other.key)
        try secure.credentials.reload()
        #expect(try VerificationSCU.echo(secure.peer(certificateName: "other.example")) == .success)
    }

    /// An association that is open when the certificates change goes on under those that it began with.
    @Test func openAssociationsOutliveARenewal() throws {
        let secure = try SecureNode()
        let folder = Folder()
        let files = secure.credentials.files
        let other = try TestAuthority("The Next")
        func renew() throws {
            let next = try other.issue("renewed")
            try replace(files.certificate, by: next.certificate)
            try replace(files.privateKey, by: next.key)
            try secure.credentials.reload()
        }
        var done = 0
        var renewed: Result<Void, any Error>?
        let outcomes = StorageSCU.send(try folder.images(0..<6), to: try secure.peer()) { _ in
            done += 1
            if done == 2 { renewed = Result { try renew() } }
        }
        try #require(renewed).get()
        #expect(outcomes.allSatisfy { $0.isStored }, "\(outcomes)")
        #expect(secure.service.events.requests.count == 1)
    }
}

private func replace(_ path: String, by other: String) throws {
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.copyItem(atPath: other, toPath: path)
}
