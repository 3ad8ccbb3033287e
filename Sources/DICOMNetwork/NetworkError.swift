import CDCMTK
import DICOM

/// What can go wrong between two application entities.
public enum NetworkError: Error, Equatable, CustomStringConvertible {
    /// A listener cannot bind its address and one of its ports.
    case cannotListen(address: String, ports: [UInt16], Condition)
    /// No connection: the host is unknown, refuses, or does not answer.
    case unreachable(Peer, Condition)
    /// The peer rejected the association.
    case rejected(Peer, Rejection)
    /// The peer aborted the association.
    case aborted(Peer)
    /// The peer did not answer in time.
    case timedOut(Peer)
    /// The connection closed, or the peer violated the protocol.
    case lost(Peer, Condition)
    /// The peer accepts no presentation context for a service.
    case notOffered(Peer, service: String)
    /// There is a connection and no TLS on it.
    case insecure(Peer, TLSTrouble)

    /// Whether the same call may succeed later without anybody changing a configuration.
    public var isTransient: Bool {
        switch self {
        case .cannotListen, .notOffered: false
        case .insecure(_, .closed), .insecure(_, .other): true
        case .insecure: false
        case .rejected(_, let rejection): rejection.isTransient
        case .unreachable, .aborted, .timedOut, .lost: true
        }
    }

    /// What happened, and what to do.
    public var description: String {
        switch self {
        case .cannotListen(let address, let ports, let condition):
            "cannot listen on \(address):\(ports.map(String.init).joined(separator: " and ")): \(condition); choose an address of this machine and a free port"
        case .unreachable(let peer, let condition):
            "\(peer) cannot be reached: \(condition); check host and port, and that it is running"
        case .rejected(let peer, let rejection):
            "\(peer) \(rejection); \(Self.remedy(for: rejection, of: peer))"
        case .aborted(let peer):
            "\(peer) aborted the association; its log tells why"
        case .timedOut(let peer):
            "\(peer) did not answer in time; check its load, or raise the time-outs"
        case .notOffered(let peer, let service):
            "\(peer) does not offer \(service) to \(peer.callingAETitle); have it enabled there"
        case .insecure(let peer, let trouble):
            "no TLS with \(peer): \(trouble)"
        case .lost(let peer, let condition):
            "the association with \(peer) was lost: \(condition); check the network and the peer's log"
        }
    }

    private static func remedy(for rejection: Rejection, of peer: Peer) -> String {
        switch rejection {
        case .callingAETitleNotRecognized: "have \(peer.callingAETitle) registered there"
        case .calledAETitleNotRecognized: "ask for the AE title that it is configured with"
        default: rejection.isTransient ? "try again later" : "its log tells why"
        }
    }

    /// What a failure of the shim says; nil for one that concerns only a file of ours.
    init?(_ failure: cd_failure, peer: Peer) {
        switch failure.kind {
        case cd_failure_unreachable: self = .unreachable(peer, Condition(failure.error))
        case cd_failure_rejected: self = .rejected(peer, Rejection(failure.rejection))
        case cd_failure_aborted: self = .aborted(peer)
        case cd_failure_timed_out: self = .timedOut(peer)
        case cd_failure_local: return nil
        case cd_failure_insecure:
            self = .insecure(peer, TLSTrouble(failure.trouble, text: Condition(failure.error).text))
        default: self = .lost(peer, Condition(failure.error))
        }
    }
}
