import DICOM
import DICOMNetwork
import Foundation
import Node

/// Retrieves studies from a source into a folder, in this process, each question and retrieval on record in the node's audit
/// trail: what cannot be put on record is not retrieved.
struct FolderPull {
    private let peer: Peer
    private let series: UID?
    private let record: CommandRecord

    /// - Parameter series: the one wanted of each study; nil for all.
    init(_ configuration: NodeConfiguration, _ source: NodeConfiguration.Source, series: UID?) {
        (peer, self.series, record) = (configuration.reach(source), series, CommandRecord(configuration))
    }

    /// The studies that the source has.
    func studies(_ search: StudySearch) throws -> [SourceStudy] {
        var unrecorded: (any Error)?
        let inquiry = Inquiry(at: peer, goesOn: Interruption.goesOn) { identifier, failure in
            do {
                try note(.asked(identifier: Data(identifier.explicitVRLittleEndian), failure: failure))
            } catch { unrecorded = error }
        }
        let found = try search.studies(of: inquiry)
        if let unrecorded { throw unrecorded }
        return found
    }

    /// Retrieves a study, or the series of it.
    /// - Returns: how many instances came.
    func retrieve(_ study: SourceStudy, into folder: String) throws -> Int {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let receiver = FolderReceiver(folder: folder, study: study.studyInstanceUID)
        try note(.retrieving(study))
        let result = Result { try retrieve(study, receiver) }
        var failure: String?
        if case .failure(let error) = result { failure = "\(error)" }
        try note(.retrieved(study, instances: receiver.counts, failure: failure))
        try result.get()
        return receiver.received.count
    }

    private func retrieve(_ study: SourceStudy, _ receiver: FolderReceiver) throws {
        let uid = study.studyInstanceUID
        let line = ProgressLine()
        defer { line.finish() }
        let retrieved = try QueryRetrieveSCU.get(
            identifier(uid), from: peer, receiver: receiver, goesOn: Interruption.goesOn
        ) { line.show("study \(uid): \($0.text)") }
        if let refusal = receiver.firstRefusal { throw Failure("study \(uid): \(refusal)") }
        guard retrieved.isComplete else {
            throw Failure("study \(uid) is not complete: \(peer) answered \(retrieved.description)")
        }
        if series == nil, let expected = study.expectedCounts, receiver.received.count < expected.instances {
            throw Failure(
                "study \(uid) is not complete: \(receiver.received.count) of \(expected.instances) instances came")
        }
    }

    private func note(_ deed: CommandEvent.Deed) throws {
        let user = ProcessInfo.processInfo.environment["SUDO_USER"] ?? NSUserName()
        do {
            try record.note(CommandEvent(deed, at: peer, by: user))
        } catch {
            throw Failure("not on record in the node's audit trail, and so not done: \(error)")
        }
    }

    /// The identifier that retrieves (PS3.4 section C.4.3.1.3).
    private func identifier(_ study: UID) -> DataSet {
        var identifier = DataSet()
        identifier.set(.queryRetrieveLevel, series == nil ? "STUDY" : "SERIES")
        identifier.set(.studyInstanceUID, study)
        if let series { identifier.set(.seriesInstanceUID, series) }
        return identifier
    }
}
