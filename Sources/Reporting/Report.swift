import DICOM
import Reading

/// A reading as DICOM objects, all made from the same voxels of each lesion.
///
/// They are written for the lesions, the suspicious foci. A Segmentation needs at least one segment (PS3.3 section
/// C.8.20.2) and a Structure Set at least one region (section C.8.8.5), so a reading without lesions has neither; its
/// Structured Report says that none was found.
///
/// The same reading, device and options give the same objects, UIDs included; `createdAt` decides their dates only.
public struct Report: Sendable {
    /// Comprehensive 3D SR by TID 1500.
    public let structuredReport: DataSet
    /// RT Structure Set on the PET slices; nil without lesions.
    public let structureSet: DataSet?
    /// Binary Segmentation on the PET grid; nil without lesions.
    public let segmentation: DataSet?

    /// Encodes a reading.
    ///
    /// - Parameters:
    ///   - reading: The reading; the voxels of its lesions must lie within its PET.
    ///   - device: Which installation speaks, for the equipment attributes and the observer of the report.
    ///   - createdAt: When the objects are made, by the clock of the site.
    ///   - options: The site's series numbers and descriptions.
    ///   - predecessors: What was made of earlier revisions of the study, and this report replaces.
    /// - Throws: `ReportingError` where a focus does not fit the PET or DCMTK refuses a value.
    public init(
        of reading: StudyReading, device: Device, createdAt: DateTime, options: ReportOptions = ReportOptions(),
        predecessors: [Predecessor] = []
    ) throws(ReportingError) {
        let study = try ReportedStudy(
            reading: reading, device: device, createdAt: createdAt, options: options, predecessors: predecessors)
        segmentation = study.lesions.isEmpty ? nil : try segmentationDataSet(of: study)
        structureSet = study.lesions.isEmpty ? nil : structureSetDataSet(of: study)
        structuredReport = try structuredReportDataSet(of: study)
    }

    /// The transfer syntax in which an object should be written and offered first.
    ///
    /// Explicit VR holds at most 65,534 bytes of DS (PS3.5 section 7.1.2), which the contour of a large lesion exceeds;
    /// a Structure Set therefore goes in Implicit VR Little Endian.
    public static func transferSyntax(of object: DataSet) -> UID {
        object.uid(.sopClassUID) == .rtStructureSetStorage ? .implicitVRLittleEndian : .explicitVRLittleEndian
    }
}
