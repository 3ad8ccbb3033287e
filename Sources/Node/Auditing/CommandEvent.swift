import Auditing
import DICOM
import DICOMNetwork
import Foundation

/// Something that a command has done beside the node, and that has to be on record: who did it, with which source, when.
package struct CommandEvent: Codable, Sendable {
    /// What was done.
    package enum Deed: Codable, Sendable {
        /// A source was asked, in the Study Root model; nil where it answered well.
        case asked(identifier: Data, failure: String?)
        /// The retrieval of a study begins.
        case retrieving(SourceStudy)
        /// It has ended, with so many instances by SOP Class UID; the failure is nil where all of it came.
        case retrieved(SourceStudy, instances: [String: Int], failure: String?)
    }

    let deed: Deed
    let source: AuditedNode
    let user: String
    let date: Date

    /// - Parameter user: whoever gave the command.
    package init(_ deed: Deed, at source: Peer, by user: String, at date: Date = Date()) {
        (self.deed, self.source, self.user, self.date) = (deed, source.node, user, date)
    }

    /// Its message.
    /// - Parameter own: the node under whose title it was done.
    func message(from own: AuditedNode) -> AuditMessage {
        let transfer = AuditedTransfer(from: source, to: own, isBegunBySource: false)
        var message: AuditMessage
        switch deed {
        case .asked(let identifier, let failure):
            message = .query(
                sopClassUID: InformationModel.studyRoot.findClass.description, identifier: Array(identifier),
                transferSyntaxUID: UID.explicitVRLittleEndian.description, from: own, to: source, failure: failure,
                at: date)
        case .retrieving(let study): message = .beginTransferring(AuditedStudy(study), transfer, at: date)
        case .retrieved(let study, let instances, let failure):
            message = .transferred(AuditedStudy(study, instances), transfer, failure: failure, at: date)
        }
        message.participants.append(.init(userID: user, isRequestor: true))
        return message
    }
}

extension AuditedStudy {
    /// A study as its source tells of it.
    fileprivate init(_ study: SourceStudy, _ instances: [String: Int] = [:]) {
        self.init(
            studyInstanceUID: study.studyInstanceUID.description, patientID: study.patientID, patientName: "",
            accessionNumber: study.accessionNumber, instances: instances)
    }
}
