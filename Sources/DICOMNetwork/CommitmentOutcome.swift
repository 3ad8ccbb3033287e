import DICOM

/// What a peer reports of a storage commitment that we asked for (PS3.4 section J.3.3).
public struct CommitmentOutcome: Sendable, Equatable {
    /// An instance that the peer does not commit to.
    public struct Failure: Sendable, Equatable {
        /// The instance.
        public let instance: InstanceReference
        /// Failure Reason (0008,1197), PS3.3 section C.14.1.1.
        public let reason: UInt16

        /// Makes a failure.
        public init(instance: InstanceReference, reason: UInt16) { (self.instance, self.reason) = (instance, reason) }
    }

    /// The transaction, chosen by us.
    public let transactionUID: UID
    /// What the peer keeps.
    public let committed: [InstanceReference]
    /// What it does not.
    public let failed: [Failure]

    /// Makes an outcome.
    public init(transactionUID: UID, committed: [InstanceReference], failed: [Failure]) {
        (self.transactionUID, self.committed, self.failed) = (transactionUID, committed, failed)
    }

    /// Reads Event Information (PS3.4 table J.3-3).
    /// - Returns: nil where it names no transaction, or a reference in it is unusable.
    init?(_ information: DataSet) {
        guard let transaction = information.uid(.transactionUID),
            let committed = InstanceReference.all(in: information, .referencedSOPSequence),
            let failed = InstanceReference.all(in: information, .failedSOPSequence)
        else { return nil }
        let reasons = information.items(.failedSOPSequence).map { $0.integer(.failureReason) ?? 0 }
        self.init(
            transactionUID: transaction, committed: committed,
            failed: zip(failed, reasons).map { Failure(instance: $0, reason: UInt16(clamping: $1)) })
    }
}

extension InstanceReference {
    /// The references in a sequence; nil where one of them is unusable.
    static func all(in dataSet: DataSet, _ sequence: Attribute) -> [InstanceReference]? {
        let references = dataSet.items(sequence).compactMap { item in
            item.uid(.referencedSOPClassUID).flatMap { sopClass in
                item.uid(.referencedSOPInstanceUID).map {
                    InstanceReference(sopClassUID: sopClass, sopInstanceUID: $0)
                }
            }
        }
        return references.count == dataSet.items(sequence).count ? references : nil
    }

    /// As an item of a sequence of references.
    var item: DataSet {
        var item = DataSet()
        item.set(.referencedSOPClassUID, sopClassUID)
        item.set(.referencedSOPInstanceUID, sopInstanceUID)
        return item
    }
}

/// What a listener asks of the node as SCU of Storage Commitment Push Model, when a peer reports on an association of its
/// own.
public protocol CommitmentOutcomeService: Sendable {
    /// Takes an outcome; success promises that it outlives the process.
    func take(_ outcome: CommitmentOutcome, from association: AssociationRequest) -> DIMSEAnswer
}
