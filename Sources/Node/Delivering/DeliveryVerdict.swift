import DICOMNetwork

/// What an attempt to deliver comes to.
package enum DeliveryVerdict: Sendable, Equatable {
    /// The peer has the object; a note keeps what it said with it.
    case delivered(note: String?)
    /// It does not have it, and may have it later.
    case failed(reason: String, DeliverySchedule.Pace)
    /// The association ended while the object was under way; the peer may have it.
    case interrupted(NetworkError)
    /// Nothing that the peer does can help.
    case hopeless(reason: String)
    /// The object's turn did not come: the association was not had, or ended before.
    case untried(NetworkError)

    /// Judges an outcome by PS3.7 annex C and PS3.4 table B.2-1.
    package init(_ result: StorageSCU.Outcome.Result) {
        let reason = "\(result)"
        switch result {
        case .answered(let answer):
            switch answer.status.category {
            case .success: self = .delivered(note: answer.comment.isEmpty ? nil : reason)
            case .warning: self = .delivered(note: reason)
            // After a crash between its answer and our commit: it has had the object all along.
            case _ where answer.status == .duplicateSOPInstance: self = .delivered(note: reason)
            default: self = .failed(reason: reason, Self.pace(of: answer.status))
            }
        case .notAccepted: self = .failed(reason: reason, .slow)
        case .unreadable: self = .hopeless(reason: reason)
        case .interrupted(let error): self = .interrupted(error)
        case .unsent(let error): self = .untried(error)
        }
    }

    /// Out of resources, a limitation and a processing failure pass; other failures are about the object or who we are.
    private static func pace(of status: DIMSEStatus) -> DeliverySchedule.Pace {
        switch status.rawValue {
        case 0xA700...0xA7FF, DIMSEStatus.resourceLimitation.rawValue, DIMSEStatus.processingFailure.rawValue: .growing
        default: .slow
        }
    }
}
