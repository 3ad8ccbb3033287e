import DICOM
import DICOMNetwork
import Foundation

/// Puts what a C-GET brings into the archive, object by object.
final class IntakeReceiver: InstanceReceiver {
    private let intake: Intake
    private let sender: Sender
    private let study: UID
    /// Why the first object was not kept; nil where all were.
    private(set) var firstRefusal: String?

    /// - Parameter study: objects of another one are set aside.
    init(_ intake: Intake, from sender: Sender, study: UID) {
        (self.intake, self.sender, self.study) = (intake, sender, study)
    }

    func destination(for request: StoreRequest) -> StoreDestination {
        let destination = intake.destination(for: sender)
        if case .refuse(_, let comment) = destination { note(request, comment) }
        return destination
    }

    func store(_ instance: ReceivedInstance) -> StoreAnswer {
        let answer = intake.take(instance, from: sender, of: study)
        if answer.status != .success { note(instance.request, answer.comment) }
        return answer
    }

    func writingFailed(_ request: StoreRequest, errno: Int32, answer: StoreAnswer) {
        intake.noteUnwritten(errno: errno, from: sender)
        note(request, "it cannot be written: \(String(cString: strerror(errno)))")
    }

    private func note(_ request: StoreRequest, _ reason: String) {
        if firstRefusal == nil { firstRefusal = "\(request.sopInstanceUID) was refused here: \(reason)" }
    }
}
