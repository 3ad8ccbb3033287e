import DICOMNetwork
import Foundation
import Glibc
import Node
import Testing

/// How the node sets up the sockets that it accepts, seen on a running one.
@Suite struct TransportTests {
    private func option(_ descriptor: Int32, _ level: Int32, _ name: Int32) -> Int32 {
        var value: Int32 = -1
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, level, name, &value, &length)
        return value
    }

    /// The descriptors of this process that are connected at a local port.
    private func accepted(at port: UInt16) -> [Int32] {
        (0..<4096).filter { descriptor in
            var (local, peer) = (sockaddr_in(), sockaddr_in())
            func name(
                _ address: inout sockaddr_in,
                _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
            ) -> Bool {
                var length = socklen_t(MemoryLayout<sockaddr_in>.size)
                return withUnsafeMutablePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(descriptor, $0, &length) == 0 }
                }
            }
            return name(&local, { getsockname($0, $1, $2) }) && name(&peer, { getpeername($0, $1, $2) })
                && local.sin_family == sa_family_t(AF_INET) && local.sin_port == port.bigEndian
        }
    }

    @Test func anAcceptedSocketWaitsForNothingAndForNobodyForEver() throws {
        let bench = try Bench()
        var configuration = NodeConfiguration()
        (configuration.local.address, configuration.local.port) = ("127.0.0.1", 0)
        configuration.local.stateDirectory = bench.directory + "/node"
        configuration.peers = [.init(aeTitle: AETitle("SCANNER")!)]
        let node = try Node(configuration, executable: "/bin/false", log: Bench.log)
        defer { node.stop(graceSeconds: 0) }
        let association = try ScriptedAssociation(port: node.port, calling: "SCANNER", called: "UPTAKE")
        let descriptor = try #require(accepted(at: node.port).first)
        let tcp = Int32(IPPROTO_TCP)
        #expect(option(descriptor, tcp, TCP_NODELAY) == 1)
        #expect(option(descriptor, SOL_SOCKET, SO_KEEPALIVE) == 1)
        let silence =
            option(descriptor, tcp, TCP_KEEPIDLE)
            + option(descriptor, tcp, TCP_KEEPINTVL) * option(descriptor, tcp, TCP_KEEPCNT)
        #expect(silence == 120)
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
        // Maximum Length Received (PS3.8 annex D.1): 128 KiB.
        let item: [UInt8] = [0x51, 0, 0, 4, 0, 2, 0, 0]
        let response = association.response
        #expect(response.indices.contains { response[$0...].starts(with: item) })
        let limits = Listener.Configuration()
        #expect([limits.acseSeconds, limits.dimseSeconds, limits.idleSeconds].allSatisfy { (1...300).contains($0) })
    }
}
