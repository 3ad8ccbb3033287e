import Archive
import DICOM
import Foundation
import Testing

/// A destination that is down delays nobody but itself, and gets everything once when it is back.
@Suite struct DeadDestinationTests {
    @Test func othersAreServedAndTheDeadOneLater() throws {
        let study = try Material.pelvis
        let (alive, dead) = (try StoreSCP(), try StoreSCP())
        let silent = try SilentPeer()
        try alive.start()
        let node = try ServedNode(
            .init(destinations: [
                .init(name: "dead", aeTitle: StoreSCP.aeTitle, port: dead.port),
                .init(name: "silent", aeTitle: "SILENT", port: silent.port),
                .init(name: "alive", aeTitle: StoreSCP.aeTitle, port: alive.port),
            ]))
        try node.send(study.files)
        try wait(until: "the delivery to the one that is up") {
            let objects = try node.objects(of: study.uid)
            return !objects.isEmpty && objects.allSatisfy { $0.deliveredTo == ["alive"] }
        }
        let retried = try wait(for: "a second attempt at the dead one") { () throws -> Job? in
            try node.look { try $0.jobs(kinds: [.deliver]) }
                .first { $0.destination == "dead" && $0.progress.attempt >= 2 && $0.progress.state == .waiting }
        }
        #expect(retried.progress.reason?.contains("cannot be reached") == true, "\(retried)")

        try dead.start()
        let uids = Set(try node.objects(of: study.uid).map { $0.sopInstanceUID! })
        try wait(until: "the delivery to the one that came back") {
            try node.objects(of: study.uid).allSatisfy { $0.deliveredTo == ["alive", "dead"] }
        }
        for destination in [alive, dead] {
            let arrivals = try destination.arrivals()
            #expect(Set(arrivals.keys) == uids)
            #expect(arrivals.values.allSatisfy { $0.count == 1 })
        }
    }
}

/// A peer that lets anyone connect and never says a word.
final class SilentPeer {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isUp = withUnsafeMutablePointer(to: &address) { [descriptor] in
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
                    && listen(descriptor, 64) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard isUp else { throw Unmet(description: "no port for the silent peer") }
    }

    deinit { close(descriptor) }
}
