import Foundation
import Glibc

/// A TCP client that says what it is told to, DICOM or not.
final class RawPeer: Sendable {
    private let socket: Int32

    init(port: UInt16) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(port)
        let connected = withUnsafeSocketAddress(&address) { connect(socket, $0, $1) }
        precondition(connected == 0, "cannot connect to the listener under test")
        limitWaiting(socket)
    }

    init(accepted socket: Int32) {
        self.socket = socket
        limitWaiting(socket)
    }

    deinit { close(socket) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    /// What comes until the other side closes, or `count` bytes.
    func receive(_ count: Int = .max) -> [UInt8] {
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
    func receivePDU() -> (type: UInt8, body: [UInt8])? {
        let header = receive(6)
        guard header.count == 6 else { return nil }
        let length = header[2...].reduce(0) { $0 << 8 | Int($1) }
        return (header[0], receive(length))
    }

    /// Opens an association for CT images in Explicit VR Little Endian, context 1.
    func associate() -> UInt8? {
        send(PDU.associateRequest(called: "UPTAKE", calling: "RAW"))
        return receivePDU()?.type
    }
}

/// A TCP server on a free loopback port that answers its first client by a script.
final class RawServer: Sendable {
    let port: UInt16
    private let socket: Int32
    private let done = DispatchSemaphore(value: 0)

    init(_ script: @escaping @Sendable (RawPeer) -> Void) {
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
func freePort() -> UInt16 {
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

/// Protocol data units of PS3.8 section 9.3, put together by hand.
enum PDU {
    static let abort: [UInt8] = [7, 0, 0, 0, 0, 4, 0, 0, 0, 0]
    static let releaseRequest: [UInt8] = [5, 0, 0, 0, 0, 4, 0, 0, 0, 0]

    static func associateRequest(
        called: String, calling: String, abstractSyntax: String = "1.2.840.10008.5.1.4.1.1.2"
    ) -> [UInt8] {
        func title(_ text: String) -> [UInt8] { Array(text.padding(toLength: 16, withPad: " ", startingAt: 0).utf8) }
        let context: [UInt8] =
            [1, 0, 0, 0] + item(0x30, Array(abstractSyntax.utf8)) + item(0x40, Array("1.2.840.10008.1.2.1".utf8))
        let user: [UInt8] = item(0x51, [0, 0, 0x40, 0]) + item(0x52, Array("1.2.3.4".utf8))
        let items: [UInt8] =
            item(0x10, Array("1.2.840.10008.3.1.1.1".utf8)) + item(0x20, context) + item(0x50, user)
        return pdu(1, [0, 1, 0, 0] + title(called) + title(calling) + [UInt8](repeating: 0, count: 32) + items)
    }

    /// A C-STORE-RQ for an image that will follow in context 1.
    static func storeRequest(sopInstance: String) -> [UInt8] {
        func element(_ number: Int, _ value: [UInt8]) -> [UInt8] {
            let padded = value.count.isMultiple(of: 2) ? value : value + [0]
            return [0, 0, UInt8(number & 255), UInt8(number >> 8), UInt8(padded.count), 0, 0, 0] + padded
        }
        let group =
            element(0x0002, Array("1.2.840.10008.5.1.4.1.1.2".utf8)) + element(0x0100, [1, 0])
            + element(0x0110, [1, 0]) + element(0x0700, [0, 0]) + element(0x0800, [1, 0])
            + element(0x1000, Array(sopInstance.utf8))
        return data(element(0, [UInt8(group.count), 0, 0, 0]) + group, control: 3)
    }

    /// P-DATA with one value; `control` 3 for a last command fragment, 0 and 2 for data set fragments.
    static func data(_ bytes: [UInt8], control: UInt8) -> [UInt8] {
        pdu(4, bigEndian(bytes.count + 2) + [1, control] + bytes)
    }

    private static func pdu(_ type: UInt8, _ body: [UInt8]) -> [UInt8] { [type, 0] + bigEndian(body.count) + body }
    private static func item(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
        [type, 0, UInt8(body.count >> 8), UInt8(body.count & 255)] + body
    }
    private static func bigEndian(_ value: Int) -> [UInt8] {
        stride(from: 24, through: 0, by: -8).map { UInt8(value >> $0 & 255) }
    }
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
