import DICOM
import Foundation
import GRDB

/// A series as the index has it, for rules that ask about it.
public struct StoredSeries: Sendable, Equatable, Codable {
    /// Series Instance UID.
    public let seriesInstanceUID: UID
    /// Modality.
    public let modality: String
    /// Series Description.
    public let seriesDescription: String
    /// Protocol Name.
    public let protocolName: String
    /// Station Name.
    public let stationName: String
    /// Manufacturer.
    public let manufacturer: String
    /// Manufacturer's Model Name.
    public let manufacturerModelName: String

    /// The series of an instance that no archive has, by its header; nil without Series Instance UID.
    public init?(header: DataSet) {
        func text(_ attribute: Attribute) -> String { header.string(attribute) ?? "" }
        guard let uid = header.uid(.seriesInstanceUID) else { return nil }
        seriesInstanceUID = uid
        (modality, seriesDescription) = (text(.modality), text(.seriesDescription))
        (protocolName, stationName) = (text(.protocolName), text(.stationName))
        (manufacturer, manufacturerModelName) = (text(.manufacturer), text(.manufacturerModelName))
    }

    fileprivate init(_ row: Row) throws(ArchiveError) {
        guard let uid = UID(row["series_instance_uid"]) else { throw .index(reason: "a series is damaged") }
        seriesInstanceUID = uid
        (modality, seriesDescription) = (row["modality"], row["series_description"])
        (protocolName, stationName) = (row["protocol_name"], row["station_name"])
        (manufacturer, manufacturerModelName) = (row["manufacturer"], row["manufacturer_model_name"])
    }
}

extension Archive {
    /// The series of a study, in the order in which they began to arrive.
    public func series(ofStudy uid: UID) throws(ArchiveError) -> [StoredSeries] {
        try read { database in
            try database.rows(
                """
                SELECT series.* FROM series JOIN study ON study.id = series.study
                WHERE study.study_instance_uid = ? ORDER BY series.id
                """, [uid.description]
            ).map(StoredSeries.init)
        }
    }
}

extension StoredInstance {
    /// An instance that no archive has, as one would have it, by its header alone; nil without the UIDs of object and
    /// series.
    /// - Parameter receivedAt: when it is taken to have come.
    public init?(header attributes: DataSet, receivedAt: Date, sourceAETitle: String) {
        guard let instance = attributes.uid(.sopInstanceUID), let sopClass = attributes.uid(.sopClassUID),
            let series = attributes.uid(.seriesInstanceUID)
        else { return nil }
        func numbers(_ attribute: Attribute) -> [Double] {
            attributes.strings(attribute).compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
                .filter(\.isFinite)
        }
        self.init(
            path: "", digest: "", size: 0, receivedAt: receivedAt, sourceAETitle: sourceAETitle,
            sopInstanceUID: instance, sopClassUID: sopClass, transferSyntaxUID: .explicitVRLittleEndian,
            seriesInstanceUID: series,
            modality: attributes.string(.modality) ?? "",
            seriesDescription: attributes.string(.seriesDescription) ?? "",
            instanceNumber: attributes.integer(.instanceNumber),
            acquisitionNumber: attributes.integer(.acquisitionNumber),
            imageType: attributes.strings(.imageType).filter { !$0.isEmpty },
            numberOfFrames: attributes.integer(.numberOfFrames), rows: attributes.integer(.rows),
            columns: attributes.integer(.columns), imagePositionPatient: numbers(.imagePositionPatient),
            imageOrientationPatient: numbers(.imageOrientationPatient),
            frameOfReferenceUID: attributes.uid(.frameOfReferenceUID),
            imagesInAcquisition: attributes.integer(.imagesInAcquisition),
            numberOfSlices: attributes.integer(.numberOfSlices),
            numberOfTimeSlices: attributes.integer(.numberOfTimeSlices),
            seriesType: attributes.strings(.seriesType).filter { !$0.isEmpty })
    }
}
