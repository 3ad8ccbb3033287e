import DICOM
import DICOMNetwork
import Foundation
import Node
import TestCertificates
import Testing

/// What is found wrong with the files that a configuration names, and the configurations that ship as examples.
@Suite struct ConfigurationCheckTests {
    private let folder = NSTemporaryDirectory() + "uptake-check-" + UUID().uuidString.prefix(8)

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    private func problems(_ text: String) throws -> [String] {
        let path = folder + "/site.toml"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        do throws(ConfigurationError) {
            _ = try NodeConfiguration(checking: path)
            return []
        } catch { return error.problems.map(\.description) }
    }

    @Test func everythingWrongIsFoundAtOnceWithItsLine() throws {
        let authority = try TestAuthority()
        let own = try authority.issue("node"), other = try authority.issue("other")
        try "a file".write(toFile: folder + "/state", atomically: true, encoding: .utf8)
        let found = try problems(
            """
            [node]
            port = 70000
            state_directory = "\(folder)/state"
            [tls]
            certificate = "\(own.certificate)"
            private_key = "\(other.key)"
            trusted_certificates = "\(authority.certificate)"
            [reading]
            model = "\(folder)/nowhere"
            [[rule]]
            name = "one"
            [[rule]]
            name = "two"
            model = "\(folder)/neither"
            colour = "red"
            """)
        #expect(
            found == [
                "line 2: port needs a whole number from 0 to 65535",
                "line 3: \(folder)/state is a file; state_directory needs a folder, or a path where one can be made",
                "line 6: the key in \(other.key) is not that of the certificate; give the two that belong together",
                "line 9: no model at \(folder)/nowhere/model.json; reinstall the package, or name the folder of a model",
                "line 14: no model at \(folder)/neither/model.json; reinstall the package, or name the folder of a model",
                "line 15: \(found.last?.split(separator: ": ", maxSplits: 1).last ?? "")",
            ])
        #expect(found.last?.contains("unknown key colour") == true)
    }

    /// Each says nothing until studies are not read, or removed.
    @Test func whatCannotWorkIsRefused() throws {
        #expect(try problems("[node]\naddress = \"localhost\"").first?.contains("IPv4 address") == true)
        let full = try problems("[node]\nstate_directory = \"\(folder)/state\"\n[retention]\nkeep_free_gib = 900000")
        #expect(full.count == 1 && full[0].hasPrefix("line 4: the disk of \(folder)/state has"))
        let authority = try TestAuthority()
        let own = try authority.issue("node")
        let tls = """
            [tls]
            certificate = "\(own.certificate)"
            private_key = "\(own.key)"
            trusted_certificates = "\(authority.certificate)"
            """
        #expect(try problems(tls + "\nport = 11112").first?.contains("[node] has the same port") == true)
        #expect(try problems(tls + "\nport = 11112\nexclusive = true").isEmpty)
        let path = folder + "/peer.toml"
        try (tls + "\n[[peer]]\nae_title = \"A\"\ntls = \"required\"").write(
            toFile: path, atomically: true, encoding: .utf8)
        let warnings = try NodeConfiguration(checking: path).warnings.map(\.message)
        #expect(warnings.contains { $0.contains("[tls] has no port") })
    }

    /// Times of which one makes another void.
    @Test(
        arguments: [
            ("quiet_period_seconds = 7200", "given up at once"),
            ("quiet_period_seconds = 20000\nincomplete_after_seconds = 30000", "ever quiet"),
            ("incomplete_after_seconds = 86400", "is cut to forced_after_seconds"),
            ("wait_for_partner_seconds = 14400", "is cut to incomplete_after_seconds"),
        ])
    func timesThatContradictEachOtherAreWorthALook(lines: String, warning: String) throws {
        let found = try NodeConfiguration(text: "[completion]\n" + lines, path: "site.toml").warnings.map(\.message)
        #expect(found.contains { $0.contains(warning) }, "\(found)")
        #expect(try NodeConfiguration(text: "[completion]", path: "site.toml").warnings.isEmpty)
    }

    @Test func whatIsOnlyWorthALookIsAWarning() throws {
        let authority = try TestAuthority()
        let own = try authority.issue("node", days: 10)
        chmod(own.key, 0o644)
        let path = folder + "/site.toml"
        try """
        [node]
        state_directory = "here"
        [tls]
        certificate = "\(own.certificate)"
        private_key = "\(own.key)"
        trusted_certificates = "\(authority.certificate)"
        """.write(toFile: path, atomically: true, encoding: .utf8)
        let warnings = try NodeConfiguration(checking: path).warnings.map(\.description)
        #expect(warnings.count == 4, "\(warnings)")
        #expect(warnings[0] == "line 2: here is taken from the folder that the node is started in; give a path from /")
        #expect(warnings[1].hasPrefix("line 5: \(own.key) can be read by everybody"))
        #expect(warnings[2].hasPrefix("line 4: our certificate expires in "))
        #expect(warnings[3] == "there is no [[peer]]: nobody may send, query or retrieve")
    }

    @Test func whatIsThereToNoEndIsWorthALook() throws {
        let path = folder + "/site.toml"
        try """
        [[peer]]
        ae_title = "SCANNER"
        services = []
        [[destination]]
        name = "pacs"
        ae_title = "PACS"
        host = "192.0.2.9"
        port = 104
        objects = []
        """.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(
            try NodeConfiguration(checking: path).warnings.map(\.description) == [
                "line 3: services is empty: SCANNER may do nothing but C-ECHO",
                "line 9: objects is empty: pacs gets no results",
            ])
    }

    /// The call by which the node looks whether it answers comes from its own title, and must not be judged as a peer's.
    @Test func aPeerOfOurOwnTitleIsWorthALook() throws {
        let path = folder + "/site.toml"
        try "[node]\nae_title = \"NODE\"\n[[peer]]\nae_title = \"NODE\"\n[[peer]]\nae_title = \"OTHER\"\n"
            .write(toFile: path, atomically: true, encoding: .utf8)
        let warnings = try NodeConfiguration(checking: path).warnings.map(\.description)
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("line 4: NODE is this node's own title") == true, "\(warnings)")
    }

    @Test func filesOfTLSAreOpenedThoughTheirSectionIsNotWhole() throws {
        let authority = try TestAuthority()
        let text = "[tls]\ncertificate = \"\(authority.certificate)\"\nprivate_key = \"\(folder)/none.pem\"\n"
        #expect(
            try problems(text) == [
                "line 1: [tls] needs trusted_certificates",
                "line 3: \(folder)/none.pem cannot be read: No such file or directory; correct the path or its rights",
            ])
    }

    @Test func aFileInAnotherEncodingIsTold() throws {
        let path = folder + "/site.toml"
        try Data("[node]\n# M\u{FC}nchen\n".unicodeScalars.map { UInt8($0.value) }).write(
            to: URL(fileURLWithPath: path))
        let error = try #require(throws: ConfigurationError.self) { try NodeConfiguration(path: path) }
        #expect(error.problems.map(\.description) == ["line 2: this is not UTF-8; save the file as UTF-8"])
    }

    /// A destination that is asked for storage commitment, and the peer that it is when it reports.
    @Test(arguments: [
        ("", "its title PACS has no [[peer]]"),
        ("[[peer]]\nae_title = \"OTHER\"", "its title PACS has no [[peer]]"),
        ("[[peer]]\nae_title = \"PACS\"\naddresses = [\"192.0.2.8\"]", "its title PACS has no [[peer]]"),
        ("[[peer]]\nae_title = \"PACS\"\nservices = [\"query\"]", "its [[peer]] PACS needs \"commitment\""),
        ("[[peer]]\nae_title = \"PACS\"\naddresses = [\"192.0.2.0/24\"]", nil),
        ("[[peer]]\nae_title = \"PACS\"\nservices = [\"commitment\"]", nil),
    ])
    func aDestinationThatCannotReportIsWorthALook(peer: String, warning: String?) throws {
        let text = "[[destination]]\nname = \"pacs\"\nae_title = \"PACS\"\nhost = \"192.0.2.9\"\nport = 104\n"
        let asking = try NodeConfiguration(text: text + "storage_commitment = true\n" + peer, path: "").warnings
        #expect(asking.filter { $0.line == 1 && $0.message.contains("commitment") }.count == (warning == nil ? 0 : 1))
        #expect(warning.map { warning in asking.contains { $0.message.contains(warning) } } != false, "\(asking)")
        #expect(
            try !NodeConfiguration(text: text + peer, path: "").warnings.contains { $0.message.contains("commitment") })
    }

    // MARK: Examples

    private static let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Config/examples")

    @Test func theExamplesAreGood() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.examples.path).sorted()
        #expect(names.count >= 2 && names.allSatisfy { $0.hasSuffix(".toml") })
        for name in names {
            let configuration = try NodeConfiguration(path: Self.examples.appendingPathComponent(name).path)
            #expect(configuration.warnings.isEmpty, "\(name): \(configuration.warnings)")
            #expect(!configuration.peers.isEmpty && !configuration.destinations.isEmpty, "\(name)")
        }
    }

    /// The PACS of the example reports on storage commitment on an association of its own, as many do.
    @Test func thePACSOfTheExampleCanReport() throws {
        let authority = try TestAuthority()
        let own = try authority.issue("uptake"), pacs = try authority.issue("pacs")
        let path = Self.examples.appendingPathComponent("tls-several-pacs.toml").path
        var configuration = try NodeConfiguration(path: path)
        configuration.local.address = "127.0.0.1"
        configuration.local.stateDirectory = folder + "/state"
        configuration.auditing.collector = nil
        configuration.destinations = []
        var tls = NodeConfiguration.TLS(
            files: .init(
                certificate: own.certificate, privateKey: own.key, trustedCertificates: authority.certificate))
        (tls.port, tls.isExclusive) = (0, true)
        configuration.tls = tls
        let node = try Node(configuration, executable: "/bin/false", log: Bench.log)
        defer { node.stop(graceSeconds: 0) }
        let credentials = try TLSCredentials(
            .init(certificate: pacs.certificate, privateKey: pacs.key, trustedCertificates: authority.certificate))
        let peer = Peer(
            host: "127.0.0.1", port: try #require(node.securePort), calledAETitle: AETitle("UPTAKE")!,
            callingAETitle: AETitle("PACS")!, security: .init(credentials, certificateName: "uptake.example"))
        let report = CommitmentReport(
            transactionUID: .random(),
            committed: [.init(sopClassUID: .ctImageStorage, sopInstanceUID: UID("1.2.3")!)], failed: [],
            retrieveAETitle: AETitle("PACS")!)
        // Nil were a refused presentation context; of this transaction the node knows nothing.
        #expect(try StorageCommitment.report(report, to: peer) == .invalidArgumentValue)
    }

    @Test func theExamplesAreWhatTheyAreCalled() throws {
        func example(_ name: String) throws -> NodeConfiguration {
            try NodeConfiguration(path: Self.examples.appendingPathComponent(name).path)
        }
        let simple = try example("scanner-to-pacs.toml")
        #expect(simple.peers.count == 1 && simple.destinations.count == 1 && simple.tls == nil)
        let secure = try example("tls-several-pacs.toml")
        #expect(secure.tls?.isExclusive == true && secure.destinations.count > 1)
        #expect(secure.peers.allSatisfy(\.requiresTLS) && secure.destinations.allSatisfy(\.usesTLS))
    }
}
