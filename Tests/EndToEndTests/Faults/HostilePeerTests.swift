import DICOMNetwork
import Foundation
import Phantom
import ScriptedPeer
import Testing

/// Whoever else is connected, an honest peer is answered within a second, and what they cost is given back.
@Suite struct HostilePeerTests {
    /// - Returns: seconds until an honest peer has its answer to a C-ECHO, association and release included.
    @discardableResult
    private func expectEcho(_ node: ServedNode, _ context: String = "", within limit: Double = 1) throws -> Double {
        let begin = Date()
        #expect(try VerificationSCU.echo(node.peer()) == .success, "\(context)")
        let seconds = Date().timeIntervalSince(begin)
        #expect(seconds < limit, "\(context): answered after \(seconds) s")
        return seconds
    }

    @Test("E1: silent connections delay nobody", arguments: [1, 64])
    func silentConnections(count: Int) throws {
        let node = try ServedNode()
        let silent = (0..<count).map { _ in RawPeer(port: node.port) }
        // Half of an A-ASSOCIATE-RQ is as good as none.
        for peer in silent.dropFirst(count / 2) { peer.send([1, 0, 0, 0]) }
        try expectEcho(node)
        withExtendedLifetime(silent) {}
    }

    @Test("E6: a wrong called AE title is rejected with the standard's reason")
    func wrongTitle() throws {
        let node = try ServedNode()
        let peer = RawPeer(port: node.port)
        peer.send(PDU.associateRequest(called: "FOO", calling: ServedNode.sender))
        let answer = try #require(peer.receivePDU())
        // A-ASSOCIATE-RJ: rejected-permanent, service-user, called-AE-title-not-recognized (PS3.8 table 9-21).
        #expect(answer.type == 3 && answer.body == [0, 1, 1, 7])
        #expect(peer.receive().isEmpty, "and the connection is closed")
    }

    @Test("E7: idle associations delay nobody", arguments: [20, 200])
    func idleAssociations(count: Int) throws {
        let node = try ServedNode(.init(node: ["maximum_associations = 256"]))
        let idle = (0..<count).map { _ in RawPeer(port: node.port) }
        for peer in idle { try #require(peer.associate(calling: ServedNode.sender) == 2) }
        try expectEcho(node)
        for peer in idle { #expect(peer.echo() == 0, "they are served still") }
    }

    @Test("what 200 idle associations cost is given back")
    func idleAssociationsLeaveNothingBehind() throws {
        let node = try ServedNode(.init(node: ["maximum_associations = 256"]))
        try openAtOnce(200, node)
        try Vitals.expectNothingLeft(in: node.process.identifier) {
            for _ in 0..<3 { try openAtOnce(200, node) }
        }
    }

    /// Beyond the cap there is an answer too, and room again as soon as one has gone.
    @Test func theCapIsToldAtOnce() throws {
        let node = try ServedNode(.init(node: ["maximum_associations = 8"]))
        let idle = (0..<8).map { _ in RawPeer(port: node.port) }
        for peer in idle { try #require(peer.associate(calling: ServedNode.sender) == 2) }
        let begin = Date()
        let ninth = RawPeer(port: node.port)
        ninth.send(PDU.associateRequest(called: ServedNode.aeTitle, calling: ServedNode.sender))
        let answer = try #require(ninth.receivePDU())
        #expect(answer.type == 3 && answer.body[1] == 2, "rejected-transient")
        #expect(Date().timeIntervalSince(begin) < 1)
        #expect(idle[0].release())
        try wait(until: "room for one", seconds: 5) { (try? VerificationSCU.echo(node.peer())) == .success }
    }

    @Test("E10: sequential associations leave nothing behind")
    func sequentialAssociations() throws {
        let node = try ServedNode(.init(node: ["maximum_associations = 64"]))
        func associate(_ count: Int) throws {
            for _ in 0..<count {
                let peer = RawPeer(port: node.port)
                try #require(peer.associate(calling: ServedNode.sender) == 2)
                #expect(peer.echo() == 0 && peer.release())
            }
        }
        try openAtOnce(32, node)
        try associate(100)
        try Vitals.expectNothingLeft(in: node.process.identifier) { try associate(400) }
    }

    @Test func everyHostilePeerIsSurvived() throws {
        let node = try ServedNode(.init(node: ["maximum_associations = 64"]))
        func battery(_ number: UInt64) throws {
            for hostile in HostilePeer.allCases {
                var random = SeededGenerator(seed: number, stream: "\(hostile)")
                hostile.play(port: node.port, calling: ServedNode.sender, random: &random)
                try #require(node.process.isRunning, "after \(hostile): \(node.process.errors.suffix(2000))")
                try expectEcho(node, "after \(hostile), seed \(number)")
            }
        }
        try openAtOnce(32, node)
        var seeds = (1...UInt64.max).makeIterator()
        for _ in 0..<5 { try battery(seeds.next()!) }
        try Vitals.expectNothingLeft(in: node.process.identifier) {
            for _ in 0..<20 { try battery(seeds.next()!) }
        }
    }

    /// Each by itself may be borne where all together are not.
    ///
    /// Within a second, where `UPTAKE_HOSTILE_WAVES` has this run by itself; beside all other tests, those who are hostile
    /// and the honest peer too, threads of one process, have to come to their turn.
    @Test func allHostilePeersAtOnceAreSurvived() throws {
        let alone = Soak.number("UPTAKE_HOSTILE_WAVES", default: 0)
        let node = try ServedNode(.init(node: ["maximum_associations = 400"]))
        var answers: [Double] = []
        func wave(_ number: Int) throws {
            let seeds = [2 * number, 2 * number + 1]
            let peers = play(seeds, at: node.port)
            repeat {
                answers.append(
                    try expectEcho(node, "beside wave \(number), seeds \(seeds)", within: alone > 0 ? 1 : 10))
            } while peers.wait(timeout: .now()) == .timedOut
            try #require(node.process.isRunning, "\(node.process.errors.suffix(2000))")
        }
        try openAtOnce(100, node)
        var waves = 0
        func wavesOnTo(_ end: Int) throws {
            for number in waves..<end { try wave(number) }
            waves = end
        }
        try wavesOnTo(2)
        // Which of the allocator's arenas serve whom differs from wave to wave.
        try Vitals.expectNothingLeft(in: node.process.identifier, kibibytes: 48 << 10) {
            try wavesOnTo(waves + max(alone - 2, 3))
        }
        guard alone > 0 else { return }
        print(
            "\(waves) waves of \(2 * HostilePeer.allCases.count) hostile peers at once: \(answers.count) C-ECHO beside them, "
                + String(format: "answered after %.3f s at the latest", answers.max() ?? 0))
    }

    /// Lets every hostile peer play once for each seed, all at the same time.
    private func play(_ seeds: [Int], at port: UInt16) -> DispatchGroup {
        let peers = DispatchGroup()
        for seed in seeds {
            for hostile in HostilePeer.allCases {
                peers.enter()
                Thread {
                    var random = SeededGenerator(seed: UInt64(seed), stream: "\(hostile)")
                    hostile.play(port: port, calling: ServedNode.sender, random: &random)
                    peers.leave()
                }.start()
            }
        }
        return peers
    }

    /// Opens associations side by side and releases them, so that the allocator has made the arenas it makes for threads.
    private func openAtOnce(_ count: Int, _ node: ServedNode) throws {
        let peers = (0..<count).map { _ in RawPeer(port: node.port) }
        for peer in peers { try #require(peer.associate(calling: ServedNode.sender) == 2) }
        for peer in peers { #expect(peer.echo() == 0 && peer.release()) }
    }
}
