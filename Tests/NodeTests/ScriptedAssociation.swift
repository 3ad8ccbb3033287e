import Foundation
import Glibc

/// An association that is opened by hand and does nothing.
final class ScriptedAssociation {
    private let descriptor: Int32
    /// The response, an A-ASSOCIATE-AC.
    private(set) var response: [UInt8] = []

    struct NotAccepted: Error {}

    /// Requests Verification, and waits until the request is accepted.
    init(port: UInt16, calling: String, called: String) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let descriptor = descriptor
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        let request = Self.request(calling, called)
        guard isConnected, send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw NotAccepted()
        }
        // A-ASSOCIATE-AC is PDU type 2, and tells its length (PS3.8 section 9.3.3).
        let head = try read(6)
        guard head[0] == 2 else { throw NotAccepted() }
        response = head + (try read(head[2...].reduce(0) { $0 << 8 | Int($1) }))
    }

    private func read(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard recv(descriptor, &bytes, count, Int32(MSG_WAITALL)) == count else { throw NotAccepted() }
        return bytes
    }

    deinit { close() }

    func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// An A-ASSOCIATE-RQ (PS3.8 section 9.3.2).
    private static func request(_ calling: String, _ called: String) -> [UInt8] {
        func item(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
            [type, 0, UInt8(value.count >> 8), UInt8(value.count & 255)] + value
        }
        func title(_ text: String) -> [UInt8] {
            Array(text.utf8) + [UInt8](repeating: 0x20, count: 16 - text.utf8.count)
        }
        let context =
            [1, 0, 0, 0] + item(0x30, Array("1.2.840.10008.1.1".utf8)) + item(0x40, Array("1.2.840.10008.1.2".utf8))
        let user = item(0x51, [0, 0, 0x40, 0]) + item(0x52, Array("1.2.3.4".utf8))
        let body =
            [0, 1, 0, 0] + title(called) + title(calling) + [UInt8](repeating: 0, count: 32)
            + item(0x10, Array("1.2.840.10008.3.1.1.1".utf8)) + item(0x20, context) + item(0x50, user)
        return [1, 0, 0, 0, UInt8(body.count >> 8), UInt8(body.count & 255)] + body
    }
}
