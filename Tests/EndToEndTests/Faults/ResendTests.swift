import Archive
import DICOM
import DICOMNetwork
import Foundation
import ScriptedPeer
import Testing

/// What comes a second time never harms what is there.
@Suite struct ResendTests {
    private let node: ServedNode
    private let object: [UInt8]
    private let instance = Slices.instance(1)

    init() throws {
        node = try ServedNode(.init(quietPeriodSeconds: 3600))
        object = try Slices.bytes(1)
        #expect(try associated().store(object, sopInstance: instance.description) == 0)
    }

    private func associated() throws -> RawPeer {
        let peer = RawPeer(port: node.port)
        try #require(peer.associate(calling: ServedNode.sender) == 2)
        return peer
    }

    /// The one copy, bit for bit, and nothing beside it.
    private func expectFirstCopy() throws {
        let kept = try #require(try node.look { try $0.instance(instance) })
        #expect(try dataSetBytes(of: kept.path) == Data(object))
        #expect(try node.look { try $0.study(Slices.study) }?.instanceCount == 1)
    }

    @Test("E2: a second sending that breaks off leaves the first copy as it was")
    func secondSendingBreaksOff() throws {
        for ending in ["abort", "close"] {
            for sent in [0, 1, object.count / 2, object.count - 1] {
                let peer = try associated()
                peer.send(PDU.storeRequest(sopInstance: instance.description))
                if sent > 0 { peer.send(PDU.data(Array(object[..<sent]), control: 0)) }
                if ending == "abort" { peer.send(PDU.abort) }
                peer.finishSending()
                _ = peer.receive()
                try expectFirstCopy()
            }
        }
        let incoming = node.stateDirectory + "/incoming"
        try wait(until: "incoming is empty") {
            try FileManager.default.contentsOfDirectory(atPath: incoming).isEmpty
        }
    }

    @Test func theSameAgainIsSuccessAndChangesNothing() throws {
        let peer = try associated()
        for _ in 0..<3 { #expect(peer.store(object, sopInstance: instance.description) == 0) }
        #expect(peer.release())
        try expectFirstCopy()
        #expect(try node.look { try $0.quarantinedFiles() }.isEmpty)
    }

    @Test func otherBytesUnderTheSameNameAreKeptAside() throws {
        let other = try Slices.bytes(1) { $0.set(.patientID, "OTHER") }
        #expect(try associated().store(other, sopInstance: instance.description) == 0x0110)
        try expectFirstCopy()
        let kept = try node.look { try $0.quarantinedFiles() }
        #expect(kept.map(\.sopInstanceUID) == [instance])
        #expect(try dataSetBytes(of: kept[0].path) == Data(other))
    }

    @Test func eightAtOnceLeaveOneCopy() throws {
        let fresh = Slices.instance(2)
        let bytes = try Slices.bytes(2)
        let peers = try (0..<8).map { _ in try associated() }
        for peer in peers {
            peer.send(
                PDU.storeRequest(sopInstance: fresh.description) + PDU.fragments(of: bytes, bytes: 512).joined())
        }
        for peer in peers { #expect(peer.receivePDU().flatMap { PDU.status(of: $0.body) } == 0) }
        let kept = try #require(try node.look { try $0.instance(fresh) })
        #expect(try dataSetBytes(of: kept.path) == Data(bytes))
        #expect(try node.look { try $0.study(Slices.study) }?.instanceCount == 2)
        #expect(try node.look { try $0.quarantinedFiles() }.isEmpty)
    }
}
