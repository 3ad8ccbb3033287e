import DICOM

/// A series that a source has, as it tells.
package struct SourceSeries: Sendable, Equatable {
    /// Series Instance UID.
    package let seriesInstanceUID: UID
    /// Modality.
    package let modality: String
    /// Series Description; nil where the source does not tell.
    package let description: String?
    /// Number of Series Related Instances (0020,1209); nil where the source does not tell.
    package var instances: Int?

    /// Reads a match; nil where it does not name a series.
    package init?(_ match: DataSet) {
        guard let uid = match.uid(.seriesInstanceUID) else { return nil }
        seriesInstanceUID = uid
        modality = match.string(.modality) ?? ""
        description = match.string(.seriesDescription).flatMap { $0.isEmpty ? nil : $0 }
        instances = match.integer(.numberOfSeriesRelatedInstances).flatMap { $0 > 0 ? $0 : nil }
    }

    /// Series of one study that are asked about at most.
    private static let limit = 1000
    /// Images of one series that are counted at most.
    private static let longest = 20_000

    /// Asks for the series of a study (PS3.4 section C.6.2.1.3).
    static func all(ofStudy study: UID, by inquiry: Inquiry) throws -> [SourceSeries] {
        var identifier = level("SERIES", study)
        let returned = [Attribute.seriesInstanceUID, .modality, .seriesDescription, .numberOfSeriesRelatedInstances]
        for attribute in returned {
            identifier.setEmpty(attribute)
        }
        return try inquiry.matches(identifier, limit: limit).compactMap(SourceSeries.init)
    }

    /// How many images it has: what the source told, or else what it lists at IMAGE level, which every SCP answers.
    func count(ofStudy study: UID, by inquiry: Inquiry) throws -> Int {
        if let instances { return instances }
        var identifier = Self.level("IMAGE", study)
        identifier.set(.seriesInstanceUID, seriesInstanceUID)
        identifier.setEmpty(.sopInstanceUID)
        return Set(try inquiry.matches(identifier, limit: Self.longest).compactMap { $0.uid(.sopInstanceUID) }).count
    }

    private static func level(_ level: String, _ study: UID) -> DataSet {
        var identifier = DataSet()
        identifier.set(.queryRetrieveLevel, level)
        identifier.set(.studyInstanceUID, study)
        return identifier
    }
}
