import DICOM
import DICOMNetwork
import Foundation
import Synchronization

/// A service that keeps files in a folder and remembers what it was told.
final class RecordingService: StorageService {
    struct Events: Sendable {
        var requests: [AssociationRequest] = []
        var opened: [UInt64] = []
        var closed: [UInt64: AssociationEnding] = [:]
        var dismissed: [Dismissal] = []
        var stored: [ReceivedInstance] = []
        var failedWrites: [Int32] = []
    }

    let folder = Folder()
    private let decision: @Sendable (AssociationRequest) -> AssociationDecision
    private let answer: StoreAnswer
    private let refusal: StoreAnswer?
    private let state = Mutex(Events())
    private let changed = NSCondition()

    init(
        decision: @escaping @Sendable (AssociationRequest) -> AssociationDecision = { _ in .accept },
        answer: StoreAnswer = StoreAnswer(.success), refusal: StoreAnswer? = nil
    ) {
        self.decision = decision
        self.answer = answer
        self.refusal = refusal
    }

    var events: Events { state.withLock { $0 } }

    /// Waits for something to have happened; false if it has not within `seconds`.
    func wait(seconds: Double = 20, until condition: (Events) -> Bool) -> Bool {
        let limit = Date(timeIntervalSinceNow: seconds)
        changed.lock()
        defer { changed.unlock() }
        while !condition(events) {
            if !changed.wait(until: limit) { return condition(events) }
        }
        return true
    }

    private func note(_ change: (inout Events) -> Void) {
        changed.lock()
        state.withLock { change(&$0) }
        changed.broadcast()
        changed.unlock()
    }

    func decide(_ request: AssociationRequest) -> AssociationDecision {
        note { $0.requests.append(request) }
        return decision(request)
    }

    func dismissed(peerAddress: String, _ reason: Dismissal) { note { $0.dismissed.append(reason) } }
    func associationOpened(_ association: AssociationRequest) { note { $0.opened.append(association.id) } }

    func associationClosed(_ association: AssociationRequest, _ ending: AssociationEnding) {
        note { $0.closed[association.id] = ending }
    }

    func destination(for request: StoreRequest, from association: AssociationRequest) -> StoreDestination {
        if let refusal { return .refuse(refusal.status, comment: refusal.comment) }
        return .file(path: folder.file("\(association.id)-\(request.sopInstanceUID).part"))
    }

    func store(_ instance: ReceivedInstance, from association: AssociationRequest) -> StoreAnswer {
        note { $0.stored.append(instance) }
        return answer
    }

    func writingFailed(
        _ request: StoreRequest, from association: AssociationRequest, errno: Int32, answer: StoreAnswer
    ) {
        note { $0.failedWrites.append(errno) }
    }
}

let ourTitle = AETitle("UPTAKE")!
let scannerTitle = AETitle("SCANNER")!

/// A listener on a free loopback port, stopped when the value goes.
struct TestNode {
    let service: RecordingService
    let listener: Listener

    init(_ service: RecordingService = RecordingService(), change: (inout Listener.Configuration) -> Void = { _ in })
        throws
    {
        var configuration = Listener.Configuration()
        configuration.address = "127.0.0.1"
        configuration.port = 0
        change(&configuration)
        self.service = service
        listener = try Listener(configuration, service: service)
    }

    var port: String { String(listener.port) }

    func peer(called: AETitle = ourTitle, calling: AETitle = scannerTitle) -> Peer {
        Peer(host: "127.0.0.1", port: listener.port, calledAETitle: called, callingAETitle: calling)
    }
}
