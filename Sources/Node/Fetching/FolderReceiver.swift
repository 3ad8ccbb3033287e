import DICOM
import DICOMNetwork
import Foundation

/// Keeps what a C-GET brings in a folder, each object under the digest of its data set: no name comes from the peer.
public final class FolderReceiver: InstanceReceiver {
    private let folder: String
    private let study: UID
    private var parts = 0
    /// SOP Instance UIDs of what is there.
    public private(set) var received: Set<UID> = []
    /// How many instances of each SOP class came, by its UID.
    public private(set) var counts: [String: Int] = [:]
    /// Why the first object was refused; nil where none was.
    public private(set) var firstRefusal: String?

    /// - Parameters:
    ///   - folder: exists already.
    ///   - study: objects of another study are refused.
    public init(folder: String, study: UID) { (self.folder, self.study) = (folder, study) }

    public func destination(for request: StoreRequest) -> StoreDestination {
        parts += 1
        return .file(path: "\(folder)/.\(getpid())-\(parts).part")
    }

    public func store(_ instance: ReceivedInstance) -> StoreAnswer {
        guard let header = try? instance.header.get() else {
            return refuse(instance, .cannotUnderstand, "the header cannot be read")
        }
        guard header.sopInstanceUID == instance.request.sopInstanceUID,
            header.sopClassUID == instance.request.sopClassUID
        else {
            return refuse(
                instance, .dataSetDoesNotMatchSOPClass, "SOP Class or Instance UID differ from the request")
        }
        guard header.studyInstanceUID == study else {
            return refuse(instance, .dataSetDoesNotMatchSOPClass, "it is of another study than was asked for")
        }
        let name = instance.sha256.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
        guard rename(instance.path, "\(folder)/\(name).dcm") == 0 else {
            return refuse(instance, .processingFailure, "it cannot be named: \(String(cString: strerror(errno)))")
        }
        if received.insert(header.sopInstanceUID).inserted { counts[header.sopClassUID.description, default: 0] += 1 }
        return StoreAnswer(.success)
    }

    public func writingFailed(_ request: StoreRequest, errno: Int32, answer: StoreAnswer) {
        if firstRefusal == nil { firstRefusal = "\(folder) cannot be written: \(String(cString: strerror(errno)))" }
    }

    private func refuse(_ instance: ReceivedInstance, _ status: DIMSEStatus, _ reason: String) -> StoreAnswer {
        unlink(instance.path)
        if firstRefusal == nil { firstRefusal = "\(instance.request.sopInstanceUID) was refused: \(reason)" }
        return StoreAnswer(status, comment: reason)
    }
}
