import Auditing
import DICOMNetwork
import Logging

/// Who brings instances: a peer on an association of its own, or a source on one that we opened.
struct Sender: Sendable {
    /// Names the association among all that bring instances.
    let id: UInt64
    /// The title noted with what it brings; nil for one that is not valid.
    let aeTitle: AETitle?
    /// It, in audit messages.
    let node: AuditedNode
    /// Whether it opened the association.
    let isRequestor: Bool
    /// For the log: titles and address, nothing of a patient.
    let metadata: Logger.Metadata

    /// The title as text.
    var title: String { aeTitle?.description ?? "" }
}

extension Sender {
    /// The peer of an association.
    init(_ association: AssociationRequest) {
        self.init(
            id: association.id, aeTitle: association.callingAETitle, node: association.node, isRequestor: true,
            metadata: association.metadata)
    }

    /// A source that we retrieve from by C-GET.
    /// - Parameter number: names the retrieval among those of the node, from 0. Listeners count from below.
    init(_ source: Peer, retrieval number: UInt64) {
        self.init(
            id: UInt64.max - number, aeTitle: source.calledAETitle, node: source.node, isRequestor: false,
            metadata: ["source": "\(source)"])
    }
}
