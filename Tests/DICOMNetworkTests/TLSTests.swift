import DICOM
import DICOMNetwork
import Foundation
import OtherPrograms
import ScriptedPeer
import TestCertificates
import Testing

/// Associations under TLS, by the BCP 195 profile (PS3.15 section B.10).
@Suite struct TLSTests {
    // MARK: Both ends ours

    @Test func bothPortsAnswer() throws {
        let secure = try SecureNode()
        #expect(try VerificationSCU.echo(secure.peer()) == .success)
        #expect(try VerificationSCU.echo(secure.node.peer()) == .success)
        let requests = secure.service.events.requests
        #expect(requests.map(\.isSecure) == [true, false])
        let certificate = try #require(requests[0].certificate)
        #expect(certificate.subject == "CN=scanner,O=Uptake tests")
        #expect(certificate.names == ["scanner", "scanner.example", "localhost", "127.0.0.1"])
        #expect(certificate.bears("Scanner.example") && !certificate.bears("other.example"))
        #expect(requests[1].certificate == nil)
    }

    @Test func thePlainPortCanBeLeftOut() throws {
        let secure = try SecureNode { $0.port = nil }
        #expect(secure.node.listener.port == 0)
        #expect(try VerificationSCU.echo(secure.peer()) == .success)
    }

    @Test func dataSetsPassUnaltered() throws {
        let secure = try SecureNode()
        let peer = try secure.peer()
        let folder = Folder()
        // One that fills many records of 16 KiB.
        let long = folder.file("long.dcm")
        try testImage(9, columns: 1024, rows: 1024).write(to: long, transferSyntax: .explicitVRLittleEndian)
        let paths = try folder.images(0..<3) + [long]
        let outcomes = StorageSCU.send(paths, to: peer)
        #expect(outcomes.allSatisfy { $0.isStored }, "\(outcomes)")
        #expect(secure.service.wait { $0.closed.count == 1 })
        #expect(secure.service.events.closed == [1: .released])
        for (stored, path) in zip(secure.service.events.stored, paths) {
            #expect(dataSetBytes(ofFile: stored.path) == dataSetBytes(ofFile: path))
        }
    }

    // MARK: Who is refused

    @Test func strangersAreRefused() throws {
        let secure = try SecureNode()
        let other = try TestAuthority("Somebody Else")
        #expect {
            try VerificationSCU.echo(secure.peer(of: other))
        } throws: {
            guard case NetworkError.insecure(_, .refused(let text)) = $0 else { return false }
            return text.contains("unknown ca")
        }
        #expect(secure.troubles() == [.untrusted("unable to get local issuer certificate")])
        #expect(secure.service.events.requests.isEmpty)
    }

    @Test func theExpiredAreRefused() throws {
        let secure = try SecureNode()
        let peer = try secure.peer(days: -1)
        #expect {
            try VerificationSCU.echo(peer)
        } throws: {
            "\($0)".contains("certificate expired")
        }
        #expect(secure.troubles() == [.untrusted("certificate has expired")])
    }

    @Test func theRevokedAreRefused() throws {
        final class Made: @unchecked Sendable { var scanners: [TestAuthority.Issued] = [] }
        let made = Made()
        let secure = try SecureNode(revoking: {
            made.scanners = [try $0.issue("good"), try $0.issue("lost")]
            return try $0.revoke([made.scanners[1]])
        })
        func peer(_ issued: TestAuthority.Issued) throws -> Peer {
            try secure.peer(
                .init(
                    certificate: issued.certificate, privateKey: issued.key,
                    trustedCertificates: secure.authority.certificate))
        }
        #expect(try VerificationSCU.echo(peer(made.scanners[0])) == .success)
        #expect(throws: NetworkError.self) { try VerificationSCU.echo(peer(made.scanners[1])) }
        #expect(secure.troubles() == [.untrusted("certificate revoked")])
    }

    @Test func aClientWithoutCertificateIsRefusedWhereOneIsRequired() throws {
        let secure = try SecureNode()
        let anonymous = ["+tla", "-ic", "-aec", "UPTAKE", "127.0.0.1", String(secure.port)]
        #expect(try Program("echoscu", anonymous).status != 0)
        #expect(secure.troubles() == [.noCertificate])
        let open = try SecureNode(requiresClientCertificate: false)
        let echo = try Program(
            "echoscu", ["+tla", "+cf", open.authority.certificate, "-aec", "UPTAKE", "127.0.0.1", String(open.port)])
        #expect(echo.status == 0, "\(echo.output)")
        #expect(open.service.events.requests.first?.isSecure == true)
        #expect(open.service.events.requests.first?.certificate == nil)
    }

    @Test func theServersCertificateIsChecked() throws {
        let secure = try SecureNode()
        let other = try TestAuthority("Somebody Else")
        var files = try SecureNode.files("scanner", of: secure.authority)
        files.trustedCertificates = other.certificate
        #expect {
            try VerificationSCU.echo(secure.peer(files))
        } throws: {
            guard case NetworkError.insecure(_, .untrusted(let text)) = $0 else { return false }
            return text.contains("self-signed certificate")
        }
        #expect(secure.troubles().first?.concernsIdentity == true)
    }

    @Test func theNameOnACertificateIsCheckedWhereOneIsAskedFor() throws {
        let secure = try SecureNode()
        for name in ["uptake.example", "127.0.0.1"] {
            #expect(try VerificationSCU.echo(secure.peer(certificateName: name)) == .success)
        }
        for name in ["pacs.example", "127.0.0.2"] {
            #expect {
                try VerificationSCU.echo(secure.peer(certificateName: name))
            } throws: {
                guard case NetworkError.insecure(_, .untrusted(let text)) = $0 else { return false }
                return text.contains("mismatch")
            }
        }
    }

    /// A peer's own certificate can be trusted, without its authority.
    @Test func singleCertificatesCanBeTrusted() throws {
        let secure = try SecureNode()
        let other = try TestAuthority("Somebody Else")
        let pinned = try other.issue("pinned"), stranger = try other.issue("stranger")
        var files = secure.credentials.files
        files.trustedCertificates = pinned.certificate
        let credentials = try TLSCredentials(files)
        let node = try TestNode { $0.secure = .init(port: 0, credentials: credentials) }
        func echo(_ issued: TestAuthority.Issued) throws -> DIMSEStatus {
            let files = TLSCredentials.Files(
                certificate: issued.certificate, privateKey: issued.key,
                trustedCertificates: secure.authority.certificate)
            return try VerificationSCU.echo(
                Peer(
                    host: "127.0.0.1", port: node.listener.securePort!, calledAETitle: ourTitle,
                    callingAETitle: scannerTitle, security: .init(try TLSCredentials(files))))
        }
        #expect(try echo(pinned) == .success)
        #expect(throws: NetworkError.self) { try echo(stranger) }
    }

    // MARK: What does not fit together

    @Test func olderVersionsAreRefused() throws {
        let secure = try SecureNode()
        let scanner = try secure.authority.issue("old")
        func connect(_ options: [String]) throws -> String {
            try Program(
                "openssl",
                ["s_client", "-connect", "127.0.0.1:\(secure.port)", "-cert", scanner.certificate, "-key", scanner.key]
                    + ["-CAfile", secure.authority.certificate, "-cipher", "ALL:@SECLEVEL=0"] + options
            ).output
        }
        for version in ["-tls1", "-tls1_1"] {
            let output = try connect([version])
            #expect(output.contains("alert protocol version"), "\(output)")
        }
        #expect(secure.troubles(2) == [.version, .version])
        #expect(try connect(["-tls1_2"]).contains("Verify return code: 0 (ok)"))
        #expect(try connect(["-tls1_3"]).contains("Verify return code: 0 (ok)"))
    }

    @Test func weakSuitesAreRefused() throws {
        let secure = try SecureNode()
        let scanner = try secure.authority.issue("old")
        for suite in ["ECDHE-ECDSA-AES128-SHA", "AES128-SHA256", "ECDHE-ECDSA-NULL-SHA"] {
            let output = try Program(
                "openssl",
                ["s_client", "-connect", "127.0.0.1:\(secure.port)", "-cert", scanner.certificate, "-key", scanner.key]
                    + ["-tls1_2", "-cipher", "\(suite):@SECLEVEL=0"]
            ).output
            #expect(output.contains("handshake failure"), "\(output)")
        }
        #expect(secure.troubles(3) == [.cipher, .cipher, .cipher])
    }

    @Test func tlsOnThePlainPortIsToldApart() throws {
        let secure = try SecureNode()
        var peer = try secure.peer()
        peer = Peer(
            host: "127.0.0.1", port: secure.node.listener.port, calledAETitle: ourTitle, callingAETitle: scannerTitle,
            security: peer.security)
        #expect {
            try VerificationSCU.echo(peer)
        } throws: {
            if case NetworkError.insecure = $0 { true } else { false }
        }
        #expect(secure.service.wait { !$0.dismissed.isEmpty })
        #expect(secure.service.events.dismissed == [.tlsWithoutTLS])
    }

    @Test func plainOnTheTLSPortIsToldApart() throws {
        let secure = try SecureNode()
        let peer = Peer(
            host: "127.0.0.1", port: secure.port, calledAETitle: ourTitle, callingAETitle: scannerTitle)
        #expect(throws: NetworkError.aborted(peer)) { try VerificationSCU.echo(peer) }
        #expect(secure.service.events.dismissed == [.plainUnderTLS])
    }

    /// OpenSSL takes a record's first part off the socket; a later one that begins as an A-ASSOCIATE-RQ does is no such thing.
    @Test func aHandshakeInPiecesIsTakenForWhatItIs() throws {
        let secure = try SecureNode()
        let peer = RawPeer(port: secure.port)
        peer.send([0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3])
        for _ in 0..<400 where peer.send([1]) { sched_yield() }
        peer.finishSending()
        _ = peer.receive()
        #expect(secure.service.wait { !$0.dismissed.isEmpty })
        #expect(secure.service.events.dismissed.allSatisfy { $0 != .plainUnderTLS })
    }

    /// A peer that renews its keys without end, and sends nothing else, holds nobody up.
    @Test func renewingKeysDelaysNobody() throws {
        let secure = try SecureNode()
        let scanner = try secure.authority.issue("scanner")
        let flood = Process()
        let (input, output) = (Pipe(), Pipe())
        flood.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        flood.arguments = [
            Place.python, Place.judge("key_updates.py"), String(secure.port), scanner.certificate, scanner.key,
        ]
        (flood.standardInput, flood.standardOutput) = (input, output)
        try flood.run()
        defer {
            if flood.isRunning { kill(flood.processIdentifier, SIGKILL) }
            flood.waitUntilExit()
        }
        #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).hasPrefix("ready"))
        for _ in 0..<5 { #expect(try VerificationSCU.echo(secure.peer()) == .success) }
        #expect(flood.isRunning)
        try input.fileHandleForWriting.close()
        let count = Int(
            String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self).trimmingCharacters(
                in: .whitespacesAndNewlines))
        #expect(try #require(count) > 1000)
    }

    @Test func aPeerWithoutTLSIsToldApart() throws {
        let plain = try TestNode()
        let secure = try SecureNode()
        let peer = Peer(
            host: "127.0.0.1", port: plain.listener.port, calledAETitle: ourTitle, callingAETitle: scannerTitle,
            security: try secure.peer().security)
        #expect {
            try VerificationSCU.echo(peer)
        } throws: {
            if case NetworkError.insecure = $0 { true } else { false }
        }
        // One that answers in its own words, as most servers do.
        let other = RawServer { client in
            _ = client.receive(5)
            client.send(PDU.abort)
        }
        let there = Peer(
            host: "127.0.0.1", port: other.port, calledAETitle: ourTitle, callingAETitle: scannerTitle,
            security: peer.security)
        #expect(throws: NetworkError.insecure(there, .notTLS)) { try VerificationSCU.echo(there) }
    }

    @Test func noiseOnTheTLSPortIsDropped() throws {
        let secure = try SecureNode()
        var generator = SeededGenerator(state: 17)
        for round in 0..<40 {
            var noise = (0..<300).map { _ in UInt8.random(in: 2...255, using: &generator) }
            // Half of them begin as a handshake does.
            if round.isMultiple(of: 2) { noise.replaceSubrange(0..<6, with: [0x16, 3, 1, 1, 0, 1]) }
            let peer = RawPeer(port: secure.port)
            peer.send(round == 0 ? Array("GET / HTTP/1.1\r\nHost: uptake\r\n\r\n".utf8) : noise)
            _ = peer.receive()
        }
        #expect(secure.service.wait { $0.dismissed.count == 40 })
        #expect(secure.service.events.dismissed[0] == .insecure(.notTLS, subject: ""))
        #expect(secure.service.events.requests.isEmpty)
        #expect(try VerificationSCU.echo(secure.peer()) == .success)
    }

    // MARK: The slow

    @Test func halfAHandshakeDelaysNobody() throws {
        let secure = try SecureNode()
        let silent = (0..<20).map { _ in RawPeer(port: secure.port) }
        let halfway = (0..<20).map { _ in RawPeer(port: secure.port) }
        // The record's header, and a part of its body.
        for peer in halfway { peer.send([0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3]) }
        let peer = try secure.peer()
        let start = ContinuousClock.now
        #expect(try VerificationSCU.echo(peer) == .success)
        #expect(try VerificationSCU.echo(secure.node.peer()) == .success)
        // Their time-out is 30 s: nobody waited for it. What is asked of the node is less than a second each.
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(secure.service.events.dismissed.isEmpty)
        withExtendedLifetime((silent, halfway)) {}
    }

    @Test func halfAHandshakeIsClosedInTheEnd() throws {
        let secure = try SecureNode { $0.acseSeconds = 1 }
        let halfway = RawPeer(port: secure.port)
        halfway.send([0x16, 3, 1, 2, 0, 1])
        #expect(halfway.receive().isEmpty)
        #expect(secure.service.events.dismissed == [.tooSlow])
    }

    @Test func theOldestHalfHandshakeMakesRoom() throws {
        let secure = try SecureNode { $0.maximumPendingConnections = 3 }
        let halfway = (0..<6).map { _ in RawPeer(port: secure.port) }
        for peer in halfway { peer.send([0x16, 3, 1, 2, 0, 1]) }
        #expect(try VerificationSCU.echo(secure.peer()) == .success)
        #expect(secure.service.events.dismissed.contains(.tooSlow))
        withExtendedLifetime(halfway) {}
    }

    @Test func beyondTheLimitIsSaidUnderTLS() throws {
        let secure = try SecureNode { $0.maximumAssociations = 1 }
        let first = RawPeer(port: secure.node.listener.port)
        #expect(first.associate() == 2)
        let peer = try secure.peer()
        #expect(throws: NetworkError.rejected(peer, .localLimitExceeded)) { try VerificationSCU.echo(peer) }
    }
}
