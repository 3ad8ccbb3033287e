import DICOM
import Foundation

/// A message of the audit trail, as PS3.15 section A.5 has it: who did what, when, to what, and how it went.
public struct AuditMessage: Sendable, Hashable {
    /// What was done: EventActionCode.
    public enum Action: String, Sendable {
        case create = "C"
        case read = "R"
        case update = "U"
        case delete = "D"
        case execute = "E"
    }

    /// How it went: EventOutcomeIndicator.
    public enum Outcome: Int, Sendable {
        case success = 0
        case minorFailure = 4
        case seriousFailure = 8
        case majorFailure = 12
    }

    /// A person or process that took part: ActiveParticipant.
    public struct Participant: Sendable, Hashable {
        /// What identifies it, such as an AE title or a process number.
        public var userID: String
        /// Its AE titles, where it speaks DICOM.
        public var aeTitles: [String]
        /// Whether it is the one that began.
        public var isRequestor: Bool
        /// Its role.
        public var role: CodedConcept?
        /// Host name or IPv4 address.
        public var address: String?

        /// Names a participant.
        public init(
            userID: String, aeTitles: [String] = [], isRequestor: Bool, role: CodedConcept? = nil,
            address: String? = nil
        ) {
            (self.userID, self.aeTitles, self.isRequestor) = (userID, aeTitles, isRequestor)
            (self.role, self.address) = (role, address)
        }
    }

    /// What it was done to: ParticipantObjectIdentification.
    public struct Object: Sendable, Hashable {
        /// What identifies it.
        public var id: String
        /// What kind of identifier that is.
        public var idType: CodedConcept
        /// ParticipantObjectTypeCode: 1 for a person, 2 for a system object.
        public var type: Int
        /// ParticipantObjectTypeCodeRole: 1 for a patient, 3 for a report (a study is one), 13 for a security resource.
        public var role: Int
        /// Its name, or a query on it.
        public var content: Content
        /// Further facts: a type, and a value of any bytes.
        public var details: [Detail] = []
        /// Accession numbers of a study.
        public var accessionNumbers: [String] = []
        /// How many instances of each SOP class a study has in this event.
        public var sopClasses: [SOPClassCount] = []

        /// A name, or a query's data set.
        public enum Content: Sendable, Hashable {
            case name(String)
            case query([UInt8])
        }
    }

    /// A fact about an object.
    public struct Detail: Sendable, Hashable {
        /// What it is.
        public var type: String
        /// What it is worth.
        public var value: [UInt8]

        /// Takes a text.
        public init(_ type: String, _ value: String) { (self.type, self.value) = (type, Array(value.utf8)) }
    }

    /// How many instances of a SOP class.
    public struct SOPClassCount: Sendable, Hashable {
        /// SOP Class UID.
        public var sopClassUID: String
        /// Their number.
        public var instances: Int

        /// Counts instances.
        public init(sopClassUID: String, instances: Int) {
            (self.sopClassUID, self.instances) = (sopClassUID, instances)
        }
    }

    /// The kind of event: EventID.
    public var event: CodedConcept
    /// What kind of it: EventTypeCode.
    public var type: CodedConcept?
    /// What was done.
    public var action: Action
    /// When.
    public var date: Date
    /// How it went.
    public var outcome = Outcome.success
    /// Why it went so: EventOutcomeDescription.
    public var outcomeDescription: String?
    /// Who took part; at least one.
    public var participants: [Participant]
    /// What it was done to.
    public var objects: [Object] = []

    /// Begins a message.
    public init(
        _ event: CodedConcept, type: CodedConcept? = nil, _ action: Action, at date: Date,
        by participants: [Participant]
    ) {
        (self.event, self.type, self.action) = (event, type, action)
        (self.date, self.participants) = (date, participants)
    }
}

/// Who reports: AuditSourceIdentification.
public struct AuditSource: Sendable, Hashable {
    /// AuditSourceID: which system.
    public var id: String
    /// AuditEnterpriseSiteID: where it stands.
    public var site: String?
    /// The host, as the syslog header names it.
    public var host: String
    /// The process that reports.
    public var processID: Int32

    /// Names a source.
    public init(
        id: String, site: String? = nil, host: String = ProcessInfo.processInfo.hostName,
        processID: Int32 = ProcessInfo.processInfo.processIdentifier
    ) {
        (self.id, self.site, self.host, self.processID) = (id, site, host, processID)
    }
}
