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
                "line 9: no model at \(folder)/nowhere/model.json; reinstall the package or give --model",
                "line 14: no model at \(folder)/neither/model.json; reinstall the package or give --model",
                "line 15: \(found.last?.split(separator: ": ", maxSplits: 1).last ?? "")",
            ])
        #expect(found.last?.contains("unknown key colour") == true)
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
        #expect(warnings.count == 3, "\(warnings)")
        #expect(warnings[0] == "line 2: here is taken from the folder that the node is started in; give a path from /")
        #expect(warnings[1].hasPrefix("line 5: \(own.key) can be read by everybody"))
        #expect(warnings[2].hasPrefix("line 4: our certificate expires in "))
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
