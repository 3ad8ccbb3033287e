import Archive
import DICOM
import DICOMNetwork
import Foundation
import Logging

/// What the listener asks of the node: who may associate, where data sets go, and whether they are kept.
final class Reception: StorageService {
    let current: CurrentConfiguration
    let counters: Counters
    let open = OpenAssociations()
    let throughput = Throughput()
    let startedAt = Date()
    /// What no reload changes.
    private let local: NodeConfiguration.Local
    private let quietPeriodSeconds: Double
    private let archive: Archive
    private let feeds: Feeds
    private let bell: Bell
    private let audit: Audit
    private let log: Logger

    init(
        _ current: CurrentConfiguration, archive: Archive, feeds: Feeds, bell: Bell, audit: Audit, log: Logger
    ) {
        self.audit = audit
        self.current = current
        counters = Counters(peers: current.policy.peerTitles)
        (local, quietPeriodSeconds) = (current.now.local, current.now.completion.quietPeriodSeconds)
        self.archive = archive
        self.feeds = feeds
        self.bell = bell
        self.log = log
    }

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
        feeds.end(association.id)
        audit.associationClosed(association)
        log.info("association closed", metadata: association.metadata.merging(["ending": "\(ending)"]) { $1 })
        bell.ring()
    }

    // MARK: Instances

    func destination(for request: StoreRequest, from association: AssociationRequest) -> StoreDestination {
        guard current.policy.services(of: association).contains(.store) else {
            counters.note(.serviceRefused, of: association.title)
            log.warning("an instance was refused: the peer may not store", metadata: association.metadata)
            return .refuse(.notAuthorized, comment: "storing is not among the services of this peer")
        }
        let free = (try? archive.availableBytes()) ?? 0
        guard free / (1 << 20) >= local.reserveMiB else {
            counters.note(.outOfSpace, of: association.title)
            log.error("out of space: an instance was refused", metadata: association.metadata)
            return .refuse(.outOfResources, comment: "the node's disk is nearly full")
        }
        return .file(path: archive.incomingPath())
    }

    func store(_ instance: ReceivedInstance, from association: AssociationRequest) -> StoreAnswer {
        let source = association.callingAETitle?.description ?? ""
        let header: InstanceHeader
        do throws(InstanceHeaderError) {
            header = try instance.header.get()
        } catch {
            return setAside(instance, source, "the header cannot be read: \(error)", .cannotUnderstand)
        }
        guard header.sopInstanceUID == instance.request.sopInstanceUID,
            header.sopClassUID == instance.request.sopClassUID
        else {
            return setAside(
                instance, source, "SOP Class or Instance UID differ from the request",
                .dataSetDoesNotMatchSOPClass)
        }
        feeds.note(header.studyInstanceUID, from: association.id)
        do throws(ArchiveError) {
            let incoming = IncomingInstance(
                path: instance.path, header: header, sourceAETitle: source, digest: SHA256Digest(bytes: instance.sha256)
            )
            let acceptance = try archive.accept(
                incoming, now: Date(), quietPeriodSeconds: quietPeriodSeconds)
            audit.received(
                header, from: association, wasKnown: acceptance == .duplicate || acceptance == .ownResult,
                failure: acceptance.failure)
            if acceptance == .stored { throughput.note(bytes: Int(instance.byteCount), at: .now) }
            return answer(acceptance, source)
        } catch {
            counters.note(.notKept, of: source)
            log.error("an instance was not kept: \(error)", metadata: association.metadata)
            audit.received(header, from: association, wasKnown: false, failure: "\(error)")
            if case .outOfSpace = error { return StoreAnswer(.outOfResources, comment: "no space left") }
            return StoreAnswer(.processingFailure, comment: "the instance could not be kept")
        }
    }

    private func answer(_ acceptance: Acceptance, _ source: String) -> StoreAnswer {
        switch acceptance {
        case .stored:
            counters.note(.stored, of: source)
            // Else the workers would look, after every image, for a job that is not due before they look by themselves.
            if quietPeriodSeconds < Worker.longestWaitSeconds { bell.ring() }
        case .duplicate, .ownResult: counters.note(.known, of: source)
        case .conflict(let conflict, let quarantined):
            counters.note(.conflict, of: source)
            log.warning(
                "an instance was set aside: \(conflict)",
                metadata: ["source": "\(source)", "kept as": "\(quarantined)"])
            // Success would promise that what was sent is what a retrieve will give back.
            return StoreAnswer(.processingFailure, comment: "kept aside: \(conflict)")
        }
        return StoreAnswer(.success)
    }

    private func setAside(
        _ instance: ReceivedInstance, _ source: String, _ reason: String, _ status: DIMSEStatus
    ) -> StoreAnswer {
        do throws(ArchiveError) {
            counters.note(.unreadable, of: source)
            let name = try archive.quarantine(file: instance.path, reason: reason, sourceAETitle: source, now: Date())
            log.warning("an object was set aside: \(reason)", metadata: ["source": "\(source)", "kept as": "\(name)"])
        } catch {
            log.error("an object could not be set aside: \(error)", metadata: ["source": "\(source)"])
        }
        return StoreAnswer(status, comment: reason)
    }

    func writingFailed(
        _ request: StoreRequest, from association: AssociationRequest, errno: Int32, answer: StoreAnswer
    ) {
        log.error(
            "an instance could not be written: \(String(cString: strerror(errno)))", metadata: association.metadata)
    }
}

extension Acceptance {
    /// Why an instance is not among those that were kept.
    fileprivate var failure: String? {
        if case .conflict(let conflict, _) = self { "set aside: \(conflict)" } else { nil }
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
