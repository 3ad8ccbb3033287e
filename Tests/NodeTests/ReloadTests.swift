import Archive
import DICOM
import DICOMNetwork
import Foundation
import Node
import ScriptedPeer
import TestCertificates
import Testing

/// A changed configuration, taken up by a node that runs: whole, or not at all.
@Suite struct ReloadTests {
    /// A node and its configuration file.
    private final class Site {
        let folder = NSTemporaryDirectory() + "uptake-reload-" + UUID().uuidString.prefix(8)
        var file: String { folder + "/site.toml" }
        private(set) var node: Node!

        init(_ sections: String, holding prepare: (Bench) throws -> Void = { _ in }) throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try prepare(Bench(at: folder + "/state"))
            try write(sections)
            node = try Node(NodeConfiguration(path: file), executable: "/bin/false", log: Bench.log)
        }

        deinit {
            node?.stop(graceSeconds: 0)
            try? FileManager.default.removeItem(atPath: folder)
        }

        func write(_ sections: String, node: String = "") throws {
            let text = """
                [node]
                address = "127.0.0.1"
                port = 0
                state_directory = "\(folder)/state"
                reserve_mib = 0
                \(node)

                """
            try (text + sections).write(toFile: file, atomically: true, encoding: .utf8)
        }

        /// Writes the file anew and reloads it.
        /// - Returns: the problems that it is refused for.
        func reload(_ sections: String, node: String = "") throws -> [String] {
            try write(sections, node: node)
            do throws(ConfigurationError) {
                try self.node.reload(path: file)
                return []
            } catch { return error.problems.map(\.description) }
        }

        func answers(_ title: String) -> Bool {
            let peer = Peer(
                host: "127.0.0.1", port: node.port, calledAETitle: AETitle("UPTAKE")!,
                callingAETitle: AETitle(title)!)
            return (try? VerificationSCU.echo(peer)) == .success
        }

        func status() throws -> ShowStatus.Answer {
            try ControlClient(stateDirectory: folder + "/state").ask(ShowStatus())
        }

        func destinations() throws -> [String] { try status().destinations.map(\.name) }
    }

    private static let scanner = "[[peer]]\nae_title = \"SCANNER\"\n"

    private static func destination(_ name: String, port: UInt16) -> String {
        "[[destination]]\nname = \"\(name)\"\nae_title = \"PACS\"\nhost = \"127.0.0.1\"\nport = \(port)\nretry_after_seconds = 1\n"
    }

    @Test func peersComeAndGo() throws {
        let site = try Site(Self.scanner)
        #expect(site.answers("SCANNER") && !site.answers("SECOND"))
        #expect(try site.reload("[[peer]]\nae_title = \"SECOND\"\n") == [])
        #expect(site.answers("SECOND") && !site.answers("SCANNER"))
    }

    /// A study that is on its way comes in whole, though its sender is a peer no more.
    @Test func anAssociationEndsAsItBegan() throws {
        let site = try Site(Self.scanner)
        let scanner = RawPeer(port: site.node.port)
        #expect(scanner.associate(calling: "SCANNER") == 2)
        func store(_ number: Int) -> UInt16? {
            let image = Bench.object(Bench.study(1), number, sopClass: .ctImageStorage)
            return scanner.store(
                image.explicitVRLittleEndian, sopInstance: image.uid(.sopInstanceUID)!.description)
        }
        #expect(store(1) == 0)
        #expect(try site.reload("[[peer]]\nae_title = \"SECOND\"\n") == [])
        #expect(store(2) == 0)
        #expect(scanner.release())
        #expect(!site.answers("SCANNER"))
    }

    /// What is counted as open when it begins is so when it ends, whoever is a peer by then.
    @Test func anAssociationThatIsOpenIsCountedToItsEnd() throws {
        let site = try Site("[[peer]]\nae_title = \"UPTAKE\"\n")
        let peer = RawPeer(port: site.node.port)
        #expect(peer.associate(calling: "UPTAKE") == 2)
        #expect(try site.status().associations == ["UPTAKE": 1])
        #expect(try site.reload(Self.scanner) == [])
        let own = RawPeer(port: site.node.port)
        #expect(own.associate(calling: "UPTAKE") == 2, "it may call itself")
        #expect(peer.release())
        let deadline = Date().addingTimeInterval(20)
        while try site.status().associations != [:], Date() < deadline { usleep(10_000) }
        #expect(try site.status().associations == [:])
        #expect(own.release())
    }

    @Test func whoBecomesAPeerIsCountedByName() throws {
        let site = try Site(Self.scanner)
        #expect(try site.reload("[[peer]]\nae_title = \"SECOND\"\n") == [])
        #expect(site.answers("SECOND") && !site.answers("SCANNER"))
        let counts = try site.status().counters.map { "\($0.event.rawValue) \($0.peer ?? "unknown")" }
        #expect(counts == ["accepted SECOND", "rejected: calling AE title unknown"])
    }

    @Test func destinationsComeAndGo() throws {
        let site = try Site(Self.scanner + Self.destination("first", port: 9))
        #expect(try site.destinations() == ["first"])
        let two = Self.destination("second", port: 9) + Self.destination("first", port: 9)
        #expect(try site.reload(Self.scanner + two) == [])
        #expect(try site.destinations() == ["second", "first"])
        #expect(try site.reload(Self.scanner) == [])
        #expect(try site.destinations() == [])
    }

    /// What waits for a destination is sent where the changed file says, with no new start.
    @Test func whatWaitsFollowsItsDestination() throws {
        let pacs = try ScriptedPACS()
        try pacs.start("0000")
        let site = try Site(Self.scanner + Self.destination("pacs", port: 9)) {
            try $0.read(Bench.study(1), results: 1, destinations: ["pacs"])
        }
        #expect(try site.reload(Self.scanner + Self.destination("pacs", port: pacs.port)) == [])
        let deadline = Date().addingTimeInterval(60)
        func states() throws -> [JobProgress.State] {
            try site.node.archive.jobs(kinds: [.deliver]).map(\.progress.state)
        }
        while try states() != [.done], Date() < deadline { usleep(20_000) }
        #expect(try states() == [.done])
    }

    private static func source(_ name: String) -> String {
        "[[source]]\nname = \"\(name)\"\nae_title = \"ARCHIVE\"\nhost = \"127.0.0.1\"\nport = 9\n"
    }

    /// What is to be fetched begins, is asked of another source, and ends, with no new start.
    @Test func whatIsFetchedFollowsTheFile() throws {
        let study = Bench.study(1)
        let site = try Site(Self.scanner + Self.source("first")) { bench in
            try bench.receive(study, instances: 1..<2)
            // Due only when it is asked for again, so that it stands still meanwhile.
            try bench.archive.order([.ct], forStudy: study, from: "gone", now: Date().addingTimeInterval(3600))
        }
        func sources() throws -> [String?] { try site.node.archive.fetches(forStudy: study).map(\.destination) }
        #expect(try sources() == ["gone"])
        let fetch = "[fetch]\nsource = \"first\"\n"
        #expect(try site.reload(Self.scanner + Self.source("first") + fetch) == [])
        #expect(try sources() == ["first"])
        let other = fetch.replacingOccurrences(of: "first", with: "second")
        #expect(try site.reload(Self.scanner + Self.source("first") + Self.source("second") + other) == [])
        #expect(try sources() == ["second"])
        let job = try #require(try site.node.archive.fetches(forStudy: study).first)
        _ = try site.node.archive.retry([job.id], now: Date())
        let deadline = Date().addingTimeInterval(60)
        func reason() throws -> String? { try site.node.archive.job(job.id)?.progress.reason }
        while try reason() == nil, Date() < deadline { usleep(20_000) }
        #expect(try reason()?.contains("ARCHIVE at 127.0.0.1:9 cannot be reached") == true)
        #expect(try site.reload(Self.scanner + Self.source("first")) == [], "nothing is fetched any more")
        #expect(try sources() == ["second"], "it waits for a source")
    }

    @Test func aWrongFileChangesNothing() throws {
        let site = try Site(Self.scanner)
        let problems = try site.reload(
            "[[peer]]\nae_title = \"SECOND\"\n[[destination]]\nname = \"a\"\n[[rule]]\nname = \"r\"\nunknown = 1\n")
        #expect(problems.count == 4, "\(problems)")
        #expect(site.answers("SCANNER") && !site.answers("SECOND"))
    }

    @Test func whatNeedsARestartIsRefusedWithTheRest() throws {
        let site = try Site(Self.scanner)
        let problems = try site.reload(
            "[[peer]]\nae_title = \"SECOND\"\n[completion]\nquiet_period_seconds = 5\n", node: "ae_titles = [\"B\"]")
        #expect(
            problems.map { String($0.prefix(while: { $0 != "]" })) } == ["line 1: [node", "line 9: [completion"],
            "\(problems)")
        #expect(problems.allSatisfy { $0.contains("restart it, or put the section back") })
        #expect(site.answers("SCANNER") && !site.answers("SECOND"))
    }

    @Test func wrongCertificatesRefuseTheWholeFile() throws {
        let authority = try TestAuthority()
        let own = try authority.issue("node")
        let tls = """
            [tls]
            certificate = "\(own.certificate)"
            private_key = "\(own.key)"
            trusted_certificates = "\(authority.certificate)"

            """
        let site = try Site(tls + Self.scanner)
        let good = try Data(contentsOf: URL(fileURLWithPath: own.certificate))
        try Data("nonsense".utf8).write(to: URL(fileURLWithPath: own.certificate))
        let problems = try site.reload(tls + "[[peer]]\nae_title = \"SECOND\"\n")
        #expect(problems.count == 1 && problems[0].contains("holds no certificate"), "\(problems)")
        #expect(site.answers("SCANNER") && !site.answers("SECOND"))
        try good.write(to: URL(fileURLWithPath: own.certificate))
        #expect(try site.reload(tls + "[[peer]]\nae_title = \"SECOND\"\n") == [])
        #expect(site.answers("SECOND"))
    }
}
