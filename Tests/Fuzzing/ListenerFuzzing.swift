import DICOM
import DICOMNetwork
import Foundation
import ScriptedPeer

/// Mutated conversations with a listener in this process: it ends each, and answers an honest peer after every hundredth.
final class ListenerFuzzing: Fuzzing {
    private let listener: Listener
    private var played = 0

    init() throws {
        var configuration = Listener.Configuration()
        configuration.address = "127.0.0.1"
        configuration.port = 0
        configuration.acseSeconds = 2
        configuration.dimseSeconds = 2
        configuration.idleSeconds = 2
        listener = try Listener(configuration, service: Refusing())
    }

    /// Request, C-ECHO, C-STORE with its data set, release: all at once, since what is said does not hang on the answers.
    private static let conversation: [[UInt8]] =
        [
            PDU.associateRequest(called: "UPTAKE", calling: "FUZZ"), PDU.echoRequest,
            PDU.storeRequest(sopInstance: "1.2.3"),
        ]
        + PDU.fragments(of: [UInt8](repeating: 7, count: 600), bytes: 200) + [PDU.releaseRequest]

    func play(_ chance: inout Chance) -> Outcome {
        var pdus = Self.conversation
        switch chance.below(8) {
        case 0: pdus.remove(at: chance.below(pdus.count))
        case 1: pdus.swapAt(chance.below(pdus.count), chance.below(pdus.count))
        case 2: pdus.insert(PDU.abort, at: chance.below(pdus.count))
        default: break
        }
        // Mostly one PDU, so that those before it are understood; now and then all of it.
        if chance.below(4) == 0 {
            var bytes = pdus.flatMap { $0 }
            bytes.mutate(&chance)
            pdus = [bytes]
        } else {
            let victim = chance.below(pdus.count)
            pdus[victim].mutate(&chance)
        }
        let peer = RawPeer(port: listener.port)
        peer.send(pdus.flatMap { $0 })
        peer.finishSending()
        let answer = peer.receive()
        played += 1
        if played % 100 == 0 {
            let honest = RawPeer(port: listener.port)
            guard honest.associate() == 2, honest.echo() == 0, honest.release() else {
                return .broken("an honest peer is not answered")
            }
        }
        return answer.first == 2 ? .taken : .refused
    }
}

/// Takes every association and keeps nothing.
private struct Refusing: StorageService {
    func decide(_ request: AssociationRequest) -> AssociationDecision { .accept }
    func dismissed(peerAddress: String, _ reason: Dismissal) {}
    func associationOpened(_ association: AssociationRequest) {}
    func associationClosed(_ association: AssociationRequest, _ ending: AssociationEnding) {}
    func destination(for request: StoreRequest, from association: AssociationRequest) -> StoreDestination {
        .file(path: "/dev/shm/uptake-fuzzing-\(getpid())-\(association.id)")
    }
    func store(_ instance: ReceivedInstance, from association: AssociationRequest) -> StoreAnswer {
        unlink(instance.path)
        return StoreAnswer(.success)
    }
    func writingFailed(
        _ request: StoreRequest, from association: AssociationRequest, errno: Int32, answer: StoreAnswer
    ) {}
}
