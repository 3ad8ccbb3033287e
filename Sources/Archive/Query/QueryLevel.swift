import DICOM

/// A level of the Query/Retrieve information models (PS3.4 section C.3), from the top down.
public enum QueryLevel: String, Sendable, CaseIterable, Comparable {
    case patient = "PATIENT"
    case study = "STUDY"
    case series = "SERIES"
    case image = "IMAGE"

    /// The attribute that names one entity of the level.
    public var uniqueKey: Attribute {
        switch self {
        case .patient: .patientID
        case .study: .studyInstanceUID
        case .series: .seriesInstanceUID
        case .image: .sopInstanceUID
        }
    }

    public static func < (left: QueryLevel, right: QueryLevel) -> Bool {
        allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
    }
}

/// Why an identifier cannot be answered.
public enum QueryError: Error, Equatable, CustomStringConvertible {
    /// It breaks the information model: a level or a unique key that is missing or not of it.
    case notOfModel(String)
    /// A value that its representation does not allow, or too many of them.
    case malformed(String)

    /// The reason: keywords and rules only, no value of the identifier.
    public var description: String {
        switch self {
        case .notOfModel(let reason), .malformed(let reason): reason
        }
    }
}
