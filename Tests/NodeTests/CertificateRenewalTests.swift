import DICOMNetwork
import Foundation
import Logging
import Node
import Synchronization
import TestCertificates
import Testing

/// When renewed certificates are read, and what the log says of it.
@Suite struct CertificateRenewalTests {
    /// A log that is kept.
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }

        private struct Handler: LogHandler {
            let lines: Lines
            var metadata: Logger.Metadata = [:]
            var logLevel = Logger.Level.trace
            subscript(metadataKey key: String) -> Logger.Metadata.Value? {
                get { metadata[key] }
                set { metadata[key] = newValue }
            }
            func log(event: LogEvent) { lines.add("\(event.level) \(event.message)") }
        }
    }

    private static func files(of issued: TestAuthority.Issued, _ authority: TestAuthority) -> TLSCredentials.Files {
        .init(certificate: issued.certificate, privateKey: issued.key, trustedCertificates: authority.certificate)
    }

    private static func replace(_ path: String, by other: String) throws {
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: other, toPath: path)
    }

    @Test func changedFilesAreReadOnceTheyHaveComeToRest() throws {
        let authority = try TestAuthority()
        let first = try authority.issue("first"), second = try authority.issue("second")
        let credentials = try TLSCredentials(Self.files(of: first, authority))
        let lines = Lines()
        let renewal = CertificateRenewal(credentials, log: lines.logger)
        renewal.look()
        // Half of it: nothing is read while it still changes.
        try Self.replace(first.certificate, by: second.certificate)
        renewal.look()
        try Self.replace(first.key, by: second.key)
        renewal.look()
        #expect(credentials.certificate.subject == "CN=first,O=Uptake tests")
        renewal.look()
        #expect(credentials.certificate.subject == "CN=second,O=Uptake tests")
        renewal.look()
        #expect(
            lines.all.filter { !$0.hasPrefix("warning") } == [
                "info certificate in force", "notice renewed certificate in force",
            ])
    }

    @Test func aWrongFileIsSaidOnceAndTheOldStays() throws {
        let authority = try TestAuthority()
        let first = try authority.issue("first")
        let credentials = try TLSCredentials(Self.files(of: first, authority))
        let lines = Lines()
        let renewal = CertificateRenewal(credentials, log: lines.logger)
        try "nonsense".write(toFile: first.certificate, atomically: true, encoding: .utf8)
        for _ in 0..<5 { renewal.look() }
        let errors = lines.all.filter { $0.hasPrefix("error") }
        #expect(errors.count == 1)
        #expect(errors.first?.contains("\(first.certificate) holds no certificate") == true, "\(errors)")
        #expect(credentials.certificate.subject == "CN=first,O=Uptake tests")
        // Who asks is answered, again and again.
        #expect(throws: TLSFilesError.self) { try renewal.renew() }
        renewal.look()
        #expect(lines.all.filter { $0.hasPrefix("error") }.count == 2)
    }

    @Test func theEndIsWarnedOfInTimeOnceADay() throws {
        let authority = try TestAuthority()
        let credentials = try TLSCredentials(Self.files(of: authority.issue("node", days: 40), authority))
        let lines = Lines()
        let renewal = CertificateRenewal(credentials, log: lines.logger)
        let now = Date()
        func warnings(afterDays days: Double) -> [String] {
            let before = lines.all.count
            renewal.look(now: now.addingTimeInterval(days * 86_400))
            return Array(lines.all.dropFirst(before))
        }
        #expect(warnings(afterDays: 0) == [])
        #expect(warnings(afterDays: 9.9) == [])
        #expect(warnings(afterDays: 10.5) == ["warning our certificate expires in 29 days: renew it"])
        #expect(warnings(afterDays: 11) == [])
        #expect(warnings(afterDays: 11.6) == ["warning our certificate expires in 28 days: renew it"])
        #expect(warnings(afterDays: 41) == ["warning our certificate has expired and peers refuse it: renew it"])
    }
}
