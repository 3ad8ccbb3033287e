/// Protocol data units of PS3.8 section 9.3, put together by hand.
package enum PDU {
    /// A-ABORT by the service user.
    package static let abort: [UInt8] = [7, 0, 0, 0, 0, 4, 0, 0, 0, 0]
    /// A-RELEASE-RQ.
    package static let releaseRequest: [UInt8] = [5, 0, 0, 0, 0, 4, 0, 0, 0, 0]

    /// A-ASSOCIATE-RQ with a storage class in context 1 and Verification in context 3, Explicit VR Little Endian.
    /// - Parameter contexts: the identifiers of these two, whatever they are.
    package static func associateRequest(
        called: String, calling: String, abstractSyntax: String = "1.2.840.10008.5.1.4.1.1.2",
        contexts: (UInt8, UInt8) = (1, 3), application: String = "1.2.840.10008.3.1.1.1"
    ) -> [UInt8] {
        func title(_ text: String) -> [UInt8] { Array((text + String(repeating: " ", count: 16)).utf8.prefix(16)) }
        func context(_ id: UInt8, _ abstractSyntax: String) -> [UInt8] {
            let syntaxes = item(0x30, Array(abstractSyntax.utf8)) + item(0x40, Array("1.2.840.10008.1.2.1".utf8))
            return item(0x20, [id, 0, 0, 0] + syntaxes)
        }
        let user: [UInt8] = item(0x51, [0, 0, 0x40, 0]) + item(0x52, Array("1.2.3.4".utf8))
        let items: [UInt8] =
            item(0x10, Array(application.utf8)) + context(contexts.0, abstractSyntax)
            + context(contexts.1, "1.2.840.10008.1.1") + item(0x50, user)
        return pdu(1, [0, 1, 0, 0] + title(called) + title(calling) + [UInt8](repeating: 0, count: 32) + items)
    }

    /// A C-STORE-RQ for an image that will follow in context 1.
    package static func storeRequest(
        sopInstance: String, sopClass: String = "1.2.840.10008.5.1.4.1.1.2"
    ) -> [UInt8] {
        command(
            1,
            element(0x0002, uid(sopClass)) + element(0x0100, [1, 0]) + element(0x0110, [1, 0])
                + element(0x0700, [0, 0]) + element(0x0800, [1, 0]) + element(0x1000, uid(sopInstance)))
    }

    /// A C-ECHO-RQ in context 3.
    package static let echoRequest = command(
        3,
        element(0x0002, uid("1.2.840.10008.1.1")) + element(0x0100, [0x30, 0]) + element(0x0110, [1, 0])
            + element(0x0800, [1, 1]))

    /// P-DATA with one value in context 1; `control` 3 for a last command fragment, 0 and 2 for data set fragments.
    package static func data(_ bytes: [UInt8], control: UInt8, context: UInt8 = 1) -> [UInt8] {
        pdu(4, bigEndian(bytes.count + 2) + [context, control] + bytes)
    }

    /// A data set as P-DATA PDUs of so many bytes each, the last marked as such.
    package static func fragments(of dataSet: [UInt8], bytes: Int) -> [[UInt8]] {
        stride(from: 0, to: max(dataSet.count, 1), by: bytes).map { start in
            let end = min(start + bytes, dataSet.count)
            return data(Array(dataSet[start..<end]), control: end == dataSet.count ? 2 : 0)
        }
    }

    /// Status (0000,0900) of the command in a P-DATA PDU's body; nil where it has none.
    package static func status(of body: [UInt8]) -> UInt16? {
        let head: [UInt8] = [0, 0, 0, 9, 2, 0, 0, 0]
        guard let place = body.indices.dropLast(head.count + 1).first(where: { body[$0...].starts(with: head) })
        else { return nil }
        return UInt16(body[place + head.count]) | UInt16(body[place + head.count + 1]) << 8
    }

    /// A command group in Implicit VR Little Endian, behind its length (PS3.7 section 6.3.1).
    private static func command(_ context: UInt8, _ group: [UInt8]) -> [UInt8] {
        data(element(0, [UInt8(group.count), 0, 0, 0]) + group, control: 3, context: context)
    }

    private static func element(_ number: Int, _ value: [UInt8]) -> [UInt8] {
        [0, 0, UInt8(number & 255), UInt8(number >> 8), UInt8(value.count), 0, 0, 0] + value
    }

    private static func uid(_ text: String) -> [UInt8] {
        Array(text.utf8) + (text.utf8.count.isMultiple(of: 2) ? [] : [0])
    }

    private static func pdu(_ type: UInt8, _ body: [UInt8]) -> [UInt8] { [type, 0] + bigEndian(body.count) + body }

    private static func item(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
        [type, 0, UInt8(body.count >> 8), UInt8(body.count & 255)] + body
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        stride(from: 24, through: 0, by: -8).map { UInt8(value >> $0 & 255) }
    }
}
