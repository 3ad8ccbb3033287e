import CDCMTK
import DICOM

extension ListenerCallbacks {
    /// A request that is answered before any service hears of it, or by its refusal.
    private struct Refusal: Error {
        let answer: DIMSEAnswer

        init(_ status: DIMSEStatus, _ comment: String = "") { answer = DIMSEAnswer(status, comment: comment) }
        init(_ answer: DIMSEAnswer) { self.answer = answer }
    }

    /// Answers a request of Query/Retrieve or Storage Commitment.
    func answer(_ request: cd_dimse_request, _ exchange: Exchange, from association: AssociationRequest) {
        do throws(Refusal) {
            switch request.command_field {
            case 0x0020: try find(request, exchange, association)
            case 0x0021: try move(request, exchange, association)
            case 0x0010: try get(request, exchange, association)
            case 0x0100: try take(request, exchange, association)
            default: try act(request, exchange, association)
            }
        } catch {
            exchange.respond(error.answer)
        }
    }

    // MARK: - Query/Retrieve

    private func find(
        _ request: cd_dimse_request, _ exchange: Exchange, _ association: AssociationRequest
    ) throws(Refusal) {
        guard let query = services.query, let model = model(of: request, \.findClass) else {
            throw Refusal(.sopClassNotSupported)
        }
        let find = FindRequest(
            model: model, identifier: try identifier(of: request),
            encoded: .init(
                bytes: bytes(of: request),
                transferSyntaxUID: UID(string(request.transfer_syntax_uid)) ?? .implicitVRLittleEndian))
        var state = exchange.state
        var answer = DIMSEAnswer(.cancel)
        if state == .open {
            answer = query.find(find, from: association) { match in
                if state == .open { state = exchange.state }
                guard state == .open else { return false }
                let status = match.supportsAllKeys ? DIMSEStatus.pending : .pendingWithUnsupportedKeys
                guard exchange.respond(DIMSEAnswer(status), match.identifier) else {
                    state = .ended
                    return false
                }
                return true
            }
        }
        if state != .ended { exchange.respond(state == .cancelled ? DIMSEAnswer(.cancel) : answer) }
    }

    private func move(
        _ request: cd_dimse_request, _ exchange: Exchange, _ association: AssociationRequest
    ) throws(Refusal) {
        guard let service = services.retrieve, let model = model(of: request, \.moveClass) else {
            throw Refusal(.sopClassNotSupported)
        }
        let identifier = try identifier(of: request)
        guard let title = AETitle(string(request.move_destination)),
            let peer = service.moveDestination(title, for: association)
        else { throw Refusal(.moveDestinationUnknown, "Move Destination is not configured here") }
        let retrieve = RetrieveRequest(model: model, identifier: identifier, destination: title)
        let instances = try instances(for: retrieve, service, association)
        let originator = association.callingAETitle.map { MoveOriginator(aeTitle: $0, messageID: request.message_id) }
        var retrieval = Retrieval(exchange, instances: instances.count, converting: service.conversion)
        let answer = retrieval.move(instances, to: peer, originator: originator)
        finish(retrieve, retrieval.count, answer, exchange, service, association)
    }

    private func get(
        _ request: cd_dimse_request, _ exchange: Exchange, _ association: AssociationRequest
    ) throws(Refusal) {
        guard let service = services.retrieve, let model = model(of: request, \.getClass) else {
            throw Refusal(.sopClassNotSupported)
        }
        let retrieve = RetrieveRequest(model: model, identifier: try identifier(of: request), destination: nil)
        let instances = try instances(for: retrieve, service, association)
        var retrieval = Retrieval(exchange, instances: instances.count, converting: service.conversion)
        let answer = retrieval.get(instances)
        finish(retrieve, retrieval.count, answer, exchange, service, association)
    }

    private func instances(
        for request: RetrieveRequest, _ service: any RetrieveService, _ association: AssociationRequest
    ) throws(Refusal) -> [RetrievedInstance] {
        switch service.instances(for: request, from: association) {
        case .send(let instances): return instances
        case .refuse(let answer): throw Refusal(answer)
        }
    }

    /// Sends the final response, or none where the association is gone.
    private func finish(
        _ request: RetrieveRequest, _ count: SubOperations, _ answer: DIMSEAnswer?, _ exchange: Exchange,
        _ service: any RetrieveService, _ association: AssociationRequest
    ) {
        if let answer { exchange.respond(answer, count.failureIdentifier, count) }
        let outcome = answer ?? DIMSEAnswer(.processingFailure, comment: "the association ended before the retrieval")
        service.retrieved(request, from: association, count, outcome)
    }

    // MARK: - Storage Commitment

    private func act(
        _ request: cd_dimse_request, _ exchange: Exchange, _ association: AssociationRequest
    ) throws(Refusal) {
        guard let service = services.commitment,
            UID(string(request.abstract_syntax)) == StorageCommitment.sopClass,
            UID(string(request.sop_class_uid)) == StorageCommitment.sopClass
        else { throw Refusal(.sopClassNotSupported) }
        guard UID(string(request.sop_instance_uid)) == StorageCommitment.sopInstance else {
            throw Refusal(.noSuchSOPInstance, "not the well-known instance")
        }
        guard request.type == 1 else { throw Refusal(.noSuchAction) }
        let commitment = try commitment(in: identifier(of: request))
        let answer = service.accept(commitment, from: association)
        guard exchange.respond(answer), answer.status.isAccepted else { return }
        service.settle(commitment, from: association) {
            exchange.isQuiet(seconds: $0)
        } report: {
            try exchange.report($0.event)
        }
    }

    private func commitment(in information: DataSet) throws(Refusal) -> CommitmentRequest {
        guard let transaction = information.uid(.transactionUID),
            let references = InstanceReference.all(in: information, .referencedSOPSequence), !references.isEmpty
        else {
            throw Refusal(.invalidArgumentValue, "TransactionUID or ReferencedSOPSequence unusable")
        }
        return CommitmentRequest(transactionUID: transaction, instances: references)
    }

    /// Takes a report on a commitment that we asked for.
    private func take(
        _ request: cd_dimse_request, _ exchange: Exchange, _ association: AssociationRequest
    ) throws(Refusal) {
        guard let service = services.commitmentOutcome,
            UID(string(request.abstract_syntax)) == StorageCommitment.sopClass,
            UID(string(request.sop_class_uid)) == StorageCommitment.sopClass
        else { throw Refusal(.sopClassNotSupported) }
        guard request.type == 1 || request.type == 2 else { throw Refusal(.noSuchEventType) }
        guard let outcome = CommitmentOutcome(try identifier(of: request)) else {
            throw Refusal(.invalidArgumentValue, "TransactionUID or a reference unusable")
        }
        exchange.respond(service.take(outcome, from: association))
    }

    // MARK: - What a request says

    private func model(of request: cd_dimse_request, _ sopClass: (InformationModel) -> UID) -> InformationModel? {
        let abstract = UID(string(request.abstract_syntax))
        guard abstract == UID(string(request.sop_class_uid)) else { return nil }
        return InformationModel.allCases.first { sopClass($0) == abstract }
    }

    private func bytes(of request: cd_dimse_request) -> [UInt8] {
        Array(UnsafeBufferPointer(start: request.bytes, count: request.length))
    }

    private func identifier(of request: cd_dimse_request) throws(Refusal) -> DataSet {
        guard request.is_too_long == 0 else {
            throw Refusal(.outOfResources, "the data set of the request is too long")
        }
        let bytes = bytes(of: request)
        guard let syntax = UID(string(request.transfer_syntax_uid)) else {
            throw Refusal(.unableToProcess)
        }
        do throws(DataSetBytesError) {
            return try DataSet(bytes: bytes, transferSyntax: syntax)
        } catch {
            throw Refusal(.unableToProcess, "the identifier is \(error)")
        }
    }
}
