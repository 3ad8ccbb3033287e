import CDCMTK
import DICOM
import Imaging

/// A binary Segmentation in the making: DCMTK's dcmseg, call by call, in Swift's terms.
final class SegmentationDocument {
    private let handle: OpaquePointer
    private let text = BorrowedText()
    private let pet: ImageSeries
    private let noVoxels: [UInt8]

    init(of study: ReportedStudy, label: String, description: String) throws(ReportingError) {
        pet = study.reading.pet
        noVoxels = [UInt8](repeating: 0, count: pet.geometry.columns * pet.geometry.rows)
        let geometry = pet.geometry
        let device = study.device
        let text = text
        handle = try withBuilder(Self.source(pet), for: .segmentation) { (header) throws(ReportingError) in
            var error = cd_error()
            guard
                let handle = cd_segmentation_create(
                    header, UInt16(geometry.rows), UInt16(geometry.columns),
                    text(ascii(device.manufacturer, limit: 64)),
                    text(ascii(device.modelName, limit: 64)), text(ascii(device.serialNumber, limit: 64)),
                    text(ascii(device.softwareVersion, limit: 64)), text(label), text(description),
                    text(study.uid("segmentation", "dimensions").description), &error)
            else { throw refusal(.segmentation, error) }
            return handle
        }
        try setGrid()
    }

    deinit { cd_segmentation_free(handle) }

    private func attempt(_ call: (UnsafeMutablePointer<cd_error>) -> Int32) throws(ReportingError) {
        try Reporting.attempt(.segmentation, call)
    }

    /// A UID for dcmseg to check where the study's own is put in afterwards: some scanners write leading zeros, which
    /// dcmseg refuses.
    private static let standIn = UID.derived(from: ["Uptake", "stand-in"])

    /// What dcmseg takes over from a source image that `stamp` does not write anyway: the frame of reference.
    private static func source(_ pet: ImageSeries) -> DataSet {
        var source = DataSet()
        source.set(.frameOfReferenceUID, standIn)
        source.set(.studyInstanceUID, standIn)
        source.copy([.positionReferenceIndicator], from: pet.headers[0])
        return source
    }

    private func setGrid() throws(ReportingError) {
        let distance = decimalString(pet.geometry.sliceSpacing)
        let orientation: [UnsafePointer<CChar>?] = pet.orientationText.map { text($0) }
        try attempt {
            cd_segmentation_set_grid(
                handle, text(pet.spacingText.joined(separator: "\\")), text(pet.thicknessText), text(distance),
                orientation, $0)
        }
    }

    /// Adds the segment of a lesion; they are numbered as they come.
    func add(_ lesion: ReportedLesion, of study: ReportedStudy) throws(ReportingError) {
        let location = lesion.verdict.location
        var segment = cd_segment()
        segment.label = text(lesion.label)
        segment.algorithm_name = text("Uptake")
        segment.algorithm_version = text(study.algorithmVersion)
        segment.category = text(Concepts.morphologicallyAbnormal)
        segment.type = text(Concepts.lesion)
        segment.algorithm_family = text(Concepts.artificialIntelligence)
        segment.region = text(location.code)
        segment.region_modifier = text(lesion.verdict.laterality.code)
        segment.tracking_identifier = text(lesion.identifier)
        segment.tracking_uid = text(study.trackingUID(of: lesion).description)
        segment.cielab = LesionRegion(location).cielab
        try attempt { cd_segmentation_add_segment(handle, &segment, $0) }
    }

    /// Adds a frame: one slice of a segment. Its source image and its pixels are stand-ins for the caller to replace.
    /// - Parameter positionIndex: The place of the slice among those that have frames, from 1.
    func addFrame(segment: Int, slice: Int, positionIndex: Int) throws(ReportingError) {
        let position = pet.positionText(slice: slice).map { text($0) }
        var frame = cd_frame()
        frame.segment_number = UInt16(segment)
        frame.position_index = UInt32(positionIndex)
        frame.position = (position[0], position[1], position[2])
        frame.source = text.instance(
            pet.sopClassUID(slice: slice), Self.standIn, series: pet.seriesInstanceUID, study: pet.studyInstanceUID)
        frame.derivation = text(Concepts.segmentationDerivation)
        frame.purpose = text(Concepts.sourceImage)
        try attempt { cd_segmentation_add_frame(handle, &frame, noVoxels, $0) }
    }

    /// The finished object; identity, UIDs, dates, source images and pixels in it are for the caller to replace.
    func finish() throws(ReportingError) -> DataSet {
        let collector = Collector()
        var visitor = collector.visitor
        try withExtendedLifetime(collector) { () throws(ReportingError) in
            try attempt { cd_segmentation_finish(handle, &visitor, $0) }
        }
        return collector.root
    }
}
