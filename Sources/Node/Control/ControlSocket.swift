import Foundation

/// A connected Unix socket that carries lines. Used by one thread at a time; closed with the value.
package final class ControlSocket: Sendable {
    private let descriptor: Int32
    private nonisolated(unsafe) var received: [UInt8] = []

    /// Takes a connected socket over.
    init(owning descriptor: Int32) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    deinit { close(descriptor) }

    /// Connects to the socket of a node.
    package static func connect(to path: String) throws(ControlError) -> ControlSocket {
        let descriptor = try make(path)
        let connection = ControlSocket(owning: descriptor)
        let result = try withAddress(path) { Glibc.connect(descriptor, $0, $1) }
        // A full backlog says EAGAIN.
        guard result == 0 else { throw .system(operation: "connect to", path: path, code: errno) }
        return connection
    }

    /// Listens at a path that must not exist; readable and writable for this user alone from its first moment.
    package static func listen(at path: String, backlog: Int32) throws(ControlError) -> Int32 {
        let descriptor = try make(path)
        do throws(ControlError) {
            guard fchmod(descriptor, 0o600) == 0, try withAddress(path, { bind(descriptor, $0, $1) }) == 0,
                chmod(path, 0o600) == 0, Glibc.listen(descriptor, backlog) == 0
            else { throw .system(operation: "listen on", path: path, code: errno) }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func make(_ path: String) throws(ControlError) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system(operation: "open a socket for", path: path, code: errno) }
        return descriptor
    }

    /// The bytes that a path may have: those of `sun_path` without its closing zero.
    package static let maximumPathBytes = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(ControlError) -> Int32 {
        let bytes = Array(path.utf8)
        guard bytes.count <= maximumPathBytes else {
            throw .pathTooLong(path: path, maximumBytes: maximumPathBytes)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// The user at the other end; nil where the system cannot say.
    var peerUser: uid_t? {
        // struct ucred, which Glibc's module does not show (unix(7)).
        var credentials: (process: pid_t, user: uid_t, group: gid_t) = (0, 0, 0)
        var length = socklen_t(MemoryLayout.size(ofValue: credentials))
        return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 ? credentials.user : nil
    }

    /// Ends reading and writing, also for a thread that waits for either.
    package func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    // MARK: Lines

    /// The next line, without its end.
    /// - Throws: `ControlError.timedOut` where it is not whole at the deadline.
    package func readLine(maximumBytes: Int, until deadline: ContinuousClock.Instant) throws(ControlError) -> [UInt8] {
        var searched = 0
        while true {
            if let end = received[searched...].firstIndex(of: 0x0A), end <= maximumBytes {
                defer { received.removeSubrange(...end) }
                return Array(received[..<end])
            }
            guard received.count <= maximumBytes else { throw .tooLong(maximumBytes: maximumBytes) }
            searched = received.count
            try receive(until: deadline)
        }
    }

    private func receive(until deadline: ContinuousClock.Instant) throws(ControlError) {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count > 0 { return received.append(contentsOf: chunk[..<count]) }
            guard count < 0, errno == EAGAIN || errno == EINTR else { throw .closed }
            try wait(for: POLLIN, until: deadline)
        }
    }

    /// Writes bytes that end with a line's end.
    package func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) throws(ControlError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else {
                guard errno == EAGAIN || errno == EINTR else { throw .closed }
                try wait(for: POLLOUT, until: deadline)
            }
        }
    }

    private func wait(for event: Int32, until deadline: ContinuousClock.Instant) throws(ControlError) {
        let left = deadline - .now
        guard left > .zero else { throw .timedOut }
        var waiting = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        _ = poll(&waiting, 1, Int32(clamping: Int(left / .milliseconds(1)) + 1))
    }
}
