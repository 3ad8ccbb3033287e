import Auditing
import DICOM
import DICOMNetwork
import Foundation
import Logging
import Synchronization

/// The node's audit trail: turns what happens here into messages of PS3.15 section A.5.
///
/// The trail is the one place, beside the archive, where patients are named; the log never is.
package final class Audit: Sendable {
    /// Us, in the messages.
    let own: AuditedNode
    private let trail: AuditTrail
    private let forwarding: AuditForwarding
    private let bell = Bell()
    /// Synchronises what was recorded, and forwards it.
    let worker: Worker
    private let log: Logger
    private let isFailing = Mutex(false)
    private let isStopped = Atomic(false)
    private let alerts = Mutex(AlertThrottle())
    /// What associations that are open have brought so far, or have in hand.
    let transfers = Mutex<[UInt64: TransferTally]>([:])

    /// Opens the trail in the state directory.
    init(_ configuration: NodeConfiguration, log: Logger) throws {
        own = AuditedNode(configuration)
        trail = try AuditTrail(of: configuration)
        forwarding = AuditForwarding(
            trail, to: configuration.auditing.collector, credentials: configuration.credentials, log: log)
        self.log = log
        worker = Worker(name: "audit", bell: bell, log: log, nextDue: { [forwarding] in forwarding.nextDue }) {
            [forwarding] in
            forwarding.work(now: Date())
            return false
        }
        note { .application(started: true, processID: $0.processID, aeTitle: own.aeTitle, host: $0.host, at: Date()) }
    }

    /// A start that fails has an end too.
    deinit { stop(until: .now() + 0.5) }

    /// Records the end of the program, once. To be called when all else has ended.
    func stop(until deadline: DispatchTime) {
        guard !isStopped.exchange(true, ordering: .acquiringAndReleasing) else { return }
        worker.stop()
        worker.join(until: deadline)
        note { .application(started: false, processID: $0.processID, aeTitle: own.aeTitle, host: $0.host, at: Date()) }
        forwarding.finish()
    }

    /// Records messages. A trail that cannot be written to does not stop the node; the log says so, once.
    func record(_ messages: [AuditMessage]) {
        do throws(AuditError) {
            for message in messages { try trail.record(message) }
            if isFailing.withLock({ exchange(&$0, with: false) }) { log.notice("the audit trail is written again") }
        } catch {
            if !isFailing.withLock({ exchange(&$0, with: true) }) {
                log.error("the audit trail is not written: \(error)")
            }
        }
        if !messages.isEmpty { bell.ring() }
    }

    func record(_ message: AuditMessage) { record([message]) }

    /// Records what must not happen without a record; it is on the disk when this returns.
    func recordDurably(_ message: AuditMessage) throws(AuditError) {
        try trail.record(message)
        try trail.synchronize()
        bell.ring()
    }

    private func note(_ message: (AuditSource) -> AuditMessage) { record(message(trail.source)) }

    // MARK: - Security

    /// Records that somebody could not show to be who it should be, at most once a minute for each address and reason.
    func refused(_ reason: String, subject: String, address: String) {
        let now = Date()
        let admitted = alerts.withLock { $0.admit("\(address) \(reason)", now: now) }
        guard let suppressed = admitted else { return }
        let text = suppressed == 0 ? reason : "\(reason) (and \(suppressed) times before, not reported)"
        record(
            .securityAlert(
                AuditCode.nodeAuthentication, text, subject: subject, address: address, reporter: own, at: now))
    }

    /// Records that a connection was turned away, where that concerns security.
    func dismissed(address: String, _ dismissal: Dismissal) {
        guard case .insecure(_, let subject) = dismissal else { return }
        refused("\(dismissal)", subject: subject.isEmpty ? address : subject, address: address)
    }

    /// Records that other certificates are in force, or were refused.
    func certificatesChanged(_ text: String, subject: String, isFailure: Bool) {
        record(
            .securityAlert(
                AuditCode.securityConfiguration, text, subject: subject, address: nil, reporter: own,
                isFailure: isFailure, at: Date()))
    }

    // MARK: - Queries

    /// Records that a peer asked.
    func asked(_ request: FindRequest, by association: AssociationRequest, failure: String?) {
        record(
            .query(
                sopClassUID: request.model.findClass.description, identifier: request.encoded.bytes,
                transferSyntaxUID: request.encoded.transferSyntaxUID.description, from: association.node, to: own,
                failure: failure, at: Date()))
    }

    /// Records that we asked a peer, in the Study Root model.
    func asked(_ identifier: DataSet, at peer: Peer, failure: String?) {
        record(
            .query(
                sopClassUID: InformationModel.studyRoot.findClass.description,
                identifier: identifier.explicitVRLittleEndian,
                transferSyntaxUID: UID.explicitVRLittleEndian.description, from: own, to: peer.node, failure: failure,
                at: Date()))
    }
}

private func exchange(_ flag: inout Bool, with value: Bool) -> Bool {
    defer { flag = value }
    return flag
}

extension AssociationRequest {
    /// The peer, in audit messages.
    var node: AuditedNode { AuditedNode(aeTitle: callingAETitle?.description ?? "invalid", address: peerAddress) }
}

extension Peer {
    /// The peer, in audit messages.
    var node: AuditedNode { AuditedNode(aeTitle: calledAETitle.description, address: host) }
}
