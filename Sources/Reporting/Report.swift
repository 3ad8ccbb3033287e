import DICOM
import Reading

/// A reading as DICOM objects, all made from the same voxels of each lesion.
///
/// They are written for the lesions, the suspicious foci. A Segmentation needs at least one segment (PS3.3 section
/// C.8.20.2) and a Structure Set at least one region (section C.8.8.5), so a reading without lesions has neither, and no
/// slices to select; its Structured Report says that none was found.
///
/// The same reading, device and options give the same objects, UIDs included; `createdAt` decides their dates only.
public struct Report: Sendable {
    /// One object.
    public struct Object: Sendable {
        /// What it is.
        public let kind: ReportObject
        /// The object.
        public let dataSet: DataSet
    }

    /// Every object, in the order of `ReportObject`; the Structured Report is always among them.
    public let objects: [Object]

    /// Comprehensive 3D SR by TID 1500.
    public var structuredReport: DataSet { self[.structuredReport]! }
    /// RT Structure Set on the PET slices; nil without lesions.
    public var structureSet: DataSet? { self[.structureSet] }
    /// Binary Segmentation on the PET grid; nil without lesions.
    public var segmentation: DataSet? { self[.segmentation] }

    /// The object of a kind; nil where there is none.
    public subscript(kind: ReportObject) -> DataSet? { objects.first { $0.kind == kind }?.dataSet }

    /// Encodes a reading.
    ///
    /// - Parameters:
    ///   - reading: The reading; the voxels of its lesions must lie within its PET.
    ///   - page: Its summary page, for the objects that show it; without it there are none.
    ///   - device: Which installation speaks, for the equipment attributes and the observer of the report.
    ///   - createdAt: When the objects are made, by the clock of the site.
    ///   - options: What the site chooses.
    ///   - predecessors: What was made of earlier revisions of the study, and this report replaces.
    /// - Throws: `ReportingError` where a focus does not fit the PET or DCMTK refuses a value.
    public init(
        of reading: StudyReading, page: SummaryPage? = nil, device: Device, createdAt: DateTime,
        options: ReportOptions = ReportOptions(), predecessors: [Predecessor] = []
    ) throws(ReportingError) {
        let study = try ReportedStudy(
            reading: reading, device: device, createdAt: createdAt, options: options, predecessors: predecessors)
        var objects: [Object] = []
        for kind in ReportObject.allCases where ReportObject.standard.union(options.objects).contains(kind) {
            guard let dataSet = try Self.dataSet(kind, of: study, page) else { continue }
            objects.append(Object(kind: kind, dataSet: dataSet))
        }
        self.objects = objects
    }

    private static func dataSet(
        _ kind: ReportObject, of study: ReportedStudy, _ page: SummaryPage?
    ) throws(ReportingError) -> DataSet? {
        switch kind {
        case .structuredReport: try structuredReportDataSet(of: study)
        case .segmentation: study.lesions.isEmpty ? nil : try segmentationDataSet(of: study)
        case .structureSet: study.lesions.isEmpty ? nil : structureSetDataSet(of: study)
        case .secondaryCapture: page.map { secondaryCaptureDataSet(of: study, page: $0) }
        case .encapsulatedPDF: if let page { try encapsulatedPDFDataSet(of: study, page: page) } else { nil }
        case .keyObjects: study.lesions.isEmpty ? nil : keyObjectsDataSet(of: study)
        case .structureSetOnCT: study.lesions.isEmpty ? nil : structureSetOnCTDataSet(of: study)
        }
    }

    /// The transfer syntax in which an object should be written and offered first.
    ///
    /// Explicit VR holds at most 65,534 bytes of DS (PS3.5 section 7.1.2), which the contour of a large lesion exceeds;
    /// a Structure Set therefore goes in Implicit VR Little Endian.
    public static func transferSyntax(of object: DataSet) -> UID {
        object.uid(.sopClassUID) == .rtStructureSetStorage ? .implicitVRLittleEndian : .explicitVRLittleEndian
    }
}
