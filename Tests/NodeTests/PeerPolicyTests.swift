import DICOM
import DICOMNetwork
import Foundation
import Logging
import Node
import ScriptedPeer
import Testing

/// Who may do what, judged by a running node over real sockets, and by arithmetic.
@Suite struct PeerPolicyTests {
    // MARK: Networks

    @Test(arguments: [
        ("192.0.2.10", ["192.0.2.10"], ["192.0.2.11", "192.0.2.1", "", "192.0.2.10.1"]),
        ("192.0.2.0/24", ["192.0.2.0", "192.0.2.255"], ["192.0.3.0", "192.0.1.255"]),
        ("10.16.0.0/12", ["10.16.0.1", "10.31.255.255"], ["10.32.0.0", "10.15.255.255"]),
        ("192.0.2.6/31", ["192.0.2.6", "192.0.2.7"], ["192.0.2.5", "192.0.2.8"]),
        ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["localhost", "::1"]),
    ])
    func aNetworkHoldsItsAddresses(text: String, inside: [String], outside: [String]) throws {
        let network = try #require(IPv4Network(text))
        #expect(network.description == text)
        #expect(inside.allSatisfy(network.contains))
        #expect(!outside.contains(where: network.contains))
    }

    @Test(arguments: [
        "", "192.0.2", "192.0.2.0.1", "192.0.2.256", "192.0.2.010", "192.0.2.1/24", "192.0.2.0/33", "192.0.2.0/",
        "192.0.2.0/024", " 192.0.2.1", "192.0.2.-1", "pacs.example", "192.0.2.0/24/8",
    ])
    func whatIsNoNetworkIsRefused(text: String) { #expect(IPv4Network(text) == nil) }

    // MARK: The node

    /// A node with peers of several kinds, on a free loopback port.
    private final class PolicyNode {
        let folder = NSTemporaryDirectory() + "uptake-peers-" + UUID().uuidString.prefix(8)
        let node: Node

        init(log: Logger = Bench.log) throws {
            var configuration = NodeConfiguration()
            (configuration.local.address, configuration.local.port) = ("127.0.0.1", 0)
            (configuration.local.stateDirectory, configuration.local.reserveMiB) = (folder, 0)
            configuration.local.furtherAETitles = [AETitle("SECOND")!]
            func peer(
                _ title: String, _ change: (inout NodeConfiguration.KnownPeer) -> Void = { _ in }
            ) -> NodeConfiguration.KnownPeer {
                var peer = NodeConfiguration.KnownPeer(aeTitle: AETitle(title)!)
                change(&peer)
                return peer
            }
            configuration.peers = [
                peer("ANYTHING"),
                peer("VIEWER") { $0.services = [.query, .retrieve] },
                peer("ASKER") { $0.services = [.query] },
                peer("ELSEWHERE") { $0.addresses = [IPv4Network("192.0.2.0/24")!] },
                peer("HERE") { $0.addresses = [IPv4Network("192.0.2.1")!, IPv4Network("127.0.0.0/8")!] },
                peer("SECONDARY") { $0.calledAETitles = [AETitle("SECOND")!] },
                peer("ONCE") { $0.maximumAssociations = 1 },
            ]
            node = try Node(configuration, executable: "/bin/false", log: log)
        }

        deinit {
            node.stop(graceSeconds: 0)
            try? FileManager.default.removeItem(atPath: folder)
        }

        func peer(_ calling: String, called: String = "UPTAKE") -> Peer {
            Peer(
                host: "127.0.0.1", port: node.port, calledAETitle: AETitle(called)!,
                callingAETitle: AETitle(calling)!)
        }

        /// What an echo comes to.
        func echo(_ calling: String, called: String = "UPTAKE") -> Rejection? {
            do throws(NetworkError) {
                _ = try VerificationSCU.echo(peer(calling, called: called))
                return nil
            } catch {
                guard case .rejected(_, let rejection) = error else { return .noReasonGiven }
                return rejection
            }
        }

        /// What becomes of a stored object.
        func store(_ calling: String) throws -> StorageSCU.Outcome.Result {
            let path = folder + "/\(UUID().uuidString).dcm"
            try Bench.object(Bench.study(1), Int.random(in: 1...1_000_000)).write(to: path)
            return StorageSCU.send([path], to: peer(calling))[0].result
        }

        func status() throws -> ShowStatus.Answer { try ControlClient(stateDirectory: folder).ask(ShowStatus()) }

        func count(_ event: CountedEvent, _ peer: String?) throws -> Int {
            try status().counters.first { $0.event == event && $0.peer == peer }?.count ?? 0
        }
    }

    @Test func titlesAndAddressesDecide() throws {
        let node = try PolicyNode()
        #expect(node.echo("ANYTHING") == nil)
        #expect(node.echo("ANYTHING", called: "SECOND") == nil)
        #expect(node.echo("ANYTHING", called: "THIRD") == .calledAETitleNotRecognized)
        #expect(node.echo("STRANGER") == .callingAETitleNotRecognized)
        #expect(node.echo("STRANGER2") == .callingAETitleNotRecognized)
        #expect(node.echo("ELSEWHERE") == .callingAETitleNotRecognized)
        #expect(node.echo("HERE") == nil)
        #expect(node.echo("SECONDARY") == .calledAETitleNotRecognized)
        #expect(node.echo("SECONDARY", called: "SECOND") == nil)

        let status = try node.status()
        #expect(status.aeTitles == ["UPTAKE", "SECOND"])
        #expect(status.port == node.node.port)
        // Strangers' names are not kept.
        #expect(try node.count(.rejectedCallingTitle, nil) == 2)
        #expect(try node.count(.rejectedAddress, "ELSEWHERE") == 1)
        #expect(try node.count(.rejectedCalledTitle, "SECONDARY") == 1)
        #expect(try node.count(.accepted, "ANYTHING") == 2)
    }

    @Test func servicesDecideWhatIsNegotiated() throws {
        let node = try PolicyNode()
        guard case .answered(let answer) = try node.store("ANYTHING"), answer.status == .success else {
            Issue.record("who may do anything may store")
            return
        }
        // Storage is negotiated for C-GET, and an object that is pushed all the same is refused.
        guard case .answered(let refusal) = try node.store("VIEWER"), refusal.status == .notAuthorized else {
            Issue.record("who may retrieve may not store")
            return
        }
        guard case .notAccepted = try node.store("ASKER") else {
            Issue.record("who may only query is not accepted for storage")
            return
        }
        #expect(try node.count(.stored, "ANYTHING") == 1)
        #expect(try node.count(.serviceRefused, "VIEWER") == 1)
        #expect(try node.count(.serviceRefused, "ASKER") > 0)
        #expect(node.echo("ASKER") == nil)
    }

    /// Each is said once a minute, and counted every time.
    @Test func whatIsRefusedIsToldOnce() throws {
        let log = RecordingLog()
        let node = try PolicyNode(log: log.logger)
        for _ in 1...3 {
            _ = try node.store("ASKER")
            _ = try node.store("VIEWER")
            #expect(node.echo("STRANGER") == .callingAETitleNotRecognized)
            let client = RawPeer(port: node.node.port)
            client.send(Array("GET / HTTP/1.0\r\n\r\n".utf8))
            _ = client.receive()
        }
        #expect(try node.count(.turnedAwayNotDICOM, nil) == 3)
        for line in [
            "a service was refused: retrieve or store is not among those of the peer",
            "an instance was refused: the peer may not store",
            "association rejected: calling AE title is not configured as [[peer]]",
            "connection turned away: it does not speak DICOM; a health check should send a C-ECHO",
        ] {
            #expect(log.messages.count { $0.hasPrefix(line) } == 1, "\(line): \(log.messages)")
        }
    }

    /// Objects on two associations at once, where one may be open: the second is told to come again.
    @Test func aPeerHasNoMoreAssociationsThanItMay() throws {
        let node = try PolicyNode()
        let holder = try ScriptedAssociation(port: node.node.port, calling: "ONCE", called: "UPTAKE")
        #expect(node.echo("ONCE") == .localLimitExceeded)
        #expect(node.echo("ANYTHING") == nil)
        #expect(try node.status().associations["ONCE"] == 1)
        #expect(try node.count(.rejectedPeerLimit, "ONCE") == 1)
        holder.close()
        let deadline = Date().addingTimeInterval(20)
        while node.echo("ONCE") != nil, Date() < deadline { usleep(10_000) }
        #expect(Date() < deadline)
        // The node learns of the end of an association a moment after its peer.
        while try node.status().associations["ONCE"] != nil, Date() < deadline { usleep(10_000) }
        #expect(try node.status().associations["ONCE"] == nil)
    }

    /// A second data set for a known SOP Instance UID: kept aside, the first untouched, told and counted.
    @Test func otherBytesUnderAKnownUIDAreAnEvent() throws {
        let node = try PolicyNode()
        var object = Bench.object(Bench.study(1), 1)
        let path = node.folder + "/object.dcm"
        try object.write(to: path)
        #expect(StorageSCU.send([path, path], to: node.peer("ANYTHING")).allSatisfy { $0.isStored })
        object.set(.instanceNumber, 2)
        try object.write(to: path)
        #expect(StorageSCU.send([path], to: node.peer("ANYTHING")).allSatisfy { !$0.isStored })
        #expect(try node.count(.stored, "ANYTHING") == 1)
        #expect(try node.count(.known, "ANYTHING") == 1)
        #expect(try node.count(.conflict, "ANYTHING") == 1)
        #expect(try node.node.archive.quarantinedFiles().count == 1)
        #expect(try node.node.archive.instances(ofStudy: Bench.study(1)).first?.instanceNumber == 1)
    }
}
