import DICOM

/// Query/Retrieve as SCU (PS3.4 annex C), in the Study Root model.
///
/// Each call has an association of its own and blocks the calling thread. Every wait is bounded by the peer's time-outs,
/// and the whole by `goesOn`: it is asked several times a second, and false has the request cancelled, after which the
/// peer has one more time-out to end it.
public enum QueryRetrieveSCU {
    /// What came of a C-FIND.
    public struct Found: Sendable {
        /// The identifiers of the matches, in the peer's order.
        public let matches: [DataSet]
        /// The final answer; a cancellation where the peer went on beyond the limit until the association was aborted.
        public let answer: DIMSEAnswer
        /// Whether there are more than were wanted.
        public let isTruncated: Bool
    }

    /// How long all matches may be together, in bytes.
    static let maximumMatchBytes = 64 << 20

    /// Asks for matches.
    /// - Parameters:
    ///   - identifier: the keys, with Query/Retrieve Level (0008,0052).
    ///   - limit: how many are wanted; what is beyond is cancelled, as is what is beyond 64 MiB.
    /// - Throws: where there is no association, or no final answer. `NetworkError.notOffered` where the peer has no C-FIND.
    public static func find(
        _ identifier: DataSet, at peer: Peer, limit: Int = 10_000, goesOn: @escaping () -> Bool = { true }
    ) throws(NetworkError) -> Found {
        var matches: [DataSet] = []
        var answer = DIMSEAnswer(.unableToProcess)
        var isTruncated = false
        var bytes = 0
        let callbacks = QueryCallbacks(goesOn: { !isTruncated && goesOn() }) { response in
            answer = response.answer
            guard response.answer.status.category == .pending, let match = response.identifier else { return }
            bytes += response.bytes
            isTruncated = isTruncated || matches.count == limit || bytes > Self.maximumMatchBytes
            if !isTruncated { matches.append(match) }
        }
        let command = QueryCommand(
            kind: .find, sopClassUID: InformationModel.studyRoot.findClass, identifier: identifier)
        do throws(NetworkError) {
            try perform(command, service: "C-FIND", on: peer, callbacks)
        } catch {
            // A peer that takes no notice of the cancellation has given what was wanted.
            guard isTruncated, error == .timedOut(peer) else { throw error }
            answer = DIMSEAnswer(.cancel)
        }
        return Found(matches: matches, answer: answer, isTruncated: isTruncated)
    }

    /// Has the peer send to a third party.
    /// - Parameters:
    ///   - identifier: the unique keys, with Query/Retrieve Level (0008,0052).
    ///   - destination: the title that the peer knows the third party by.
    ///   - progress: called in the calling thread with each response that has numbers.
    public static func move(
        _ identifier: DataSet, to destination: AETitle, from peer: Peer, goesOn: @escaping () -> Bool = { true },
        progress: @escaping (RetrieveProgress) -> Void = { _ in }
    ) throws(NetworkError) -> Retrieved {
        let command = QueryCommand(
            kind: .move, sopClassUID: InformationModel.studyRoot.moveClass, identifier: identifier,
            destination: destination)
        return try retrieve(command, service: "C-MOVE", from: peer, nil, goesOn, progress)
    }

    /// Has the peer send on the association of the request.
    /// - Parameters:
    ///   - identifier: the unique keys, with Query/Retrieve Level (0008,0052).
    ///   - receiver: takes what comes.
    ///   - progress: called in the calling thread with each response that has numbers.
    public static func get(
        _ identifier: DataSet, from peer: Peer, receiver: any InstanceReceiver,
        goesOn: @escaping () -> Bool = { true }, progress: @escaping (RetrieveProgress) -> Void = { _ in }
    ) throws(NetworkError) -> Retrieved {
        let command = QueryCommand(
            kind: .get, sopClassUID: InformationModel.studyRoot.getClass, identifier: identifier)
        return try retrieve(command, service: "C-GET", from: peer, receiver, goesOn, progress)
    }

    private static func retrieve(
        _ command: QueryCommand, service: String, from peer: Peer, _ receiver: (any InstanceReceiver)?,
        _ goesOn: @escaping () -> Bool, _ progress: @escaping (RetrieveProgress) -> Void
    ) throws(NetworkError) -> Retrieved {
        var last: QueryResponse?
        let callbacks = QueryCallbacks(receiver: receiver, goesOn: goesOn) { response in
            last = response
            if response.answer.status.category == .pending { progress(response.progress) }
        }
        try perform(command, service: service, on: peer, callbacks)
        return Retrieved(last)
    }

    private static func perform(
        _ command: QueryCommand, service: String, on peer: Peer, _ callbacks: QueryCallbacks
    ) throws(NetworkError) {
        let query = RequestedAssociation.PresentationContext(
            id: 1, abstractSyntax: command.sopClassUID,
            transferSyntaxes: [.explicitVRLittleEndian, .implicitVRLittleEndian])
        let storage = command.kind == .get ? RetrievedClasses.contexts(from: 3) : []
        let association = try RequestedAssociation(with: peer, proposing: [query] + storage)
        guard association.transferSyntax(of: 1) != nil else {
            association.close(release: true)
            throw .notOffered(peer, service: service)
        }
        do throws(NetworkError) {
            try association.query(command, contextID: 1, callbacks)
            association.close(release: true)
        } catch {
            association.close(release: false)
            throw error
        }
    }
}

/// How far a peer is with the C-STORE sub-operations of a retrieval, as it tells.
public struct RetrieveProgress: Sendable, Equatable {
    /// Not begun yet.
    public let remaining: Int
    /// Done without reservation.
    public let completed: Int
    /// Not done.
    public let failed: Int
    /// Done, with a warning.
    public let warned: Int
}

/// What came of a C-MOVE or C-GET.
public struct Retrieved: Sendable, Equatable {
    /// The final answer.
    public let answer: DIMSEAnswer
    /// The numbers at the end.
    public let progress: RetrieveProgress
    /// Failed SOP Instance UID List (0008,0058), as far as the peer gives it.
    public let failedInstances: [UID]

    init(_ last: QueryResponse?) {
        answer = last?.answer ?? DIMSEAnswer(.unableToProcess)
        progress = last?.progress ?? RetrieveProgress(remaining: 0, completed: 0, failed: 0, warned: 0)
        failedInstances = last?.identifier?.strings(.failedSOPInstanceUIDList).compactMap(UID.init) ?? []
    }

    /// Whether everything was done.
    public var isComplete: Bool { answer.status == .success && progress.failed == 0 }

    /// The answer and what failed, in words.
    public var description: String {
        var text = "\(answer.status)" + (answer.comment.isEmpty ? "" : ": \(answer.comment)")
        if progress.failed > 0 { text += "; \(progress.failed) instances failed" }
        if let first = failedInstances.first { text += ", such as \(first)" }
        return text
    }
}
