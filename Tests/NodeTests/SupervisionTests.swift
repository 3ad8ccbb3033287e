import DICOMNetwork
import Foundation
import Logging
import Node
import ScriptedPeer
import TestCertificates
import Testing

/// What the service manager is told, and by what the node knows that it is alive.
@Suite struct SupervisionTests {
    private static func configuration(in folder: String) -> NodeConfiguration {
        var configuration = NodeConfiguration()
        (configuration.local.address, configuration.local.port) = ("127.0.0.1", 0)
        (configuration.local.stateDirectory, configuration.local.reserveMiB) = (folder, 0)
        configuration.peers = [NodeConfiguration.KnownPeer(aeTitle: AETitle("SCANNER")!)]
        return configuration
    }

    /// A node in a folder of its own, gone with the value.
    private final class SupervisedNode {
        let folder = NSTemporaryDirectory() + "uptake-watched-" + UUID().uuidString.prefix(8)
        let node: Node

        init(
            _ change: (inout NodeConfiguration) -> Void = { _ in }, holding prepare: (Bench) throws -> Void = { _ in }
        ) throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try prepare(Bench(at: folder))
            var configuration = SupervisionTests.configuration(in: folder)
            change(&configuration)
            node = try Node(configuration, executable: "/bin/false", log: Bench.log)
        }

        deinit {
            node.stop(graceSeconds: 0)
            try? FileManager.default.removeItem(atPath: folder)
        }
    }

    // MARK: Telling

    @Test func whereNobodyWatchesNothingIsTold() throws {
        let supervisor = Supervisor(environment: [:])
        #expect(!supervisor.isThere)
        #expect(supervisor.watchdogSeconds == nil)
        supervisor.ready("to nobody")
        let other = Supervisor(environment: ["NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"])
        #expect(other.watchdogSeconds == nil)
    }

    @Test func readinessReloadAndEndAreTold() throws {
        let socket = try SystemSocket()
        let supervisor = Supervisor(environment: ["NOTIFY_SOCKET": socket.path])
        supervisor.ready("two\nlines")
        #expect(socket.nextLines() == ["READY=1", "STATUS=two lines"])
        supervisor.reloading()
        let lines = try #require(socket.nextLines())
        #expect(lines.first == "RELOADING=1")
        #expect(lines.last?.firstMatch(of: /^MONOTONIC_USEC=\d+$/) != nil)
        supervisor.stopping()
        #expect(socket.nextLines() == ["STOPPING=1"])
    }

    // MARK: Watching

    @Test func aSignOfLifeNeedsAnAnsweredEcho() throws {
        let socket = try SystemSocket()
        let node = try SupervisedNode()
        let supervisor = Supervisor(environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "300000"])
        #expect(supervisor.watchdogSeconds == 0.3)
        let watchdog = try #require(try node.node.beWatched(by: supervisor))
        #expect(socket.nextLines()?.last == "STATUS=listening on port \(node.node.port)")
        for _ in 0..<3 { #expect(socket.nextLines() == ["WATCHDOG=1"]) }
        // It calls itself beside its peers, and none of it is counted.
        let status = try ControlClient(stateDirectory: node.folder).ask(ShowStatus())
        #expect(status.counters.isEmpty)
        #expect(status.associations.isEmpty)
        node.node.stop(graceSeconds: 0)
        // One may have been on its way; then nothing more, though the process lives.
        while socket.nextLines(seconds: 0) != nil {}
        #expect(socket.nextLines(seconds: 1) == nil)
        watchdog.stop()
    }

    @Test func everyThreadThatWorksIsWatched() throws {
        let node = try SupervisedNode {
            $0.destinations = [.init(name: "pacs", aeTitle: AETitle("PACS")!, host: "127.0.0.1", port: 9)]
        }
        let watched = node.node.roster.hung(after: -1).map(\.name)
        #expect(Set(watched).isSuperset(of: ["audit", "close", "read", "deliver pacs"]), "\(watched)")
        #expect(Set(watched).count == watched.count)
        #expect(node.node.roster.hung().isEmpty)
    }

    /// A delivery whose file is a pipe into which nobody writes waits for ever, as it would on a disk that hangs.
    @Test func aWorkerThatHangsEndsTheSignsOfLife() throws {
        let socket = try SystemSocket()
        var pipe = ""
        let node = try SupervisedNode {
            $0.destinations = [.init(name: "pacs", aeTitle: AETitle("PACS")!, host: "127.0.0.1", port: 9)]
        } holding: { bench in
            try bench.read(Bench.study(1), results: 1, destinations: ["pacs"])
            pipe = try #require(try bench.deliveries().first?.resultID.flatMap(bench.archive.result)).path
            unlink(pipe)
            try #require(mkfifo(pipe, 0o600) == 0)
        }
        let supervisor = Supervisor(environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "300000"])
        // Who has nothing to do gives a sign every five seconds.
        let watchdog = try #require(try node.node.beWatched(by: supervisor, hungAfterSeconds: 9))
        #expect(socket.nextLines()?.first == "READY=1")
        #expect(socket.nextLines() == ["WATCHDOG=1"])
        let deadline = Date().addingTimeInterval(120)
        // Not by the silence of the socket: on a busy machine a sign may be late though nobody hangs.
        func isHung() -> Bool { node.node.roster.hung(after: 9).contains { $0.name == "deliver pacs" } }
        while !isHung(), Date() < deadline { _ = socket.nextLines(seconds: 0.5) }
        #expect(isHung())
        // One may have been on its way.
        _ = socket.nextLines(seconds: 1)
        while socket.nextLines(seconds: 0) != nil {}
        #expect(socket.nextLines(seconds: 2) == nil, "it is still said to be well")
        // Its end is a file that cannot be read; then all is well again.
        close(open(pipe, O_WRONLY | O_NONBLOCK))
        var isWell = false
        while !isWell, Date() < deadline { isWell = socket.nextLines(seconds: 1) == ["WATCHDOG=1"] }
        #expect(isWell)
        watchdog.stop()
    }

    @Test func peersThatHaveEveryAssociationDoNotKeepTheNodeFromItself() throws {
        let node = try SupervisedNode { $0.local.maximumAssociations = 1 }
        let holder = try ScriptedAssociation(port: node.node.port, calling: "SCANNER", called: "UPTAKE")
        let peer = Peer(
            host: "127.0.0.1", port: node.node.port, calledAETitle: AETitle("UPTAKE")!,
            callingAETitle: AETitle("SCANNER")!)
        #expect(throws: NetworkError.rejected(peer, .localLimitExceeded)) { try VerificationSCU.echo(peer) }
        try node.node.checkItself()
        holder.close()
        // Its end is the node's, and may come as soon as it is not mentioned any more.
        withExtendedLifetime(node) {}
    }

    @Test func aNodeUnderTLSAloneAnswersItself() throws {
        let authority = try TestAuthority()
        let own = try authority.issue("node"), stranger = try TestAuthority()
        func node(trusting authority: TestAuthority) throws -> SupervisedNode {
            try SupervisedNode {
                $0.tls = .init(
                    files: .init(
                        certificate: own.certificate, privateKey: own.key, trustedCertificates: authority.certificate))
                $0.tls?.port = 0
                $0.tls?.isExclusive = true
            }
        }
        let trusting = try node(trusting: authority), doubting = try node(trusting: stranger)
        try trusting.node.checkItself()
        let socket = try SystemSocket()
        let supervisor = Supervisor(environment: ["NOTIFY_SOCKET": socket.path])
        #expect(throws: SupervisionError.self) { try doubting.node.beWatched(by: supervisor) }
        #expect(socket.next(seconds: 0) == nil)
        withExtendedLifetime((trusting, doubting)) {}
    }

    @Test func underItsOwnTitleNobodyMayStore() throws {
        let node = try SupervisedNode()
        let path = node.folder + "/object.dcm"
        try Bench.object(Bench.study(1), 1).write(to: path)
        let peer = Peer(
            host: "127.0.0.1", port: node.node.port, calledAETitle: AETitle("UPTAKE")!,
            callingAETitle: AETitle("UPTAKE")!)
        #expect(StorageSCU.send([path], to: peer).allSatisfy { !$0.isStored })
        #expect(try VerificationSCU.echo(peer) == .success)
        withExtendedLifetime(node) {}
    }

    // MARK: Journal

    @Test func anEntryHasItsFactsAsFields() throws {
        let entry = JournalEntry(
            .warning, "association rejected", facts: ["calling": "STRANGER", "TLS port": "none"], module: "Node",
            identifier: "uptake")
        #expect(
            String(decoding: entry.bytes, as: UTF8.self) == """
                MESSAGE=association rejected [TLS port=none calling=STRANGER]
                PRIORITY=4
                SYSLOG_IDENTIFIER=uptake
                UPTAKE_MODULE=Node
                UPTAKE_TLS_PORT=none
                UPTAKE_CALLING=STRANGER

                """)
    }

    /// A value of a peer's must not pass for a field of its own.
    @Test func aLineEndMakesNoField() throws {
        let entry = JournalEntry(
            .error, "a", facts: ["reason": "x\nPRIORITY=0"], module: "Node", identifier: "uptake")
        let value = Array("x\nPRIORITY=0".utf8)
        let field = Array("UPTAKE_REASON\n".utf8) + [UInt8(value.count), 0, 0, 0, 0, 0, 0, 0] + value + [0x0A]
        #expect(Array(entry.bytes.suffix(field.count)) == field)
        let message = Array("MESSAGE\n".utf8)
        #expect(Array(entry.bytes.prefix(message.count)) == message)
    }

    @Test func whatTheJournalDidNotTakeIsCounted() throws {
        var socket: SystemSocket? = try SystemSocket()
        let path = try #require(socket?.path)
        let handler = try #require(JournalLogHandler(label: "uptake", path: path))
        let log = Logger(label: "uptake") { _ in handler }
        log.info("first", metadata: ["study": "1.2"])
        let first = try #require(socket?.nextLines())
        #expect(first.first == "MESSAGE=first [study=1.2]")
        #expect(first.contains("UPTAKE_STUDY=1.2"))
        socket = nil
        log.info("to nobody")
        log.info("to nobody")
        // Another journal under the same name.
        let next = try SystemSocket(at: path)
        log.info("second")
        #expect(next.nextLines()?.contains("UPTAKE_LOST_BEFORE=2") == true)
        log.info("third")
        #expect(next.nextLines()?.contains { $0.hasPrefix("UPTAKE_LOST") } == false)
    }
}
