import DICOM

/// Codes of audit messages (PS3.16 context groups 400, 401, 402 and 404).
public enum AuditCode {
    private static func dcm(_ value: String, _ meaning: String) -> CodedConcept { CodedConcept(value, "DCM", meaning) }

    // MARK: Events

    static let applicationActivity = dcm("110100", "Application Activity")
    static let beginTransferring = dcm("110102", "Begin Transferring DICOM Instances")
    static let instancesAccessed = dcm("110103", "DICOM Instances Accessed")
    static let instancesTransferred = dcm("110104", "DICOM Instances Transferred")
    static let studyDeleted = dcm("110105", "DICOM Study Deleted")
    static let query = dcm("110112", "Query")
    static let securityAlert = dcm("110113", "Security Alert")

    // MARK: Types of events

    static let applicationStart = dcm("110120", "Application Start")
    static let applicationStop = dcm("110121", "Application Stop")
    /// Of a security alert: a node could not show who it is.
    public static let nodeAuthentication = dcm("110126", "Node Authentication")
    /// Of a security alert: certificates or whom to trust have changed.
    public static let securityConfiguration = dcm("110129", "Security Configuration")

    // MARK: Roles

    static let application = dcm("110150", "Application")
    static let destination = dcm("110152", "Destination Role ID")
    static let source = dcm("110153", "Source Role ID")

    // MARK: Kinds of identifiers

    static let studyInstanceUID = dcm("110180", "Study Instance UID")
    static let sopClassUID = dcm("110181", "SOP Class UID")
    static let nodeID = dcm("110182", "Node ID")
    static let patientNumber = CodedConcept("2", "RFC-3881", "Patient Number")
}
