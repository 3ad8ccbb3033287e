import DICOM

/// How far the C-STORE sub-operations of a retrieval are.
public struct SubOperations: Sendable, Equatable {
    /// Not begun yet.
    public private(set) var remaining: Int
    /// Done without reservation.
    public private(set) var completed = 0
    /// Not done.
    public private(set) var failed: [UID] = []
    /// Done, with a warning by the peer.
    public private(set) var warned = 0
    /// Why the first one failed, in words.
    public private(set) var firstFailure = ""

    /// Begins with nothing done.
    public init(count: Int) { remaining = count }

    /// Counts one that was answered.
    mutating func note(_ answer: DIMSEAnswer, of instance: UID) {
        switch answer.status.category {
        case .success:
            remaining -= 1
            completed += 1
        case .warning:
            remaining -= 1
            warned += 1
        default: noteFailure(of: instance, "\(answer.status) \(answer.comment)")
        }
    }

    /// Counts one that could not be done.
    mutating func noteFailure(of instance: UID, _ reason: String) {
        remaining -= 1
        if failed.isEmpty { firstFailure = reason }
        failed.append(instance)
    }

    /// The final status (PS3.4 tables C.4-2 and C.4-3).
    func finalAnswer(isCancelled: Bool) -> DIMSEAnswer {
        if isCancelled { return DIMSEAnswer(.cancel) }
        if failed.isEmpty { return DIMSEAnswer(warned == 0 ? .success : .subOperationsWithFailures) }
        let nothingDone = completed == 0 && warned == 0
        return DIMSEAnswer(
            nothingDone ? .unableToPerformSubOperations : .subOperationsWithFailures, comment: firstFailure)
    }

    /// The identifier of a final response: what failed, as far as one element can hold it in explicit encoding.
    var failureIdentifier: DataSet? {
        guard !failed.isEmpty else { return nil }
        var room = 65_534
        let listed = failed.prefix { uid in
            room -= uid.description.utf8.count + 1
            return room >= 0
        }
        var identifier = DataSet()
        identifier.set(.failedSOPInstanceUIDList, values: listed.map(\.description))
        return identifier
    }
}
