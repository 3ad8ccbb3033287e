import DICOM
import Detection
import Imaging
import Reading
import Staging

/// What the objects of one report share: whose they are, who made them and when, and what they are called.
struct ReportedStudy: Sendable {
    /// The kinds of object.
    enum Kind: String, Sendable {
        case structuredReport = "structured-report"
        case segmentation
        case structureSet = "structure-set"

        var sopClassUID: UID {
            switch self {
            case .structuredReport: .comprehensive3DSRStorage
            case .segmentation: .segmentationStorage
            case .structureSet: .rtStructureSetStorage
            }
        }
    }

    let reading: StudyReading
    let device: Device
    let createdAt: DateTime
    let options: ReportOptions
    let predecessors: [Predecessor]
    let lesions: [ReportedLesion]
    /// The name from which every UID of this report derives: of study, input instances, software and model.
    private let origin: UID

    /// - Throws: `ReportingError` where a lesion does not fit the PET.
    init(
        reading: StudyReading, device: Device, createdAt: DateTime, options: ReportOptions,
        predecessors: [Predecessor] = []
    ) throws(ReportingError) {
        self.reading = reading
        self.device = device
        self.createdAt = createdAt
        self.options = options
        self.predecessors = predecessors
        // With another earlier study, or none, the report says something else.
        let series = [reading.pet, reading.ct].compactMap { $0 } + (reading.comparison?.earlierInputs ?? [])
        let inputs = series.flatMap(\.sopInstanceUIDs)
        origin = .derived(
            from: [reading.pet.studyInstanceUID.description] + inputs.map(\.description)
                + [device.softwareVersion, reading.model.sha256])
        lesions = ReportedLesion.all(of: reading)
        guard lesions.count <= 65_535 else { throw .tooManyLesions(lesions.count) }
        for lesion in lesions { try Self.check(lesion.focus, voxelCount: reading.pet.geometry.count) }
    }

    private static func check(_ focus: CandidateFocus, voxelCount: Int) throws(ReportingError) {
        guard let first = focus.voxels.first, let last = focus.voxels.last else { throw .emptyFocus(id: focus.id) }
        let ascending = zip(focus.voxels, focus.voxels.dropFirst()).allSatisfy { $0 < $1 }
        guard first >= 0, last < voxelCount, ascending else { throw .focusOutsideGrid(id: focus.id) }
        let figures = [focus.suvMax, focus.suvMean, focus.suvPeak, focus.volumeMl, focus.totalUptake]
        guard figures.allSatisfy(\.isFinite) else { throw .figureNotFinite(id: focus.id) }
    }

    /// The UID of something in this report.
    func uid(_ names: String...) -> UID { .derived(from: [origin.description] + names) }

    /// Tracking Unique Identifier of a lesion.
    func trackingUID(of lesion: ReportedLesion) -> UID { uid("lesion", String(lesion.number)) }

    /// The instance of a kind of object.
    func sopInstanceUID(_ kind: Kind) -> UID { uid(kind.rawValue, "instance") }

    /// The series of a kind of object.
    func seriesInstanceUID(_ kind: Kind) -> UID { uid(kind.rawValue, "series") }

    func series(_ kind: Kind) -> ReportOptions.Series {
        switch kind {
        case .structuredReport: options.structuredReport
        case .segmentation: options.segmentation
        case .structureSet: options.structureSet
        }
    }

    /// Everything that was read, in the order PET, CT.
    var inputs: [ImageSeries] { [reading.pet] + (reading.ct.map { [$0] } ?? []) }

    /// The version of the algorithm: software and model together.
    var algorithmVersion: String {
        ascii("\(device.softwareVersion), \(reading.model.name) \(reading.model.version)", limit: 64)
    }

}

extension MiTNM {
    /// The stage in one line.
    var line: String {
        let categories = miMCategories.isEmpty ? [miM] : miMCategories
        let pattern = miMPattern.map { " (\($0.rawValue))" } ?? ""
        return "\(miT.rawValue) \(miN.rawValue) \(categories.map(\.rawValue).joined(separator: "+"))\(pattern)"
    }
}
