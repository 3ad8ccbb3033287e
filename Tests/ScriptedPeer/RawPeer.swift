import Foundation
import Glibc

/// A TCP client that says what it is told to, DICOM or not.
package final class RawPeer: Sendable {
    private let socket: Int32

    /// Connects to a port of this machine; nothing may take longer than twenty seconds from then on.
    package init(port: UInt16) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(port)
        let connected = withUnsafeSocketAddress(&address) { connect(socket, $0, $1) }
        precondition(connected == 0, "cannot connect to the listener under test")
        // Else each small message waits for the answer to the one before it.
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        limitWaiting(socket)
    }

    /// Takes a connection that a server accepted.
    package init(accepted socket: Int32) {
        self.socket = socket
        limitWaiting(socket)
    }

    deinit { close(socket) }

    /// Sends bytes; false where the other side takes them no longer.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    /// What comes until the other side closes, or `count` bytes.
    package func receive(_ count: Int = .max) -> [UInt8] {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while received.count < count {
            let got = recv(socket, &buffer, min(buffer.count, count - received.count), 0)
            if got <= 0 { break }
            received += buffer[..<got]
        }
        return received
    }

    /// The next PDU: its type and its body.
    package func receivePDU() -> (type: UInt8, body: [UInt8])? {
        let header = receive(6)
        guard header.count == 6 else { return nil }
        let length = header[2...].reduce(0) { $0 << 8 | Int($1) }
        return (header[0], receive(length))
    }

    /// Says that nothing more will come, and hears on.
    package func finishSending() { shutdown(socket, Int32(SHUT_WR)) }

    /// Opens an association for CT images (context 1) and Verification (context 3), Explicit VR Little Endian.
    /// - Returns: the answer's type: 2 where it was accepted.
    package func associate(called: String = "UPTAKE", calling: String = "RAW") -> UInt8? {
        send(PDU.associateRequest(called: called, calling: calling))
        return receivePDU()?.type
    }

    /// C-ECHO in context 3, on an open association.
    /// - Returns: the answer's status; nil where there was none.
    package func echo() -> UInt16? {
        send(PDU.echoRequest)
        return receivePDU().flatMap { $0.type == 4 ? PDU.status(of: $0.body) : nil }
    }

    /// C-STORE of a CT image in context 1, on an open association.
    /// - Parameter fragment: bytes of the data set in each P-DATA-TF PDU.
    /// - Returns: the answer's status; nil where there was none.
    package func store(_ dataSet: [UInt8], sopInstance: String, fragment: Int = 4096) -> UInt16? {
        send(PDU.storeRequest(sopInstance: sopInstance) + PDU.fragments(of: dataSet, bytes: fragment).joined())
        return receivePDU().flatMap { $0.type == 4 ? PDU.status(of: $0.body) : nil }
    }

    /// Ends an open association as it should be; false where the other side did not.
    package func release() -> Bool {
        send(PDU.releaseRequest)
        return receivePDU()?.type == 6
    }
}

/// A TCP server on a free loopback port that answers its first client by a script.
package final class RawServer: Sendable {
    /// Where it listens.
    package let port: UInt16
    private let socket: Int32
    private let done = DispatchSemaphore(value: 0)

    /// Listens, and plays its part to the first who connects.
    package init(_ script: @escaping @Sendable (RawPeer) -> Void) {
        let (socket, port) = boundSocket()
        precondition(listen(socket, 5) == 0)
        self.socket = socket
        self.port = port
        let done = done
        DispatchQueue(label: "scripted server").async {
            let client = accept(socket, nil, nil)
            if client >= 0 { script(RawPeer(accepted: client)) }
            done.signal()
        }
    }

    deinit {
        shutdown(socket, Int32(SHUT_RDWR))
        done.wait()
        close(socket)
    }
}

/// A loopback port that was free a moment ago, for programs that cannot choose one themselves.
package func freePort() -> UInt16 {
    let (socket, port) = boundSocket()
    close(socket)
    return port
}

private func boundSocket() -> (socket: Int32, port: UInt16) {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = loopback(0)
    precondition(withUnsafeSocketAddress(&address) { bind(socket, $0, $1) } == 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
    }
    return (socket, UInt16(bigEndian: address.sin_port))
}

private func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return address
}

private func withUnsafeSocketAddress(
    _ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
) -> Int32 {
    withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
}

private func limitWaiting(_ socket: Int32) {
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
}
