import DICOM

/// A response to a request: a status and, where it is no success, a comment.
public typealias DIMSEAnswer = StoreAnswer

/// The information models of Query/Retrieve (PS3.4 section C.3).
public enum InformationModel: String, Sendable, Hashable, CaseIterable {
    /// Patient Root: patient, study, series, instance.
    case patientRoot
    /// Study Root: study with its patient's attributes, series, instance.
    case studyRoot

    /// The SOP class of its queries.
    public var findClass: UID {
        self == .patientRoot
            ? UID(constant: "1.2.840.10008.5.1.4.1.2.1.1") : UID(constant: "1.2.840.10008.5.1.4.1.2.2.1")
    }
    /// The SOP class of its retrieval to a third party.
    public var moveClass: UID {
        self == .patientRoot
            ? UID(constant: "1.2.840.10008.5.1.4.1.2.1.2") : UID(constant: "1.2.840.10008.5.1.4.1.2.2.2")
    }
    /// The SOP class of its retrieval on the association of the request.
    public var getClass: UID {
        self == .patientRoot
            ? UID(constant: "1.2.840.10008.5.1.4.1.2.1.3") : UID(constant: "1.2.840.10008.5.1.4.1.2.2.3")
    }
}

/// A C-FIND request.
public struct FindRequest: Sendable {
    /// The model that it is asked in.
    public let model: InformationModel
    /// What to match and what to return. Text is in the character set that it declares.
    public let identifier: DataSet
    /// The same as it came.
    public let encoded: Encoded

    /// A data set's bytes.
    public struct Encoded: Sendable {
        /// The bytes.
        public let bytes: [UInt8]
        /// Their transfer syntax.
        public let transferSyntaxUID: UID
    }
}

/// One match of a query.
public struct QueryMatch: Sendable {
    /// The identifier to return.
    public let identifier: DataSet
    /// Whether every optional key of the request was honoured; else the peer is told so (PS3.4 table C.4-1, FF01).
    public let supportsAllKeys: Bool

    /// Makes a match.
    public init(identifier: DataSet, supportsAllKeys: Bool) {
        (self.identifier, self.supportsAllKeys) = (identifier, supportsAllKeys)
    }
}

/// What a listener asks of the node as SCP of C-FIND (PS3.4 section C.4.1). Called as `StorageService` is.
public protocol QueryService: Sendable {
    /// Answers a query.
    /// - Parameter respond: sends one match; false where the peer has cancelled or is gone, after which the query ends.
    /// - Returns: the final answer; a cancelled query is answered as such whatever it is.
    func find(
        _ request: FindRequest, from association: AssociationRequest, respond: (QueryMatch) -> Bool
    ) -> DIMSEAnswer
}

/// A C-GET or C-MOVE request.
public struct RetrieveRequest: Sendable {
    /// The model that it is asked in.
    public let model: InformationModel
    /// What to retrieve.
    public let identifier: DataSet
    /// Where to, by C-MOVE; nil for C-GET.
    public let destination: AETitle?
}

/// An instance to be sent to a peer that retrieves.
public struct RetrievedInstance: Sendable, Hashable {
    /// A Part 10 file.
    public let path: String
    /// SOP Instance UID, for the list of what failed.
    public let sopInstanceUID: UID

    /// Names an instance.
    public init(path: String, sopInstanceUID: UID) { (self.path, self.sopInstanceUID) = (path, sopInstanceUID) }
}

/// What is to be done with a retrieval.
public enum RetrieveDecision: Sendable {
    /// These are sent.
    case send([RetrievedInstance])
    /// It is answered with a failure.
    case refuse(DIMSEAnswer)
}

/// What a listener asks of the node as SCP of C-MOVE and C-GET (PS3.4 sections C.4.2 and C.4.3).
public protocol RetrieveService: Sendable {
    /// Finds what a request asks for.
    func instances(for request: RetrieveRequest, from association: AssociationRequest) -> RetrieveDecision
    /// How an object is converted for a peer that does not take its transfer syntax.
    var conversion: Conversion { get }
    /// The peer that a Move Destination names; nil where it is none of ours.
    func moveDestination(_ title: AETitle, for association: AssociationRequest) -> Peer?
    /// A retrieval has ended.
    func retrieved(
        _ request: RetrieveRequest, from association: AssociationRequest, _ count: SubOperations, _ answer: DIMSEAnswer)
}
