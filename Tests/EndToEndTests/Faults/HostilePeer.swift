import Foundation
import Phantom
import ScriptedPeer

/// What connects to a DICOM port besides DICOM, and DICOM that goes wrong at each PDU.
enum HostilePeer: CaseIterable {
    case silent, http, randomBytes, truncatedRequest, overlongRequest, emptyRequest, requestOfNoItems
    case abortInsteadOfRequest, abortAfterRequest, abortAfterCommand, abortInDataSet, abortForRelease
    case closedAfterRequest, closedInCommand, closedInDataSet, closedAfterRelease
    case randomPDU, overlongPDU, wrongContext, dataBeforeCommand, secondRequest, commandOfNoElements

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
        }
    }

    private func bytes(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
}
