import DICOMNetwork

/// What keeps studies from being retrieved.
public enum FetchError: Error, CustomStringConvertible {
    /// The source answers a request with a failure.
    case refused(Peer, String, String)
    /// More studies match than are wanted.
    case tooMany(Peer, Int)
    /// Not all of a study came, or not all of it was kept; with the reason.
    case incomplete(Peer, _ study: String, String)

    /// What happened, and what to do.
    public var description: String {
        switch self {
        case .refused(let peer, let request, let answer):
            "\(peer) answered a \(request) with \(answer); its log tells why"
        case .incomplete(let peer, let study, let reason): "study \(study) is not complete from \(peer): \(reason)"
        case .tooMany(let peer, let limit): "\(peer) has more than \(limit) such studies; ask for fewer"
        }
    }
}
