/// A Key Object Selection that says that instances are not to be used (IHE Imaging Object Change Management; titles of
/// CID 7011, PS3.16).
public struct RejectionNote: Sendable, Equatable, Codable {
    /// Why instances are rejected: a Document Title.
    public enum Title: String, Sendable, Codable, CaseIterable, Comparable {
        /// Rejected for Quality Reasons.
        case quality = "113001"
        /// Rejected for Patient Safety Reasons.
        case patientSafety = "113037"
        /// Incorrect Modality Worklist Entry.
        case worklistEntry = "113038"
        /// Data Retention Policy Expired.
        case retentionExpired = "113039"

        /// By code.
        public static func < (left: Title, right: Title) -> Bool { left.rawValue < right.rawValue }

        /// The title as coded.
        public var code: CodedConcept {
            switch self {
            case .quality: CodedConcept(rawValue, "DCM", "Rejected for Quality Reasons")
            case .patientSafety: CodedConcept(rawValue, "DCM", "Rejected for Patient Safety Reasons")
            case .worklistEntry: CodedConcept(rawValue, "DCM", "Incorrect Modality Worklist Entry")
            case .retentionExpired: CodedConcept(rawValue, "DCM", "Data Retention Policy Expired")
            }
        }

        /// Whether what was made of such instances is wrong too. Images whose time is over were right.
        public var spoilsResults: Bool { self != .retentionExpired }

        /// Whether such instances are refused when they are sent again (IHE RAD TF-2 4.66: those of the wrong patient, or
        /// dangerous ones, must not come back).
        public var barsReturn: Bool { self == .patientSafety || self == .worklistEntry }
    }

    /// SOP Instance UID of the note.
    public let sopInstanceUID: UID
    /// Why.
    public let title: Title
    /// The instances rejected, in the order of the note.
    public let instances: [UID]

    /// Makes a note.
    public init(sopInstanceUID: UID, title: Title, instances: [UID]) {
        (self.sopInstanceUID, self.title, self.instances) = (sopInstanceUID, title, instances)
    }

    /// The note that a data set is; nil where it is none, such as a selection of key images.
    ///
    /// What is rejected is what Current Requested Procedure Evidence Sequence lists: it names every instance that the
    /// content refers to (PS3.3 section C.17.2.3).
    public init?(_ document: DataSet) {
        guard document.uid(.sopClassUID) == .keyObjectSelectionDocumentStorage,
            let uid = document.uid(.sopInstanceUID), let code = document.code(.conceptNameCodeSequence),
            code.scheme == "DCM", let title = Title(rawValue: code.value)
        else { return nil }
        let instances = document.items(.currentRequestedProcedureEvidenceSequence)
            .flatMap { $0.items(.referencedSeriesSequence) }.flatMap { $0.items(.referencedSOPSequence) }
            .compactMap { $0.uid(.referencedSOPInstanceUID) }
        guard !instances.isEmpty else { return nil }
        self.init(sopInstanceUID: uid, title: title, instances: instances)
    }
}
