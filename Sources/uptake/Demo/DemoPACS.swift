import DICOM
import DICOMNetwork
import Foundation
import Synchronization

/// A PACS for the demonstration: takes everything and keeps it in a folder.
final class DemoPACS: Sendable {
    static let aeTitle = AETitle("PACS")!
    private let listener: Listener
    private let shelf: Shelf

    /// Starts on a free loopback port.
    init(folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        shelf = Shelf(folder: folder)
        var configuration = Listener.Configuration()
        configuration.address = "127.0.0.1"
        configuration.port = 0
        listener = try Listener(configuration, service: shelf)
    }

    /// The port it listens on.
    var port: UInt16 { listener.port }

    /// What has arrived: file by SOP instance.
    var files: [UID: String] { shelf.files.withLock { $0 } }

    /// Waits for something to arrive.
    func waitForArrival(seconds: Double) { _ = shelf.arrival.wait(timeout: .now() + seconds) }

    /// Stops it.
    func stop() { listener.stop(graceSeconds: 1) }

    private final class Shelf: StorageService {
        let files = Mutex<[UID: String]>([:])
        let arrival = DispatchSemaphore(value: 0)
        private let folder: String

        init(folder: String) { self.folder = folder }

        func decide(_ request: AssociationRequest) -> AssociationDecision {
            request.calledAETitle == DemoPACS.aeTitle ? .accept : .reject(.calledAETitleNotRecognized)
        }
        func dismissed(peerAddress: String, _ reason: Dismissal) {}
        func associationOpened(_ association: AssociationRequest) {}
        func associationClosed(_ association: AssociationRequest, _ ending: AssociationEnding) {}
        func destination(for request: StoreRequest, from association: AssociationRequest) -> StoreDestination {
            .file(path: "\(folder)/\(UUID().uuidString).part")
        }
        func store(_ instance: ReceivedInstance, from association: AssociationRequest) -> StoreAnswer {
            let path = "\(folder)/\(instance.request.sopInstanceUID).dcm"
            guard rename(instance.path, path) == 0 else { return StoreAnswer(.processingFailure) }
            files.withLock { $0[instance.request.sopInstanceUID] = path }
            arrival.signal()
            return StoreAnswer(.success)
        }
        func writingFailed(
            _ request: StoreRequest, from association: AssociationRequest, errno: Int32, answer: StoreAnswer
        ) {}
    }
}
