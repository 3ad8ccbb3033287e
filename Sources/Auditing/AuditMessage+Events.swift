import DICOM
import Foundation

/// An application entity that takes part.
public struct AuditedNode: Sendable, Hashable, Codable {
    /// Its AE title.
    public var aeTitle: String
    /// Host name or IPv4 address.
    public var address: String?

    /// Names an application entity.
    public init(aeTitle: String, address: String?) { (self.aeTitle, self.address) = (aeTitle, address) }

    func participant(isRequestor: Bool, role: CodedConcept? = nil) -> AuditMessage.Participant {
        .init(userID: aeTitle, aeTitles: [aeTitle], isRequestor: isRequestor, role: role, address: address)
    }
}

/// A study in an event, with its patient.
public struct AuditedStudy: Sendable, Hashable, Codable {
    /// Study Instance UID.
    public var studyInstanceUID: String
    /// Patient ID.
    public var patientID: String
    /// Patient's Name.
    public var patientName: String
    /// Accession Number.
    public var accessionNumber: String
    /// The instances that the event is about, by SOP class.
    public var instances: [String: Int]

    /// Names a study.
    public init(
        studyInstanceUID: String, patientID: String, patientName: String, accessionNumber: String,
        instances: [String: Int] = [:]
    ) {
        (self.studyInstanceUID, self.accessionNumber) = (studyInstanceUID, accessionNumber)
        (self.patientID, self.patientName) = (patientID, patientName)
        self.instances = instances
    }

    /// The study, then its patient.
    var objects: [AuditMessage.Object] {
        var study = AuditMessage.Object(
            id: studyInstanceUID, idType: AuditCode.studyInstanceUID, type: 2, role: 3, content: .name(studyInstanceUID)
        )
        study.accessionNumbers = accessionNumber.isEmpty ? [] : [accessionNumber]
        study.sopClasses = instances.sorted { $0.key < $1.key }.map { .init(sopClassUID: $0.key, instances: $0.value) }
        let patient = AuditMessage.Object(
            id: patientID.isEmpty ? "unknown" : patientID, idType: AuditCode.patientNumber, type: 1, role: 1,
            content: .name(patientName))
        return [study, patient]
    }
}

/// A transfer of a study's instances from one node to another.
public struct AuditedTransfer: Sendable, Hashable {
    /// Who sends.
    public var source: AuditedNode
    /// Who receives.
    public var destination: AuditedNode
    /// Whether the sender asked for the association, as in C-STORE, rather than the receiver, as in C-GET.
    public var isBegunBySource: Bool

    /// Names both ends.
    public init(from source: AuditedNode, to destination: AuditedNode, isBegunBySource: Bool = true) {
        (self.source, self.destination, self.isBegunBySource) = (source, destination, isBegunBySource)
    }

    var participants: [AuditMessage.Participant] {
        [
            source.participant(isRequestor: isBegunBySource, role: AuditCode.source),
            destination.participant(isRequestor: !isBegunBySource, role: AuditCode.destination),
        ]
    }
}

extension AuditMessage {
    /// The program begins or ends (PS3.15 section A.5.3.1).
    public static func application(
        started: Bool, processID: Int32, aeTitle: String, host: String, at date: Date
    ) -> AuditMessage {
        AuditMessage(
            AuditCode.applicationActivity, type: started ? AuditCode.applicationStart : AuditCode.applicationStop,
            .execute, at: date,
            by: [
                Participant(
                    userID: "\(processID)", aeTitles: [aeTitle], isRequestor: false, role: AuditCode.application,
                    address: host)
            ])
    }

    /// Instances of a study are about to be transferred (section A.5.3.3).
    public static func beginTransferring(
        _ study: AuditedStudy, _ transfer: AuditedTransfer, at date: Date
    ) -> AuditMessage {
        var message = AuditMessage(AuditCode.beginTransferring, .execute, at: date, by: transfer.participants)
        message.objects = study.objects
        return message
    }

    /// Instances of a study have been transferred (section A.5.3.7).
    /// - Parameters:
    ///   - wereKnown: whether the receiver held all of them before.
    ///   - failure: why some of them, or all, were not.
    public static func transferred(
        _ study: AuditedStudy, _ transfer: AuditedTransfer, wereKnown: Bool = false, failure: String? = nil,
        at date: Date
    ) -> AuditMessage {
        var message = AuditMessage(
            AuditCode.instancesTransferred, wereKnown ? .read : .create, at: date, by: transfer.participants)
        message.objects = study.objects
        message.outcome = failure == nil ? .success : .minorFailure
        message.outcomeDescription = failure
        return message
    }

    /// Instances of a study were used (section A.5.3.6).
    public static func accessed(
        _ study: AuditedStudy, _ action: Action, by node: AuditedNode, failure: String? = nil, at date: Date
    ) -> AuditMessage {
        var message = AuditMessage(
            AuditCode.instancesAccessed, action, at: date, by: [node.participant(isRequestor: true)])
        message.objects = study.objects
        message.outcome = failure == nil ? .success : .minorFailure
        message.outcomeDescription = failure
        return message
    }

    /// What was held of a study is removed (section A.5.3.8).
    /// - Parameter what: which of it, and why.
    public static func deleted(
        _ study: AuditedStudy, _ what: String, by node: AuditedNode, at date: Date
    ) -> AuditMessage {
        var message = AuditMessage(
            AuditCode.studyDeleted, .delete, at: date, by: [node.participant(isRequestor: true)])
        message.objects = study.objects
        message.outcomeDescription = what
        return message
    }

    /// The longest identifier of a query that is kept, in bytes.
    private static let longestQuery = 16_384

    /// A query was asked (section A.5.3.10).
    /// - Parameter identifier: its data set, in `transferSyntaxUID`.
    public static func query(
        sopClassUID: String, identifier: [UInt8], transferSyntaxUID: String, from source: AuditedNode,
        to destination: AuditedNode, failure: String? = nil, at date: Date
    ) -> AuditMessage {
        var message = AuditMessage(
            AuditCode.query, .execute, at: date,
            by: [
                source.participant(isRequestor: true, role: AuditCode.source),
                destination.participant(isRequestor: false, role: AuditCode.destination),
            ])
        var object = Object(
            id: sopClassUID, idType: AuditCode.sopClassUID, type: 2, role: 3,
            content: identifier.count <= longestQuery
                ? .query(identifier) : .name("a query of \(identifier.count) bytes, too long to be kept"))
        object.details = [Detail("TransferSyntax", transferSyntaxUID)]
        message.objects = [object]
        message.outcome = failure == nil ? .success : .minorFailure
        message.outcomeDescription = failure
        return message
    }

    /// Something that concerns security (section A.5.3.11).
    /// - Parameters:
    ///   - type: what it is about.
    ///   - subject: who or what caused it, such as an address or a certificate's subject.
    ///   - isFailure: false for a change that was meant.
    public static func securityAlert(
        _ type: CodedConcept, _ text: String, subject: String, address: String?, reporter: AuditedNode,
        isFailure: Bool = true, at date: Date
    ) -> AuditMessage {
        var participants = [reporter.participant(isRequestor: false)]
        if let address { participants.append(Participant(userID: subject, isRequestor: true, address: address)) }
        var message = AuditMessage(AuditCode.securityAlert, type: type, .execute, at: date, by: participants)
        var object = Object(id: subject, idType: AuditCode.nodeID, type: 2, role: 13, content: .name(subject))
        object.details = [Detail("Alert Description", text)]
        message.objects = [object]
        message.outcome = isFailure ? .minorFailure : .success
        message.outcomeDescription = text
        return message
    }
}
