import Archive
import DICOM
import DICOMNetwork
import Foundation
import Logging

/// Answers Query/Retrieve for what the archive holds, instances received and results alike.
struct Querying: QueryService, RetrieveService {
    private let current: CurrentConfiguration
    private let archive: Archive
    let conversion: Conversion
    private let audit: Audit
    private let log: Logger

    init(
        _ current: CurrentConfiguration, archive: Archive, conversion: Conversion, audit: Audit, log: Logger
    ) {
        (self.current, self.archive, self.conversion) = (current, archive, conversion)
        (self.audit, self.log) = (audit, log)
    }

    // MARK: - C-FIND

    func find(
        _ request: FindRequest, from association: AssociationRequest, respond: (QueryMatch) -> Bool
    ) -> DIMSEAnswer {
        let answer = answer(request, from: association, respond: respond)
        audit.asked(
            request, by: association, failure: answer.status == .success ? nil : "\(answer.status) \(answer.comment)")
        return answer
    }

    private func answer(
        _ request: FindRequest, from association: AssociationRequest, respond: (QueryMatch) -> Bool
    ) -> DIMSEAnswer {
        let local = current.now.local
        let limit = local.maximumQueryMatches
        do {
            let query = try IndexQuery(finding: request.identifier, top: request.model.top)
            var sent = 0
            var isBeyondLimit = false
            try archive.find(query) { match in
                guard sent < limit else {
                    isBeyondLimit = true
                    return false
                }
                sent += 1
                let response = QueryResponse(match, to: query, asked: request.identifier, by: local.aeTitle)
                return respond(
                    QueryMatch(identifier: response.identifier, supportsAllKeys: query.unsupported.isEmpty))
            }
            log.info(
                "query answered",
                metadata: association.metadata.merging(["level": "\(query.level.rawValue)", "matches": "\(sent)"]) {
                    $1
                })
            return isBeyondLimit
                ? DIMSEAnswer(.outOfResources, comment: "more than \(limit) matches: narrow the query")
                : DIMSEAnswer(.success)
        } catch {
            return refusal(error, of: "query", association)
        }
    }

    // MARK: - C-MOVE and C-GET

    func instances(for request: RetrieveRequest, from association: AssociationRequest) -> RetrieveDecision {
        do {
            let query = try IndexQuery(retrieving: request.identifier, top: request.model.top)
            let instances = try archive.heldInstances(query)
            audit.retrieving(
                instances, to: request.destination.flatMap(current.now.reach), for: association, in: archive)
            return .send(instances.map { RetrievedInstance(path: $0.path, sopInstanceUID: $0.sopInstanceUID) })
        } catch {
            return .refuse(refusal(error, of: "retrieval", association))
        }
    }

    func moveDestination(_ title: AETitle, for association: AssociationRequest) -> Peer? {
        let peer = current.now.reach(title)
        if peer == nil {
            log.warning(
                "retrieval refused: its destination is neither a [[destination]] nor a [[peer]] with host and port",
                metadata: association.metadata.merging(["destination": "\(title)"]) { $1 })
        }
        return peer
    }

    func retrieved(
        _ request: RetrieveRequest, from association: AssociationRequest, _ count: SubOperations, _ answer: DIMSEAnswer
    ) {
        audit.retrieved(count, for: association)
        log.info(
            "retrieval ended: \(answer.status)",
            metadata: association.metadata.merging(
                [
                    "destination": "\(request.destination?.description ?? "the same association")",
                    "sent": "\(count.completed + count.warned)", "failed": "\(count.failed.count)",
                    "left": "\(count.remaining)",
                ].merging(count.firstFailure.isEmpty ? [:] : ["first failure": "\(count.firstFailure)"]) { $1 }
            ) { $1 })
    }

    // MARK: - Refusals

    /// PS3.4 tables C.4-1 to C.4-3: A900 for what is not of the model, C001 for what cannot be processed.
    private func refusal(_ error: any Error, of what: String, _ association: AssociationRequest) -> DIMSEAnswer {
        guard let error = error as? QueryError else {
            log.error("a \(what) failed: \(error)", metadata: association.metadata)
            return DIMSEAnswer(.unableToProcess, comment: "the index cannot be read")
        }
        log.notice("a \(what) was refused: \(error)", metadata: association.metadata)
        return switch error {
        case .notOfModel(let reason): DIMSEAnswer(.dataSetDoesNotMatchSOPClass, comment: reason)
        case .malformed(let reason): DIMSEAnswer(.unableToProcess, comment: reason)
        }
    }
}

extension InformationModel {
    /// Its uppermost level.
    fileprivate var top: QueryLevel { self == .patientRoot ? .patient : .study }
}

extension NodeConfiguration {
    /// How an application entity is reached: as a peer that we know the address of, or as a destination of results.
    func reach(_ title: AETitle) -> Peer? {
        let peer = peers.first { $0.aeTitle == title && $0.host != nil }
        let destination = destinations.first { $0.aeTitle == title }
        guard let peer, let host = peer.host, let port = peer.port else { return destination.map(reach) }
        return Peer(
            host: host, port: port, calledAETitle: title, callingAETitle: local.aeTitle,
            security: peer.requiresTLS ? security(certificateName: peer.certificateName) : nil)
    }
}
