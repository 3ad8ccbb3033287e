import DICOM
import DICOMNetwork

/// What a peer may do with us beside C-ECHO.
public enum PeerService: String, Sendable, Hashable, CaseIterable, Codable {
    /// C-STORE.
    case store
    /// C-FIND.
    case query
    /// C-MOVE and C-GET.
    case retrieve
    /// Storage commitment.
    case commitment

    /// The services of an abstract syntax, any of which will do; nil for one that is for everybody.
    ///
    /// Who may only retrieve has to propose storage too, to be sent to by C-GET (PS3.4 section C.5.3).
    static func needed(for abstractSyntax: UID) -> Set<PeerService>? {
        if abstractSyntax == .verification { return nil }
        if abstractSyntax == StorageCommitment.sopClass { return [.commitment] }
        for model in InformationModel.allCases {
            if abstractSyntax == model.findClass { return [.query] }
            if abstractSyntax == model.moveClass || abstractSyntax == model.getClass { return [.retrieve] }
        }
        return [.store, .retrieve]
    }
}

/// Who may associate, from where, as whom, and how often at a time. Everybody else is rejected.
struct PeerPolicy: Sendable {
    /// Why a request is rejected.
    struct Objection: Sendable, Equatable {
        /// What it is counted as.
        let event: CountedEvent
        /// What the peer is told (PS3.8 table 9-21).
        let rejection: Rejection
        /// What the log is told.
        let reason: String
    }

    private let local: NodeConfiguration.Local
    private let titles: Set<AETitle>
    private let peers: [NodeConfiguration.KnownPeer]
    /// The titles of those who may associate.
    let peerTitles: Set<String>

    init(_ configuration: NodeConfiguration) {
        local = configuration.local
        titles = Set([configuration.local.aeTitle] + configuration.local.furtherAETitles)
        peers = configuration.peers
        peerTitles = Set(peers.map(\.aeTitle.description))
    }

    /// Judges a request.
    /// - Parameters:
    ///   - open: the associations that are open under the calling title.
    ///   - all: the associations that are open.
    /// - Returns: the first objection; nil where there is none.
    func objection(to request: AssociationRequest, open: Int, of all: Int) -> Objection? {
        guard all < local.maximumAssociations else {
            return Objection(
                event: .turnedAwayLimit, rejection: .localLimitExceeded,
                reason: "\(all) associations are open, as many as may be")
        }
        guard let called = request.calledAETitle, titles.contains(called) else {
            return Objection(
                event: .rejectedCalledTitle, rejection: .calledAETitleNotRecognized,
                reason: "called AE title is not ours")
        }
        let known = peers.filter { $0.aeTitle == request.callingAETitle }
        guard !known.isEmpty else {
            return Objection(
                event: .rejectedCallingTitle, rejection: .callingAETitleNotRecognized,
                reason: "calling AE title is not configured as [[peer]]")
        }
        let objections = known.map { objection(of: $0, to: request, open: open) }
        return objections.contains(nil) ? nil : objections[0]
    }

    /// Whether it is the node that calls itself, to see whether it answers: under its own title, from its own address.
    ///
    /// It may do nothing but C-ECHO, unless a `[[peer]]` of that title lets it in.
    func isOurOwn(_ request: AssociationRequest) -> Bool {
        request.callingAETitle == local.aeTitle && !peerTitles.contains(local.aeTitle.description)
            && titles.contains(where: { $0 == request.calledAETitle })
            && (request.peerAddress.hasPrefix("127.") || request.peerAddress == local.address)
    }

    private func objection(
        of peer: NodeConfiguration.KnownPeer, to request: AssociationRequest, open: Int
    ) -> Objection? {
        guard peer.addresses.isEmpty || peer.addresses.contains(where: { $0.contains(request.peerAddress) }) else {
            return Objection(
                event: .rejectedAddress, rejection: .callingAETitleNotRecognized,
                reason: "the peer's address is not among those of its title")
        }
        guard peer.calledAETitles.isEmpty || request.calledAETitle.map(peer.calledAETitles.contains) == true else {
            return Objection(
                event: .rejectedCalledTitle, rejection: .calledAETitleNotRecognized,
                reason: "the peer may not call us by this AE title")
        }
        if let reason = peer.insecurity(of: request) {
            return Objection(event: .rejectedInsecure, rejection: .noReasonGiven, reason: reason)
        }
        if let limit = peer.maximumAssociations, open >= limit {
            return Objection(
                event: .rejectedPeerLimit, rejection: .localLimitExceeded,
                reason: "the peer has \(open) associations open, as many as it may")
        }
        return nil
    }

    /// What the peer of an association that was accepted may do.
    func services(of request: AssociationRequest) -> Set<PeerService> {
        // Of those sections that let it in; how many associations it has does not matter any more.
        let admitting = peers.filter {
            $0.aeTitle == request.callingAETitle && objection(of: $0, to: request, open: 0) == nil
        }
        return admitting.reduce(into: []) { $0.formUnion($1.services) }
    }
}
