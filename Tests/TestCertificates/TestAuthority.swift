import Foundation

/// A certificate authority for the length of a test, in a folder that is gone with the value.
///
/// Keys are P-256, which are made in a moment. Whatever it issues is a pair of PEM files.
public final class TestAuthority: Sendable {
    /// A certificate and its key.
    public struct Issued: Sendable {
        /// Path of the certificate.
        public let certificate: String
        /// Path of the key.
        public let key: String

        /// Puts a certificate and a key together, whether they belong together or not.
        public init(certificate: String, key: String) { (self.certificate, self.key) = (certificate, key) }
    }

    /// OpenSSL did not do what a test builds on.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private let folder: String
    /// Path of the authority's own certificate.
    public var certificate: String { folder + "/ca.pem" }

    /// Makes an authority.
    public init(_ name: String = "Test Authority") throws {
        folder = FileManager.default.temporaryDirectory.path + "/uptake-authority-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Self.openssl(
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
                + ["-subj", "/O=Uptake tests/CN=\(name)", "-keyout", folder + "/ca.key", "-out", certificate])
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Issues a certificate for the loopback host.
    /// - Parameter days: how long it is valid; negative for one that has expired.
    public func issue(_ name: String, days: Int = 30) throws -> Issued {
        let base = folder + "/\(name)-\(UUID().uuidString.prefix(8))"
        try Self.openssl(
            ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
                + ["-subj", "/O=Uptake tests/CN=\(name)", "-keyout", base + ".key", "-out", base + ".csr"])
        try "subjectAltName=DNS:\(name).example,DNS:localhost,IP:127.0.0.1\n"
            .write(toFile: base + ".ext", atomically: true, encoding: .utf8)
        try Self.openssl(
            [
                "x509", "-req", "-in", base + ".csr", "-CA", certificate, "-CAkey", folder + "/ca.key", "-days",
                "\(days)",
            ]
                + ["-CAcreateserial", "-extfile", base + ".ext", "-out", base + ".pem"])
        return Issued(certificate: base + ".pem", key: base + ".key")
    }

    /// Makes a revocation list of some certificates.
    public func revoke(_ issued: [Issued]) throws -> String {
        let configuration = folder + "/ca.conf"
        try """
        [ca]
        default_ca = test
        [test]
        database = \(folder)/index.txt
        crlnumber = \(folder)/crlnumber
        default_md = sha256
        default_crl_days = 30
        """.write(toFile: configuration, atomically: true, encoding: .utf8)
        try "".write(toFile: folder + "/index.txt", atomically: true, encoding: .utf8)
        try "01\n".write(toFile: folder + "/crlnumber", atomically: true, encoding: .utf8)
        let authority = ["ca", "-config", configuration, "-cert", certificate, "-keyfile", folder + "/ca.key"]
        for one in issued { try Self.openssl(authority + ["-revoke", one.certificate]) }
        let list = folder + "/revoked-\(UUID().uuidString.prefix(8)).pem"
        try Self.openssl(authority + ["-gencrl", "-out", list])
        return list
    }

    private static func openssl(_ arguments: [String]) throws {
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let text = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "openssl \(arguments[0]): \(String(decoding: text, as: UTF8.self))")
        }
    }
}
