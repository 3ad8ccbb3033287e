import DICOM

/// The kinds of object that a report may consist of. The raw values are the words by which a site chooses among them, and
/// part of what UIDs derive from.
public enum ReportObject: String, Sendable, CaseIterable {
    /// Comprehensive 3D SR by TID 1500.
    case structuredReport = "structured-report"
    /// Binary Segmentation on the PET grid.
    case segmentation
    /// RT Structure Set on the PET slices.
    case structureSet = "structure-set"
    /// The summary page as a picture.
    case secondaryCapture = "secondary-capture"
    /// The summary page as a document.
    case encapsulatedPDF = "encapsulated-pdf"
    /// The slices with lesions, selected.
    case keyObjects = "key-objects"
    /// A second RT Structure Set, on the slices of the CT.
    case structureSetOnCT = "structure-set-on-ct"

    /// What is made and sent unless a site chooses otherwise.
    public static let standard: Set<ReportObject> = [.structuredReport, .segmentation, .structureSet]

    /// What is made where there is no lesion.
    public static let withoutLesions: Set<ReportObject> = [.structuredReport, .secondaryCapture, .encapsulatedPDF]

    /// Its SOP class.
    public var sopClassUID: UID {
        switch self {
        case .structuredReport: .comprehensive3DSRStorage
        case .segmentation: .segmentationStorage
        case .structureSet, .structureSetOnCT: .rtStructureSetStorage
        case .secondaryCapture: .secondaryCaptureImageStorage
        case .encapsulatedPDF: .encapsulatedPDFStorage
        case .keyObjects: .keyObjectSelectionDocumentStorage
        }
    }

    /// What the results of a reading are filed under, and the name of the file without its ending.
    public var resultName: String {
        switch self {
        case .structuredReport: "report"
        case .segmentation: "segmentation"
        case .structureSet: "structures"
        case .secondaryCapture: "capture"
        case .encapsulatedPDF: "document"
        case .keyObjects: "keys"
        case .structureSetOnCT: "structures-ct"
        }
    }

    /// The file that a reading writes it to.
    public var fileName: String { resultName + ".dcm" }

    /// The object that results are filed under a name; nil for what is no object, such as `reading`.
    public init?(resultName: String) {
        guard let found = Self.allCases.first(where: { $0.resultName == resultName }) else { return nil }
        self = found
    }

    /// The kind of an object of ours, by what it says itself; nil for a class that no report has.
    init?(of object: DataSet) {
        let kinds = Self.allCases.filter { $0.sopClassUID == object.uid(.sopClassUID) }
        guard let last = kinds.last else { return nil }
        self = last == .structureSetOnCT && !object.isDrawnOnCT ? .structureSet : last
    }

    /// Series Description (0008,103E): ASCII, at most 64 characters.
    public var seriesDescription: String {
        switch self {
        case .structuredReport: "Uptake AI findings (research)"
        case .segmentation: "Uptake AI segmentation (research)"
        case .structureSet: "Uptake AI structures (research)"
        case .secondaryCapture: "Uptake AI summary (research)"
        case .encapsulatedPDF: "Uptake AI summary as PDF (research)"
        case .keyObjects: "Uptake AI key images (research)"
        case .structureSetOnCT: "Uptake AI structures on CT (research)"
        }
    }
}
