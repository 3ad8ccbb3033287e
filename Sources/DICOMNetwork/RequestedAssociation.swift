import CDCMTK
import DICOM

/// An association that we requested. Used by one thread at a time; closed exactly once.
struct RequestedAssociation: ~Copyable {
    /// A proposal.
    struct PresentationContext: Equatable {
        let id: UInt8
        let abstractSyntax: UID
        let transferSyntaxes: [UID]
        /// Whether we propose to be the SCP of it, by role selection (PS3.7 section D.3.3.4).
        var isSCP = false
    }

    /// What a C-STORE came to where the association lives on.
    enum StoreResult {
        case answered(StoreAnswer)
        /// The file could not be read; nothing was sent.
        case unsent(String)
    }

    let association: OpaquePointer
    let peer: Peer

    /// Requests an association with at most 128 contexts.
    init(with peer: Peer, proposing contexts: [PresentationContext]) throws(NetworkError) {
        var failure = cd_failure()
        guard let association = Self.request(peer, contexts, &failure) else {
            throw NetworkError(failure, peer: peer) ?? .lost(peer, Condition(failure.error))
        }
        self.association = association
        self.peer = peer
    }

    /// The transfer syntax that the peer accepted for a context; nil where it refused it.
    func transferSyntax(of contextID: UInt8) -> UID? {
        cd_association_transfer_syntax(association, contextID).flatMap { UID(String(cString: $0)) }
    }

    func echo() throws(NetworkError) -> DIMSEStatus {
        var status: UInt16 = 0
        var failure = cd_failure()
        guard cd_association_echo(association, &status, &failure) == 1 else {
            throw NetworkError(failure, peer: peer) ?? .lost(peer, Condition(failure.error))
        }
        return DIMSEStatus(rawValue: status)
    }

    /// Sends a file.
    /// - Parameter originator: who asked for it where it is a sub-operation of a C-MOVE.
    func store(
        _ file: SendableFile, contextID: UInt8, originator: MoveOriginator? = nil
    ) throws(NetworkError) -> StoreResult {
        var answer = cd_answer()
        var failure = cd_failure()
        let sent = file.meta.withStoreRequest(path: file.path, originator: originator) { request, path in
            cd_association_store(
                association, contextID, request, path, UInt64(file.meta.dataSetOffset), &answer, &failure)
        }
        guard sent == 1 else {
            if let error = NetworkError(failure, peer: peer) { throw error }
            return .unsent(Condition(failure.error).description)
        }
        return .answered(StoreAnswer(answer))
    }

    /// Reports an event of a service class that we are the SCP of.
    func report(_ event: NormalizedContent, contextID: UInt8) throws(NetworkError) -> DIMSEStatus {
        var status: UInt16 = 0
        var failure = cd_failure()
        guard event.lend({ cd_association_report(association, contextID, $0, &status, &failure) }) == 1 else {
            throw NetworkError(failure, peer: peer) ?? .lost(peer, Condition(failure.error))
        }
        return DIMSEStatus(rawValue: status)
    }

    /// Requests an action of a service class that we are the SCU of.
    func act(_ action: NormalizedContent, contextID: UInt8) throws(NetworkError) -> DIMSEStatus {
        var status: UInt16 = 0
        var failure = cd_failure()
        guard action.lend({ cd_association_act(association, contextID, $0, &status, &failure) }) == 1 else {
            throw NetworkError(failure, peer: peer) ?? .lost(peer, Condition(failure.error))
        }
        return DIMSEStatus(rawValue: status)
    }

    /// Waits for the peer to report an event, at most `waitingSeconds`, and answers as `take` says.
    /// - Parameter limit: how much of its data set is kept, in bytes.
    /// - Returns: whether the association is as it should be, with or without an event.
    func takeEvent(waitingSeconds: Double, limit: Int, _ take: (cd_dimse_request) -> DIMSEAnswer) -> Bool {
        withoutActuallyEscaping(take) { take in
            var taker = EventTaker(take: take)
            var taken: Int32 = 0
            var failure = cd_failure()
            return withUnsafeMutablePointer(to: &taker) { taker in
                cd_association_take_event(
                    association, UInt32(clamping: Int(waitingSeconds * 1000)), limit,
                    { context, event in
                        context!.assumingMemoryBound(to: EventTaker.self).pointee.take(event!.pointee).status.rawValue
                    }, taker, &taken, &failure) == 1
            }
        }
    }

    /// What the shim calls back with.
    private struct EventTaker {
        let take: (cd_dimse_request) -> DIMSEAnswer
    }

    /// Releases the association, as is due after success, or aborts it.
    consuming func close(release: Bool) { cd_association_close(association, release ? 1 : 0) }

    private static func request(
        _ peer: Peer, _ contexts: [PresentationContext], _ failure: inout cd_failure
    ) -> OpaquePointer? {
        let peerTexts = [
            peer.host, peer.callingAETitle.description, peer.calledAETitle.description, Implementation.classUID,
            Implementation.versionName, peer.security?.certificateName ?? "",
        ]
        let abstract = contexts.map(\.abstractSyntax.description)
        let transfer = contexts.flatMap { $0.transferSyntaxes.map(\.description) }
        return withCStrings(peerTexts) { text in
            withCStrings(abstract) { abstract in
                withCStrings(transfer) { transfer in
                    var target = cd_peer(
                        host: text[0], port: peer.port, calling_ae_title: text[1], called_ae_title: text[2],
                        connect_seconds: peer.timeouts.connectSeconds, acse_seconds: peer.timeouts.acseSeconds,
                        dimse_seconds: peer.timeouts.dimseSeconds, implementation_class_uid: text[3],
                        implementation_version_name: text[4], tls: peer.security?.credentials.pointer,
                        certificate_name: peer.security?.certificateName == nil ? nil : text[5])
                    var next = 0
                    let proposals = contexts.enumerated().map { index, context in
                        defer { next += context.transferSyntaxes.count }
                        return cd_presentation_context(
                            id: context.id, abstract_syntax: abstract[index],
                            transfer_syntaxes: transfer.baseAddress.map { $0 + next },
                            transfer_syntax_count: context.transferSyntaxes.count, is_scp: context.isSCP ? 1 : 0)
                    }
                    return cd_association_open(&target, proposals, proposals.count, &failure)
                }
            }
        }
    }
}
