import DICOM
import DICOMNetwork
import Foundation
import Logging

/// What the listener asks of the node: who may associate, and may do what; what comes goes to the `Intake`.
final class Reception: StorageService {
    let current: CurrentConfiguration
    let intake: Intake
    let open = OpenAssociations()
    let startedAt = Date()
    private let audit: Audit
    private let log: Logger

    init(_ current: CurrentConfiguration, intake: Intake, audit: Audit, log: Logger) {
        (self.current, self.intake, self.audit, self.log) = (current, intake, audit, log)
    }

    /// What is counted of peers.
    var counters: Counters { intake.counters }
    /// How much was received of late.
    var throughput: Throughput { intake.throughput }

    // MARK: Associations

    func decide(_ request: AssociationRequest) -> AssociationDecision {
        let policy = current.policy
        if policy.isOurOwn(request) { return .accept }
        let objection = open.admit(request.callingAETitle) { policy.objection(to: request, open: $0, of: $1) }
        guard let objection else { return .accept }
        counters.note(objection.event, of: request.title)
        log.warning("association rejected: \(objection.reason)", metadata: request.metadata)
        audit.refused(objection.reason, subject: request.node.aeTitle, address: request.peerAddress)
        return .reject(objection.rejection)
    }

    func permits(_ abstractSyntax: UID, to association: AssociationRequest) -> Bool {
        guard let needed = PeerService.needed(for: abstractSyntax) else { return true }
        let isPermitted = !needed.isDisjoint(with: current.policy.services(of: association))
        if !isPermitted { counters.note(.serviceRefused, of: association.title) }
        return isPermitted
    }

    func dismissed(peerAddress: String, _ reason: Dismissal) {
        counters.note(CountedEvent(reason))
        log.warning("connection turned away: \(reason)", metadata: ["peer": "\(peerAddress)"])
        audit.dismissed(address: peerAddress, reason)
    }

    func associationOpened(_ association: AssociationRequest) {
        guard !current.policy.isOurOwn(association) else { return }
        counters.note(.accepted, of: association.title)
        log.info("association opened", metadata: association.metadata)
    }

    func associationClosed(_ association: AssociationRequest, _ ending: AssociationEnding) {
        guard !current.policy.isOurOwn(association) else { return }
        open.end(association.callingAETitle)
        log.info("association closed", metadata: association.metadata.merging(["ending": "\(ending)"]) { $1 })
        intake.end(Sender(association))
    }

    // MARK: Instances

    func destination(for request: StoreRequest, from association: AssociationRequest) -> StoreDestination {
        guard current.policy.services(of: association).contains(.store) else {
            counters.note(.serviceRefused, of: association.title)
            log.warning("an instance was refused: the peer may not store", metadata: association.metadata)
            return .refuse(.notAuthorized, comment: "storing is not among the services of this peer")
        }
        return intake.destination(for: Sender(association))
    }

    func store(_ instance: ReceivedInstance, from association: AssociationRequest) -> StoreAnswer {
        intake.take(instance, from: Sender(association))
    }

    func writingFailed(
        _ request: StoreRequest, from association: AssociationRequest, errno: Int32, answer: StoreAnswer
    ) {
        intake.noteUnwritten(errno: errno, from: Sender(association))
    }
}

extension AssociationRequest {
    /// The calling title as text.
    fileprivate var title: String? { callingAETitle?.description }

    /// For the log: titles and address, nothing of a patient.
    var metadata: Logger.Metadata {
        var facts: Logger.Metadata = [
            "association": "\(id)", "calling": "\(callingAETitle?.description ?? "invalid")",
            "called": "\(calledAETitle?.description ?? "invalid")", "peer": "\(peerAddress)",
        ]
        if isSecure { facts["tls"] = "\(certificate?.subject ?? "no certificate")" }
        return facts
    }
}
