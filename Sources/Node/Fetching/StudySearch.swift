import DICOM
import DICOMNetwork

/// Which studies are looked for at a source.
public struct StudySearch: Sendable, Equatable, Codable {
    /// Study Instance UID.
    public var studyInstanceUID: UID?
    /// Patient ID.
    public var patientID: String?
    /// Accession Number.
    public var accessionNumber: String?
    /// A range of Study Date, such as `20240101-20241231` (PS3.4 section C.2.2.2.5).
    public var studyDates: String?

    /// Looks for everything, until a key is set.
    public init() {}

    /// The identifier of a C-FIND at STUDY level (PS3.4 section C.6.2.1.2).
    ///
    /// A value with wildcards is matched by them at the source; `matches` then leaves only what is equal.
    package var identifier: DataSet {
        var identifier = DataSet()
        identifier.set(.queryRetrieveLevel, "STUDY")
        let returned: [Attribute] = [
            .studyDate, .studyTime, .accessionNumber, .modalitiesInStudy, .studyDescription, .patientID,
            .issuerOfPatientID,
            .studyInstanceUID, .numberOfStudyRelatedSeries, .numberOfStudyRelatedInstances,
        ]
        for attribute in returned { identifier.setEmpty(attribute) }
        if let studyInstanceUID { identifier.set(.studyInstanceUID, studyInstanceUID) }
        if let patientID { identifier.set(.patientID, patientID) }
        if let accessionNumber { identifier.set(.accessionNumber, accessionNumber) }
        if let studyDates { identifier.set(.studyDate, studyDates) }
        let texts = [patientID, accessionNumber].compactMap(\.self)
        if !texts.allSatisfy({ $0.utf8.allSatisfy { $0 < 0x80 } }) {
            identifier.set(.specificCharacterSet, "ISO_IR 192")
        }
        return identifier
    }

    /// Whether a match is what was asked for: some peers ignore keys that they do not know.
    func matches(_ study: SourceStudy) -> Bool {
        (studyInstanceUID == nil || study.studyInstanceUID == studyInstanceUID)
            && (patientID == nil || study.patientID == patientID)
            && (accessionNumber == nil || study.accessionNumber == accessionNumber)
    }

    /// Asks a source.
    /// - Returns: the studies in order of their dates, latest first, and at most `limit`.
    /// - Throws: `NetworkError`, or `FetchError` where the source answers with a failure or too much.
    public func studies(
        at peer: Peer, limit: Int = 1000, goesOn: @escaping () -> Bool = { true }
    ) throws -> [SourceStudy] {
        try studies(of: Inquiry(at: peer, goesOn: goesOn), limit: limit)
    }

    /// Asks by an inquiry; as above.
    package func studies(of inquiry: Inquiry, limit: Int = 1000) throws -> [SourceStudy] {
        try inquiry.matches(identifier, limit: limit).compactMap(SourceStudy.init).filter(matches).sorted {
            ($1.studyDate, $0.studyInstanceUID) < ($0.studyDate, $1.studyInstanceUID)
        }
    }
}

/// A study that a source has, as it tells.
public struct SourceStudy: Sendable, Equatable, Codable {
    /// Study Instance UID.
    public let studyInstanceUID: UID
    /// Patient ID.
    public let patientID: String
    /// Issuer of Patient ID; empty where the source tells none.
    public let issuerOfPatientID: String
    /// Study Date, as written.
    public let studyDate: String
    /// Study Time, as written; empty where the source tells none.
    public let studyTime: String
    /// Accession Number.
    public let accessionNumber: String
    /// Study Description.
    public let studyDescription: String
    /// Modalities in Study.
    public let modalities: [String]
    /// How much there is; nil where the source does not tell.
    public let expectedCounts: ExpectedCounts?

    /// Reads a match; nil where it does not name a study.
    package init?(_ match: DataSet) {
        guard let uid = match.uid(.studyInstanceUID) else { return nil }
        studyInstanceUID = uid
        patientID = match.string(.patientID) ?? ""
        issuerOfPatientID = match.string(.issuerOfPatientID) ?? ""
        studyDate = match.string(.studyDate) ?? ""
        studyTime = match.string(.studyTime) ?? ""
        accessionNumber = match.string(.accessionNumber) ?? ""
        studyDescription = match.string(.studyDescription) ?? ""
        modalities = match.strings(.modalitiesInStudy)
        expectedCounts = ExpectedCounts(
            series: match.integer(.numberOfStudyRelatedSeries), instances: match.integer(.numberOfStudyRelatedInstances)
        )
    }
}

/// How much a source has of a study.
public struct ExpectedCounts: Sendable, Equatable, Codable {
    /// Number of Study Related Series (0020,1206).
    public let series: Int?
    /// Number of Study Related Instances (0020,1208).
    public let instances: Int

    init?(series: Int?, instances: Int?) {
        guard let instances, instances > 0 else { return nil }
        (self.series, self.instances) = (series, instances)
    }

    /// Asks a source how much it has of a study; nil where it has none of it, or does not tell.
    public static func of(
        study: UID, at peer: Peer, goesOn: @escaping () -> Bool = { true }
    ) throws -> ExpectedCounts? {
        var search = StudySearch()
        search.studyInstanceUID = study
        return try search.studies(at: peer, limit: 2, goesOn: goesOn).first?.expectedCounts
    }
}
