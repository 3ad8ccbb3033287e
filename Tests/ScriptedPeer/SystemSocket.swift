import Foundation

/// A Unix datagram socket that stands for one of systemd's, gone with the value.
public final class SystemSocket {
    /// Where it is.
    public let path: String
    private let descriptor: Int32

    /// - Parameter path: where, if not in a place of its own.
    public init(at path: String = NSTemporaryDirectory() + "uptake-" + UUID().uuidString.prefix(8)) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard descriptor >= 0, bound == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    /// The next datagram; nil where none comes in time.
    public func next(seconds: Double = 20) -> [UInt8]? {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, Int32(seconds * 1000)) > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 256 << 10)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count < 0 ? nil : Array(bytes[..<count])
    }

    /// The lines of the next datagram.
    public func nextLines(seconds: Double = 20) -> [String]? {
        next(seconds: seconds).map { String(decoding: $0, as: UTF8.self).split(separator: "\n").map(String.init) }
    }
}
