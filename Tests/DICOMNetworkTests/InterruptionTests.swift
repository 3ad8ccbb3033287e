import DICOM
import DICOMNetwork
import Foundation
import ScriptedPeer
import Testing

/// Associations that do not end as they should.
@Suite struct InterruptionTests {
    enum Interruption: CaseIterable { case abort, close, silence, wrongFragment, oddLength, garbage, overlong }

    @Test(arguments: Interruption.allCases)
    func nothingRemainsOfADataSetThatBreaksOff(_ interruption: Interruption) throws {
        let node = try TestNode { $0.dimseSeconds = 1 }
        var peer: RawPeer? = RawPeer(port: node.listener.port)
        #expect(peer?.associate() == 2)
        peer?.send(PDU.storeRequest(sopInstance: "1.2.3.4.5"))
        peer?.send(PDU.data([UInt8](repeating: 1, count: 4000), control: 0))
        switch interruption {
        case .abort: peer?.send(PDU.abort)
        case .close: peer = nil
        case .silence: break
        case .wrongFragment: peer?.send(PDU.storeRequest(sopInstance: "1.2.3.4.6"))
        case .oddLength: peer?.send(PDU.data([1, 2, 3], control: 2))
        case .garbage: peer?.send([UInt8](repeating: 0xEE, count: 64))
        case .overlong: peer?.send([4, 0, 0x7F, 0xFF, 0xFF, 0xF0])
        }
        #expect(node.service.wait { $0.closed[1] != nil })
        switch interruption {
        case .abort: #expect(node.service.events.closed[1] == .aborted)
        case .silence: #expect(node.service.events.closed[1] == .timedOut)
        default:
            guard case .lost = node.service.events.closed[1] else {
                Issue.record("\(String(describing: node.service.events.closed[1]))")
                break
            }
        }
        #expect(node.service.events.stored.isEmpty)
        #expect(node.service.folder.contents.isEmpty)
        withExtendedLifetime(peer) {}
    }

    /// To one who counts only the silence between bytes it would be alive for ever.
    @Test func aMessageThatOnlyTricklesIsEnded() throws {
        let node = try TestNode { $0.dimseSeconds = 1 }
        let peer = RawPeer(port: node.listener.port)
        #expect(peer.associate() == 2)
        peer.send(PDU.storeRequest(sopInstance: "1.2.3.4.5"))
        let deadline = Date().addingTimeInterval(30)
        while node.service.events.closed[1] == nil, Date() < deadline {
            peer.send(PDU.data([1, 1], control: 0))
            usleep(100_000)
        }
        #expect(node.service.events.closed[1] == .timedOut)
        #expect(node.service.events.stored.isEmpty)
        #expect(node.service.folder.contents.isEmpty)
    }

    @Test func hostileUIDsNeverReachAFileName() throws {
        let node = try TestNode()
        let peer = RawPeer(port: node.listener.port)
        #expect(peer.associate() == 2)
        peer.send(PDU.storeRequest(sopInstance: "../../../etc/1.2"))
        peer.send(PDU.data([8, 0, 5, 0, 0x43, 0x53, 0, 0], control: 2))
        let answer = try #require(peer.receivePDU())
        #expect(answer.type == 4)
        // (0000,0900) Status: 0117, invalid SOP instance
        #expect(answer.body.contains([0, 0, 0, 9, 2, 0, 0, 0, 0x17, 0x01]))
        peer.send(PDU.releaseRequest)
        #expect(peer.receivePDU()?.type == 6)
        #expect(node.service.events.stored.isEmpty)
        #expect(node.service.folder.contents.isEmpty)
    }

    @Test func idleAssociationsAreAborted() throws {
        let node = try TestNode { $0.idleSeconds = 1 }
        let peer = RawPeer(port: node.listener.port)
        #expect(peer.associate() == 2)
        #expect(peer.receivePDU()?.type == 7)
        #expect(node.service.wait { $0.closed[1] == .timedOut })
    }

    @Test func stoppingAbortsWhatDoesNotEnd() throws {
        let node = try TestNode()
        let idle = RawPeer(port: node.listener.port)
        let midway = RawPeer(port: node.listener.port)
        let silent = RawPeer(port: node.listener.port)
        #expect(idle.associate() == 2)
        #expect(midway.associate() == 2)
        midway.send(PDU.storeRequest(sopInstance: "1.2.3.4.5"))
        midway.send(PDU.data([1, 2], control: 0))
        let start = Date()
        node.listener.stop(graceSeconds: 0.2)
        #expect(Date().timeIntervalSince(start) < 15)
        #expect(idle.receivePDU()?.type == 7)
        #expect(midway.receivePDU()?.type == 7)
        #expect(silent.receive().isEmpty)
        #expect(node.service.events.closed == [1: .stopped, 2: .stopped])
        #expect(node.service.folder.contents.isEmpty)
    }

    @Test func stoppingLetsAnAssociationEnd() throws {
        let node = try TestNode()
        let peer = RawPeer(port: node.listener.port)
        #expect(peer.associate() == 2)
        let stopped = DispatchSemaphore(value: 0)
        let thread = Thread {
            node.listener.stop(graceSeconds: 60)
            stopped.signal()
        }
        thread.start()
        peer.send(PDU.storeRequest(sopInstance: "1.2.3.4.5"))
        peer.send(PDU.data([8, 0, 5, 0, 0x43, 0x53, 0, 0], control: 2))
        #expect(peer.receivePDU()?.type == 4)
        peer.send(PDU.releaseRequest)
        #expect(peer.receivePDU()?.type == 6)
        #expect(peer.receive().isEmpty)
        #expect(stopped.wait(timeout: .now() + 20) == .success)
        #expect(node.service.events.closed == [1: .released])
        #expect(node.service.events.stored.count == 1)
    }
}
