import DICOM
import DICOMNetwork
import Foundation
import Glibc
import ScriptedPeer
import TestCertificates
import Testing

/// The whole line under TLS, through the commands.
@Suite struct TLSTests {
    /// A node with a TLS port, and the certificates of all who take part.
    private struct Site {
        let authority: TestAuthority
        let certificate: TestAuthority.Issued
        let scanner: TestAuthority.Issued
        let node: ServedNode

        init(_ change: (inout ServedNode.Settings, TestAuthority) throws -> Void = { _, _ in }) throws {
            authority = try TestAuthority()
            certificate = try authority.issue("node")
            scanner = try authority.issue("scanner")
            var settings = ServedNode.Settings()
            settings.sections = [Self.section(certificate, authority)]
            try change(&settings, authority)
            node = try ServedNode(settings)
        }

        static func section(_ issued: TestAuthority.Issued, _ authority: TestAuthority) -> String {
            """
            [tls]
            certificate = "\(issued.certificate)"
            private_key = "\(issued.key)"
            trusted_certificates = "\(authority.certificate)"
            port = 0

            """
        }

        /// Options of `uptake echo` and `uptake send`.
        func options(_ port: UInt16? = nil, name: String = "node.example") throws -> [String] {
            ["--port", String(try port ?? node.securePort()), "--calling", ServedNode.sender, "--tls"]
                + ["--certificate", scanner.certificate, "--key", scanner.key, "--trusted", authority.certificate]
                + ["--certificate-name", name]
        }

        func echo(_ options: [String]) throws -> Child.Result { try Child.run(Place.uptake, ["echo"] + options) }

        /// Messages of the audit trail of a kind of event (PS3.16 CID 403).
        func alerts(_ code: String) -> Int {
            let trail = FileManager.default.contents(atPath: node.stateDirectory + "/audit/trail-00000001.log")
            return String(decoding: trail ?? Data(), as: UTF8.self).split(separator: "\n")
                .count { $0.contains("csd-code=\"\(code)\"") }
        }

        /// Lines of the log that hold a text.
        func lines(_ text: String) -> [Substring] {
            node.process.errors.split(separator: "\n").filter { $0.contains(text) }
        }
    }

    @Test func aStudyComesAndItsResultsGoUnderTLS() throws {
        let study = try Material.pelvis
        let storescp = try StoreSCP()
        let site = try Site { settings, authority in
            let pacs = try authority.issue("pacs")
            let us = try authority.issue("us")
            let files = TLSCredentials.Files(
                certificate: us.certificate, privateKey: us.key, trustedCertificates: authority.certificate)
            try storescp.start(
                ["--enable-tls", pacs.key, pacs.certificate, "--add-cert-file", authority.certificate],
                security: .init(try TLSCredentials(files)))
            settings.peer = ["tls = \"required\"", "certificate_name = \"scanner.example\""]
            settings.destinations = [
                .init(
                    name: "storescp", aeTitle: StoreSCP.aeTitle, port: storescp.port,
                    lines: ["tls = true", "certificate_name = \"pacs.example\""])
            ]
        }
        let options = try site.options()
        let echo = try site.echo(options)
        #expect(echo.status == 0 && echo.output.hasSuffix("(TLS) answers\n"), "\(echo.output)\(echo.errors)")
        let sent = try Child.run(Place.uptake, ["send", study.folder] + options)
        #expect(sent.status == 0, "\(sent.errors)")
        try site.node.waitUntilDone(study.uid)
        let objects = try site.node.objects(of: study.uid)
        #expect(!objects.isEmpty)
        #expect(try Set(storescp.arrivals().keys) == Set(objects.compactMap(\.sopInstanceUID)))
        // Without TLS this peer has no business here any more.
        #expect(throws: NetworkError.self) { try VerificationSCU.echo(site.node.peer()) }
        #expect(site.lines("it calls without; have it call the port of [tls]").count == 1)
    }

    @Test func whatDoesNotFitIsOneLineOfTheLog() throws {
        let site = try Site()
        let secure = try site.node.securePort()
        let tlsOnPlain = try site.echo(site.options(site.node.port))
        #expect(tlsOnPlain.status == 1 && tlsOnPlain.errors.contains("no TLS with UPTAKE at 127.0.0.1"))
        try wait(until: "the log to tell of it") { !site.lines("connection turned away").isEmpty }
        #expect(site.lines("connection turned away").count == 1)
        #expect(site.lines("it speaks TLS on the port without TLS; have it call the port of [tls]").count == 1)
        let plainOnTLS = try site.echo(["--port", String(secure), "--calling", ServedNode.sender])
        #expect(plainOnTLS.status == 1)
        try wait(until: "the log to tell of it") { site.lines("connection turned away").count == 2 }
        #expect(site.lines("it speaks no TLS on the port of [tls]").count == 1)
        let wrongName = try site.echo(site.options(name: "elsewhere.example"))
        #expect(wrongName.status == 1 && wrongName.errors.contains("hostname mismatch"), "\(wrongName.errors)")
        let noFile = try site.echo(["--tls", "--certificate", "/nonexistent/a.pem", "--key", "b", "--trusted", "c"])
        #expect(noFile.status == 1 && noFile.errors.contains("/nonexistent/a.pem cannot be read"), "\(noFile.errors)")
        #expect(try site.echo(["--tls"]).status == 2)
        #expect(try site.echo(["--trusted", "c"]).status == 2)
    }

    /// As HostilePeerTests has it for peers without TLS.
    @Test func halfAHandshakeDelaysNobodyAndLeavesNothing() throws {
        let site = try Site()
        let port = try site.node.securePort()
        let files = TLSCredentials.Files(
            certificate: site.scanner.certificate, privateKey: site.scanner.key,
            trustedCertificates: site.authority.certificate)
        let secure = Peer(
            host: "127.0.0.1", port: port, calledAETitle: AETitle(ServedNode.aeTitle)!,
            callingAETitle: AETitle(ServedNode.sender)!, security: .init(try TLSCredentials(files)))
        func battery() throws {
            let halfway = (0..<100).map { _ in RawPeer(port: port) }
            for peer in halfway { peer.send([0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3]) }
            for peer in [secure, site.node.peer()] {
                let begin = ContinuousClock.now
                #expect(try VerificationSCU.echo(peer) == .success)
                #expect(ContinuousClock.now - begin < .seconds(1), "\(peer)")
            }
            withExtendedLifetime(halfway) {}
        }
        let process = site.node.process.identifier
        let atStart = try Vitals(of: process)
        try battery()
        try wait(until: "the first peers to be gone", seconds: 60) {
            try Vitals(of: process).descriptors < atStart.descriptors + 20
        }
        try Vitals.expectNothingLeft(in: process) { for _ in 1...10 { try battery() } }
    }

    @Test func certificatesAreRenewedOnSIGHUP() throws {
        let site = try Site()
        let options = try site.options()
        #expect(try site.echo(options).status == 0)
        try "nonsense".write(toFile: site.certificate.certificate, atomically: true, encoding: .utf8)
        Glibc.kill(site.node.process.identifier, SIGHUP)
        try wait(until: "the wrong certificate to be refused") { site.lines("the old one stays in force").count == 1 }
        #expect(try site.echo(options).status == 0)
        let next = try site.authority.issue("next")
        for (old, new) in [(site.certificate.certificate, next.certificate), (site.certificate.key, next.key)] {
            try Data(contentsOf: URL(fileURLWithPath: new)).write(to: URL(fileURLWithPath: old), options: .atomic)
        }
        Glibc.kill(site.node.process.identifier, SIGHUP)
        try wait(until: "the new certificate to be in force") { !site.lines("renewed certificate in force").isEmpty }
        #expect(try site.echo(site.options(name: "next.example")).status == 0)
        #expect(try site.echo(options).status == 1)
        #expect(site.node.process.isRunning)
        // Security Configuration: one refused, one in force.
        try wait(until: "both to be on record") { site.alerts("110129") == 2 }
    }

    @Test func whoIsNotTrustedIsOnRecord() throws {
        let site = try Site()
        let others = try TestAuthority()
        let stranger = try others.issue("scanner")
        let known = site.scanner
        let options = try site.options().map { option in
            option == known.certificate ? stranger.certificate : option == known.key ? stranger.key : option
        }
        let refused = try site.echo(options)
        #expect(refused.status == 1 && !refused.errors.contains("cannot be read"), "\(refused.errors)")
        withExtendedLifetime(others) {}
        // Node Authentication.
        try wait(until: "it to be on record") { site.alerts("110126") == 1 }
        #expect(site.lines("its certificate is not trusted").count == 1)
    }

    @Test func wrongFilesAreFoundBeforeTheStart() throws {
        let authority = try TestAuthority()
        let folder = try Scratch("tls")
        let node = try authority.issue("node"), other = try authority.issue("other")
        func check(_ issued: TestAuthority.Issued) throws -> Child.Result {
            let path = folder.path + "/site.toml"
            let text =
                "[node]\nport = 0\nstate_directory = \"\(folder.path)/state\"\n" + Site.section(issued, authority)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            return try Child.run(Place.uptake, ["check-config", "--config", path])
        }
        let good = try check(node)
        #expect(good.status == 0 && good.output.contains("is good"), "\(good.output)\(good.errors)")
        let mismatch = try check(.init(certificate: node.certificate, key: other.key))
        #expect(mismatch.status == 2)
        #expect(
            mismatch.output.contains("the key in \(other.key) is not that of the certificate"), "\(mismatch.output)")
        let expired = try check(authority.issue("late", days: -1))
        #expect(expired.status == 0)
        #expect(expired.output.contains("our certificate has expired and peers refuse it"), "\(expired.output)")
        _ = try check(.init(certificate: node.certificate, key: other.key))
        let served = try Child.run(Place.uptake, ["serve", "--config", folder.path + "/site.toml"])
        #expect(served.status == 2 && served.errors.contains("is not that of the certificate"), "\(served.errors)")
    }
}
