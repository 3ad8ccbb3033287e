import DICOM

/// A rejection note for results of our own (Key Object Selection by TID 2010, PS3.16; IHE Imaging Object Change
/// Management).
public struct WithdrawalNote: Sendable {
    /// The document.
    public let dataSet: DataSet
    /// Its SOP Instance UID, the same for the same results and title.
    public let sopInstanceUID: UID

    /// Series Number of every note.
    public static let seriesNumber = 9010
    /// Series Description of every note.
    public static let seriesDescription = "Uptake AI results withdrawn"

    /// Makes a note.
    ///
    /// Patient, study and equipment are those of the results, byte for byte.
    /// - Parameters:
    ///   - objects: the results' data sets, without pixel data; all of one study, at least one.
    ///   - title: why.
    ///   - createdAt: when, by the clock of the site.
    public init(of objects: [DataSet], title: RejectionNote.Title, createdAt: DateTime) {
        let uids = objects.compactMap { $0.uid(.sopInstanceUID)?.description }.sorted()
        sopInstanceUID = .derived(from: ["withdrawal", title.rawValue] + uids)
        var document = DataSet()
        document.copy(ReportIdentity.copied + Self.equipment, from: objects[0])
        for attribute in ReportIdentity.required where objects[0][attribute.tag] == nil { document.setEmpty(attribute) }
        document.set(.sopClassUID, .keyObjectSelectionDocumentStorage)
        document.set(.sopInstanceUID, sopInstanceUID)
        document.set(.modality, "KO")
        document.set(.seriesInstanceUID, UID.derived(from: ["withdrawal series", sopInstanceUID.description]))
        document.set(.seriesNumber, Self.seriesNumber)
        document.set(.seriesDescription, Self.seriesDescription)
        document.set(.instanceNumber, 1)
        document.setEmpty(.referencedPerformedProcedureStepSequence)
        for attribute in [Attribute.instanceCreationDate, .seriesDate, .contentDate] {
            document.set(attribute, createdAt.date)
        }
        for attribute in [Attribute.instanceCreationTime, .seriesTime, .contentTime] {
            document.set(attribute, createdAt.time)
        }
        document.set(.currentRequestedProcedureEvidenceSequence, [Self.evidence(objects)])
        document.set(.valueType, "CONTAINER")
        document.set(.conceptNameCodeSequence, title.code)
        document.set(.continuityOfContent, "SEPARATE")
        var template = DataSet()
        template.set(.mappingResource, "DCMR")
        template.set(.templateIdentifier, "2010")
        document.set(.contentTemplateSequence, [template])
        document.set(.contentSequence, [Self.description] + objects.map(Self.reference))
        dataSet = document
    }

    private static let equipment: [Attribute] = [
        .manufacturer, .manufacturerModelName, .deviceSerialNumber, .softwareVersions, .contributingEquipmentSequence,
        .contentQualification,
    ]

    /// The objects by study and series (PS3.3 table 10-3).
    private static func evidence(_ objects: [DataSet]) -> DataSet {
        var item = DataSet()
        item.copy([.studyInstanceUID], from: objects[0])
        item.set(
            .referencedSeriesSequence,
            objects.map { object in
                var series = DataSet()
                series.copy([.seriesInstanceUID], from: object)
                series.set(.referencedSOPSequence, [sop(object)])
                return series
            })
        return item
    }

    private static func sop(_ object: DataSet) -> DataSet {
        var item = DataSet()
        item.set(.referencedSOPClassUID, object.uid(.sopClassUID)!)
        item.set(.referencedSOPInstanceUID, object.uid(.sopInstanceUID)!)
        return item
    }

    /// Key Object Description.
    private static let description: DataSet = {
        var item = DataSet()
        item.set(.relationshipType, "CONTAINS")
        item.set(.valueType, "TEXT")
        item.set(.conceptNameCodeSequence, CodedConcept("113012", "DCM", "Key Object Description"))
        item.set(.textValue, "An image that these results were made of has been rejected. They are withdrawn.")
        return item
    }()

    /// Segmentation and Secondary Capture are images; documents and structure sets are composite objects.
    private static func reference(_ object: DataSet) -> DataSet {
        var item = DataSet()
        item.set(.relationshipType, "CONTAINS")
        let isImage = [.segmentationStorage, .secondaryCaptureImageStorage].contains(object.uid(.sopClassUID))
        item.set(.valueType, isImage ? "IMAGE" : "COMPOSITE")
        item.set(.referencedSOPSequence, [sop(object)])
        return item
    }
}
