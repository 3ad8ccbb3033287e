import DICOM
import DICOMNetwork
import Foundation
import Logging
import Synchronization

/// What the listener asks of the node: who may associate, and may do what; what comes goes to the `Intake`.
final class Reception: StorageService {
    let current: CurrentConfiguration
    let intake: Intake
    let open = OpenAssociations()
    let startedAt = Date()
    private let audit: Audit
    private let log: Logger
    private let warnings = Mutex(AlertThrottle())

    init(_ current: CurrentConfiguration, intake: Intake, audit: Audit, log: Logger) {
        (self.current, self.intake, self.audit, self.log) = (current, intake, audit, log)
    }

    /// What is counted of peers.
    var counters: Counters { intake.counters }
    /// How much was received of late.
    var throughput: Throughput { intake.throughput }

    // MARK: Associations

    func decide(_ request: AssociationRequest) -> AssociationDecision {
        guard let objection = open.admit(request, by: current.policy) else { return .accept }
        counters.note(objection.event, of: request.title)
        warn("association rejected: \(objection.reason)", request.peerAddress, request.metadata)
        audit.refused(objection.reason, subject: request.node.aeTitle, address: request.peerAddress)
        return .reject(objection.rejection)
    }

    func permits(_ abstractSyntax: UID, to association: AssociationRequest) -> Bool {
        guard let needed = PeerService.needed(for: abstractSyntax) else { return true }
        guard needed.isDisjoint(with: open[association]?.services ?? []) else { return true }
        counters.note(.serviceRefused, of: association.title)
        let services = needed.map(\.rawValue).sorted().joined(separator: " or ")
        warn("a service was refused: \(services) is not among those of the peer", association)
        return false
    }

    func dismissed(peerAddress: String, _ reason: Dismissal) {
        counters.note(CountedEvent(reason))
        warn("connection turned away: \(reason)", peerAddress, ["peer": "\(peerAddress)"])
        audit.dismissed(address: peerAddress, reason)
    }

    func associationOpened(_ association: AssociationRequest) {
        guard open[association]?.isOurOwn == false else { return }
        counters.note(.accepted, of: association.title)
        log.info("association opened", metadata: association.metadata)
    }

    func associationClosed(_ association: AssociationRequest, _ ending: AssociationEnding) {
        guard open.end(association)?.isOurOwn == false else { return }
        log.info("association closed", metadata: association.metadata.merging(["ending": "\(ending.inOneLine)"]) { $1 })
        intake.end(Sender(association))
    }

    private func warn(_ message: String, _ association: AssociationRequest) {
        warn(message, "\(association.peerAddress) \(association.title ?? "invalid")", association.metadata)
    }

    /// Warns once a minute for each of those who cause it: who knocks without end must not fill the log.
    private func warn(_ message: String, _ cause: String, _ metadata: Logger.Metadata) {
        let admitted = warnings.withLock { $0.admit("\(cause) \(message)", now: Date()) }
        guard let held = admitted else { return }
        log.warning(held == 0 ? "\(message)" : "\(message) (and \(held) times before, not told)", metadata: metadata)
    }

    // MARK: Instances

    func destination(for request: StoreRequest, from association: AssociationRequest) -> StoreDestination {
        guard open[association]?.services.contains(.store) == true else {
            counters.note(.serviceRefused, of: association.title)
            warn("an instance was refused: the peer may not store", association)
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

extension AssociationEnding {
    /// DCMTK's words have lines.
    fileprivate var inOneLine: String {
        "\(self)".split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.joined(
            separator: "; ")
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
