import Foundation
import Phantom
import ScriptedPeer

/// What connects to a DICOM port besides DICOM, and DICOM that goes wrong at each PDU.
enum HostilePeer: CaseIterable {
    case silent, http, randomBytes, truncatedRequest, overlongRequest, emptyRequest, requestOfNoItems
    case abortInsteadOfRequest, abortAfterRequest, abortAfterCommand, abortInDataSet, abortForRelease
    case closedAfterRequest, closedInCommand, closedInDataSet, closedAfterRelease
    case randomPDU, overlongPDU, wrongContext, dataBeforeCommand, secondRequest, commandOfNoElements
    case nestedCommand, endlessCommand, commandOfOtherGroup, itemBeyondItsPDU

    /// Says its lines to a port and goes.
    /// - Parameter calling: a title that the node takes, for those who come that far.
    func play(port: UInt16, calling: String, random: inout SeededGenerator) {
        let peer = RawPeer(port: port)
        if isAssociated { guard peer.associate(calling: calling) == 2 else { return } }
        peer.send(lines(calling, &random))
        if self == .abortAfterRequest || isSilentEnd { return }
        peer.finishSending()
        // Until the node has done with it.
        _ = peer.receive()
    }

    /// Those who close without waiting for anything.
    private var isSilentEnd: Bool {
        switch self {
        case .silent, .closedAfterRequest, .closedInCommand, .closedInDataSet, .closedAfterRelease: true
        default: false
        }
    }

    private var isAssociated: Bool {
        switch self {
        case .silent, .http, .randomBytes, .truncatedRequest, .overlongRequest, .emptyRequest, .requestOfNoItems,
            .abortInsteadOfRequest, .abortAfterRequest, .closedAfterRequest:
            false
        default: true
        }
    }

    private func lines(_ calling: String, _ random: inout SeededGenerator) -> [UInt8] {
        let request = PDU.associateRequest(called: ServedNode.aeTitle, calling: calling)
        let store = PDU.storeRequest(sopInstance: "1.2.3.4.5")
        let part = PDU.data([UInt8](repeating: 1, count: 4000), control: 0)
        switch self {
        case .silent: return []
        case .http: return Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        case .randomBytes: return bytes(4096, &random)
        case .truncatedRequest: return Array(request.dropLast(1 + random.index(below: request.count - 1)))
        case .overlongRequest: return [1, 0, 0x7F, 0xFF, 0xFF, 0xFF] + bytes(4096, &random)
        case .emptyRequest: return [1, 0, 0, 0, 0, 0]
        case .requestOfNoItems: return [1, 0, 0, 0, 0, 68] + request[6..<74]
        case .abortInsteadOfRequest: return PDU.abort
        case .abortAfterRequest: return request + PDU.abort
        case .abortAfterCommand: return store + PDU.abort
        case .abortInDataSet: return store + part + PDU.abort
        case .abortForRelease: return PDU.releaseRequest + PDU.abort
        case .closedAfterRequest: return request
        case .closedInCommand: return Array(store.dropLast(1 + random.index(below: store.count - 1)))
        case .closedInDataSet: return store + part.dropLast(1 + random.index(below: part.count - 1))
        case .closedAfterRelease: return PDU.releaseRequest
        case .randomPDU: return [UInt8(1 + random.index(below: 9)), 0, 0, 0, 1, 0] + bytes(256, &random)
        case .overlongPDU: return store + [4, 0, 0x7F, 0xFF, 0xFF, 0xF0] + bytes(4096, &random)
        case .wrongContext: return PDU.data(bytes(64, &random), control: 3, context: 99)
        case .dataBeforeCommand: return part
        case .secondRequest: return request
        case .commandOfNoElements: return PDU.data([], control: 3)
        case .nestedCommand: return Self.nestedCommand(depth: 20_000)
        case .endlessCommand:
            let element: [UInt8] = [0, 0, 2, 9, 0, 0, 1, 0] + [UInt8](repeating: 65, count: 1 << 16)
            return (0..<1000).flatMap { _ in PDU.data(element, control: 1, context: 3) }
        case .commandOfOtherGroup: return PDU.data([0x10, 0, 0x10, 0, 2, 0, 0, 0, 65, 65], control: 3, context: 3)
        case .itemBeyondItsPDU: return [4, 0, 0, 0, 0, 8, 0, 0, 1, 0, 3, 3, 0, 0]
        }
    }

    /// A C-ECHO-RQ whose command set holds sequences within sequences.
    private static func nestedCommand(depth: Int) -> [UInt8] {
        let opened: [UInt8] = [0x40, 0, 0x75, 2, 255, 255, 255, 255, 254, 255, 0, 0xE0, 255, 255, 255, 255]
        let closed: [UInt8] = [254, 255, 0x0D, 0xE0, 0, 0, 0, 0, 254, 255, 0xDD, 0xE0, 0, 0, 0, 0]
        let nest =
            Array([[UInt8]](repeating: opened, count: depth).joined())
            + Array([[UInt8]](repeating: closed, count: depth).joined())
        let command = Array(PDU.echoRequest.dropFirst(12)) + nest
        return stride(from: 0, to: command.count, by: 8192).flatMap { start in
            let end = min(start + 8192, command.count)
            return PDU.data(Array(command[start..<end]), control: end == command.count ? 3 : 1, context: 3)
        }
    }

    private func bytes(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
}
