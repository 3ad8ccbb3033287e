import DICOM
import DICOMNetwork
import Foundation

/// Holds what a C-GET brings until all of it is there, so that a study never shows half of what was fetched for it.
final class StagingReceiver: InstanceReceiver {
    private let intake: Intake
    private let sender: Sender
    private var held: [ReceivedInstance] = []
    /// Why the first object was not taken; nil where all were.
    private(set) var firstRefusal: String?
    /// Objects that one retrieval may bring.
    private static let limit = 20_000

    init(_ intake: Intake, from sender: Sender) { (self.intake, self.sender) = (intake, sender) }

    deinit { held.forEach { unlink($0.path) } }

    func destination(for request: StoreRequest) -> StoreDestination {
        let destination: StoreDestination =
            held.count < Self.limit
            ? intake.destination(for: sender)
            : .refuse(.outOfResources, comment: "more than \(Self.limit) instances of one series")
        if case .refuse(_, let comment) = destination { note(request, comment) }
        return destination
    }

    func store(_ instance: ReceivedInstance) -> StoreAnswer {
        held.append(instance)
        return StoreAnswer(.success)
    }

    func writingFailed(_ request: StoreRequest, errno: Int32, answer: StoreAnswer) {
        intake.noteUnwritten(errno: errno, from: sender)
        note(request, "it cannot be written: \(String(cString: strerror(errno)))")
    }

    /// Takes in what was held, but for what is here under its SOP Instance UID: an archive may have changed its own copy.
    func handOver(study: UID) throws {
        while let instance = held.popLast() {
            guard try intake.archive.instance(instance.request.sopInstanceUID) == nil else {
                unlink(instance.path)
                continue
            }
            let answer = intake.take(instance, from: sender, of: study)
            if answer.status != .success { note(instance.request, answer.comment) }
        }
    }

    private func note(_ request: StoreRequest, _ reason: String) {
        if firstRefusal == nil { firstRefusal = "\(request.sopInstanceUID) was refused here: \(reason)" }
    }
}
