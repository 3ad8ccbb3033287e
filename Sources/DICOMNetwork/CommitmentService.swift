import DICOM

/// A reference to a SOP instance.
public struct InstanceReference: Sendable, Hashable {
    /// Referenced SOP Class UID.
    public let sopClassUID: UID
    /// Referenced SOP Instance UID.
    public let sopInstanceUID: UID

    /// Makes a reference.
    public init(sopClassUID: UID, sopInstanceUID: UID) {
        (self.sopClassUID, self.sopInstanceUID) = (sopClassUID, sopInstanceUID)
    }
}

/// A request for storage commitment (PS3.4 section J.3.2).
public struct CommitmentRequest: Sendable, Hashable {
    /// Transaction UID, chosen by the peer.
    public let transactionUID: UID
    /// What is to be committed to.
    public let instances: [InstanceReference]

    /// Makes a request.
    public init(transactionUID: UID, instances: [InstanceReference]) {
        (self.transactionUID, self.instances) = (transactionUID, instances)
    }
}

/// The result of a storage commitment (PS3.4 section J.3.3).
public struct CommitmentReport: Sendable, Hashable {
    /// Why an instance is not committed to: Failure Reason (PS3.3 section C.14.1.1).
    public enum FailureReason: UInt16, Sendable, Codable {
        /// Processing failure: it is there and cannot be vouched for.
        case processingFailure = 0x0110
        /// There is no such instance.
        case noSuchObjectInstance = 0x0112
        /// It is there with another SOP class.
        case classInstanceConflict = 0x0119
    }

    /// The transaction.
    public let transactionUID: UID
    /// What is safely stored.
    public let committed: [InstanceReference]
    /// What is not, and why.
    public let failed: [(InstanceReference, FailureReason)]
    /// The title to retrieve what is committed from.
    public let retrieveAETitle: AETitle

    /// Makes a report.
    public init(
        transactionUID: UID, committed: [InstanceReference], failed: [(InstanceReference, FailureReason)],
        retrieveAETitle: AETitle
    ) {
        (self.transactionUID, self.committed, self.failed) = (transactionUID, committed, failed)
        self.retrieveAETitle = retrieveAETitle
    }

    public static func == (left: CommitmentReport, right: CommitmentReport) -> Bool {
        left.transactionUID == right.transactionUID && left.committed == right.committed
            && left.retrieveAETitle == right.retrieveAETitle && left.failed.elementsEqual(right.failed, by: ==)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(transactionUID) }
}

/// What a listener asks of the node as SCP of Storage Commitment Push Model (PS3.4 annex J).
public protocol CommitmentService: Sendable {
    /// Takes a request; success promises that it outlives the process.
    func accept(_ request: CommitmentRequest, from association: AssociationRequest) -> DIMSEAnswer
    /// Settles a request that was accepted while its peer keeps silent on the association.
    /// - Parameters:
    ///   - isQuiet: whether the peer has said nothing within some seconds, so that the association is still to be had.
    ///   - report: sends the report on it; throws where the peer did not take it.
    func settle(
        _ request: CommitmentRequest, from association: AssociationRequest, isQuiet: (_ seconds: Double) -> Bool,
        report: (CommitmentReport) throws -> Void)
}
