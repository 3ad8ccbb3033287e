import DICOMNetwork
import Synchronization

/// The associations that are open, each with what its peer might do when it began: a reload changes none of them.
final class OpenAssociations: Sendable {
    /// One of them.
    struct Association: Sendable {
        /// What the peer calls itself.
        let title: AETitle?
        /// What it may do.
        let services: Set<PeerService>
        /// Whether it is the node that calls itself; such are not counted.
        let isOurOwn: Bool
    }

    private let open = Mutex<[UInt64: Association]>([:])

    /// Judges a request by what is open, and counts it where there is no objection, in one step: of two that come at the
    /// same time only one may find the last place.
    func admit(_ request: AssociationRequest, by policy: PeerPolicy) -> PeerPolicy.Objection? {
        let isOurOwn = policy.isOurOwn(request)
        let association = Association(
            title: request.callingAETitle, services: policy.services(of: request), isOurOwn: isOurOwn)
        return open.withLock { open in
            if !isOurOwn {
                let others = open.values.filter { !$0.isOurOwn }
                let ofTitle = others.count { $0.title == request.callingAETitle }
                if let found = policy.objection(to: request, open: ofTitle, of: others.count) { return found }
            }
            open[request.id] = association
            return nil
        }
    }

    /// One that was admitted and has not ended.
    subscript(request: AssociationRequest) -> Association? { open.withLock { $0[request.id] } }

    /// One that was admitted has ended.
    func end(_ request: AssociationRequest) -> Association? { open.withLock { $0.removeValue(forKey: request.id) } }

    /// How many there are of others, by title.
    var counts: [String: Int] {
        open.withLock { open in
            open.values.reduce(into: [:]) { counts, association in
                guard !association.isOurOwn, let title = association.title else { return }
                counts[title.description, default: 0] += 1
            }
        }
    }
}
