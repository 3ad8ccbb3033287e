import Auditing
import DICOMNetwork
import Foundation
import OtherPrograms
import TestCertificates
import Testing

/// The trail sent to a collector over TLS, that comes and goes.
@Suite struct AuditForwarderTests {
    /// A collector that can be stopped and started again on its port.
    private final class Collector {
        let authority: TestAuthority
        private let issued: TestAuthority.Issued
        let folder = Folder()
        private(set) var port: UInt16 = 0
        private var program: RunningProgram?

        init() throws {
            authority = try TestAuthority()
            issued = try authority.issue("collector")
        }

        func start() throws {
            let program = try RunningProgram(
                "python3",
                [
                    Place.judge("syslog_collector.py"), String(port), authority.certificate, issued.certificate,
                    issued.key,
                ]
                    + [folder.file("messages")])
            self.program = program
            port = try #require(UInt16(program.firstLine()))
        }

        func stop() { program?.end() }

        var target: TLSStream.Target {
            var target = TLSStream.Target(host: "127.0.0.1", port: port)
            target.certificateName = "collector.example"
            return target
        }

        func credentials(_ other: TestAuthority? = nil) throws -> TLSCredentials {
            let node = try (other ?? authority).issue("node")
            return try TLSCredentials(
                .init(
                    certificate: node.certificate, privateKey: node.key, trustedCertificates: authority.certificate))
        }

        /// What it has, once there are so many.
        func messages(_ count: Int) -> [String] {
            let limit = Date(timeIntervalSinceNow: 20)
            while folder.lines("messages").count < count, Date() < limit { usleep(10_000) }
            return folder.lines("messages")
        }
    }

    private func lines(_ numbers: ClosedRange<Int>) -> [String] {
        numbers.map { String(decoding: alert($0).syslog(from: source), as: UTF8.self) }
    }

    @Test func whatIsRecordedArrivesInOrder() throws {
        let collector = try Collector()
        try collector.start()
        let folder = Folder()
        var limits = AuditTrail.Limits()
        limits.fileBytes = 5000
        let trail = try AuditTrail(directory: folder.path, source: source, limits: limits)
        let forwarder = AuditForwarder(trail, to: collector.target, credentials: try collector.credentials())
        #expect(try forwarder.forward() == 0)
        for number in 1...20 { try trail.record(alert(number)) }
        var parts = 0
        #expect(try forwarder.forward { parts += 1 } == 20)
        #expect(parts > 0, "a sign that it moves")
        try trail.record(alert(21))
        #expect(try forwarder.forward() == 1)
        #expect(try forwarder.forward() == 0)
        #expect(collector.messages(21) == lines(1...21))
    }

    @Test func whatWaitsIsSentWhenTheCollectorReturns() throws {
        let collector = try Collector()
        try collector.start()
        let folder = Folder()
        let credentials = try collector.credentials()
        func open() throws -> (AuditTrail, AuditForwarder) {
            let trail = try AuditTrail(directory: folder.path, source: source)
            return (trail, AuditForwarder(trail, to: collector.target, credentials: credentials))
        }
        var (trail, forwarder) = try open()
        try trail.record(alert(1))
        #expect(try forwarder.forward() == 1)
        #expect(collector.messages(1).count == 1)
        collector.stop()
        for number in 2...4 { try trail.record(alert(number)) }
        #expect(throws: TLSStream.Failure.self) { try forwarder.forward() }
        #expect(throws: TLSStream.Failure.self) { try forwarder.forward() }
        #expect(!forwarder.isConnected)
        // The node ends and starts again meanwhile.
        (trail, forwarder) = try open()
        try trail.record(alert(5))
        #expect(throws: TLSStream.Failure.self) { try forwarder.forward() }
        try collector.start()
        #expect(try forwarder.forward() == 4)
        #expect(collector.messages(5) == lines(1...5))
    }

    @Test func whatWasDroppedIsSaidOnce() throws {
        let collector = try Collector()
        let folder = Folder()
        var limits = AuditTrail.Limits()
        (limits.fileBytes, limits.files) = (4000, 2)
        let trail = try AuditTrail(directory: folder.path, source: source, limits: limits)
        try collector.start()
        let forwarder = AuditForwarder(trail, to: collector.target, credentials: try collector.credentials())
        try trail.record(alert(1))
        #expect(try forwarder.forward() == 1)
        for number in 2...30 { try trail.record(alert(number)) }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0 != "forwarded" }
            .sorted()
        let kept = files.flatMap { folder.lines($0) }
        #expect {
            try forwarder.forward()
        } throws: {
            guard case AuditError.dropped(let count) = $0 else { return false }
            return count > 0
        }
        #expect(try forwarder.forward() == kept.count)
        #expect(collector.messages(1 + kept.count) == lines(1...1) + kept)
    }

    @Test func whoIsNotTrustedIsToldSo() throws {
        let collector = try Collector()
        try collector.start()
        let folder = Folder()
        let trail = try AuditTrail(directory: folder.path, source: source)
        try trail.record(alert(1))
        let stranger = AuditForwarder(
            trail, to: collector.target, credentials: try collector.credentials(TestAuthority("Somebody Else")))
        #expect {
            try stranger.forward()
        } throws: {
            "\($0)".contains("refuses our certificate")
        }
        var elsewhere = collector.target
        elsewhere.certificateName = "elsewhere.example"
        let forwarder = AuditForwarder(trail, to: elsewhere, credentials: try collector.credentials())
        #expect {
            try forwarder.forward()
        } throws: {
            "\($0)".contains("hostname mismatch")
        }
        #expect(collector.folder.lines("messages").isEmpty)
        let honest = AuditForwarder(trail, to: collector.target, credentials: try collector.credentials())
        #expect(try honest.forward() == 1)
    }
}
