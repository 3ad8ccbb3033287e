import Foundation

/// Sends datagrams to a Unix socket of the system's services, and never waits for it.
final class DatagramSocket: Sendable {
    private let descriptor: Int32
    private let address: sockaddr_un
    private let length: socklen_t

    /// - Parameter path: of the socket; one that begins with `@` is in the abstract namespace (unix(7)).
    /// - Returns: nil where the system gives no socket, or the path is too long for an address.
    init?(path: String) {
        var bytes = Array(path.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        self.address = address
        // An abstract name ends where the address does; the zeros behind it would be part of it.
        length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    }

    deinit { close(descriptor) }

    /// Sends one datagram.
    /// - Returns: whether the other side took it.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
                return sendto(descriptor, bytes, bytes.count, flags, address, length) == bytes.count
            }
        }
    }
}
