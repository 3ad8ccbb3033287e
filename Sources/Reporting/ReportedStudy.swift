import DICOM
import Detection
import Imaging
import Reading

/// What the objects of one report share: the reading, its lesions as they are named, and the identity of the objects.
struct ReportedStudy: Sendable {
    let reading: StudyReading
    let predecessors: [Predecessor]
    let lesions: [ReportedLesion]
    let identity: ReportIdentity

    var device: Device { identity.device }
    var createdAt: DateTime { identity.createdAt }
    var options: ReportOptions { identity.options }

    /// - Throws: `ReportingError` where a lesion does not fit the PET.
    init(
        reading: StudyReading, device: Device, createdAt: DateTime, options: ReportOptions,
        predecessors: [Predecessor] = []
    ) throws(ReportingError) {
        self.reading = reading
        self.predecessors = predecessors
        // With another earlier study, or none, the report says something else.
        let series = [reading.pet, reading.ct].compactMap { $0 } + (reading.comparison?.earlierInputs ?? [])
        identity = ReportIdentity(
            source: reading.pet.headers[0],
            inputs: series.flatMap(\.sopInstanceUIDs)
                + [reading.comparison?.earlierReport?.sopInstanceUID].compactMap { $0 },
            model: reading.model, device: device, createdAt: createdAt, options: options,
            traits: (reading.stage == nil ? [] : reading.stagingRules.departures) + Self.assumption(of: reading))
        lesions = ReportedLesion.all(of: reading)
        guard lesions.count <= 65_535 else { throw .tooManyLesions(lesions.count) }
        let reported = options.includesOtherFoci ? reading.foci : reading.lesions
        for focus in reported { try Self.check(focus.focus, voxelCount: reading.pet.geometry.count) }
    }

    /// With another tracer assumed the report says something else; one that the headers tell needs no word.
    private static func assumption(of reading: StudyReading) -> [String] {
        let isTold = TracerDetermination(header: reading.pet.headers[0]).tracer == reading.tracer
        return isTold ? [] : ["\(reading.tracer.rawValue) assumed"]
    }

    private static func check(_ focus: CandidateFocus, voxelCount: Int) throws(ReportingError) {
        guard let first = focus.voxels.first, let last = focus.voxels.last else { throw .emptyFocus(id: focus.id) }
        let ascending = zip(focus.voxels, focus.voxels.dropFirst()).allSatisfy { $0 < $1 }
        guard first >= 0, last < voxelCount, ascending else { throw .focusOutsideGrid(id: focus.id) }
        let figures = [focus.suvMax, focus.suvMean, focus.suvPeak, focus.volumeMl, focus.totalUptake]
        guard figures.allSatisfy(\.isFinite) else { throw .figureNotFinite(id: focus.id) }
    }

    /// The UID of something in this report.
    func uid(_ names: String...) -> UID { identity.uid(names) }

    /// Tracking Unique Identifier of a lesion.
    func trackingUID(of lesion: ReportedLesion) -> UID { uid("lesion", String(lesion.number)) }

    /// The instance of a kind of object.
    func sopInstanceUID(_ kind: ReportObject) -> UID { identity.sopInstanceUID(kind) }

    /// The series of a kind of object.
    func seriesInstanceUID(_ kind: ReportObject) -> UID { identity.seriesInstanceUID(kind) }

    /// Makes an object one of this study.
    func stamp(_ object: inout DataSet, as kind: ReportObject) {
        identity.stamp(&object, as: kind)
        setPredecessors(of: &object, kind)
    }

    /// Everything that was read, in the order PET, CT.
    var inputs: [ImageSeries] { [reading.pet] + (reading.ct.map { [$0] } ?? []) }

    /// Whether the tracer shows glucose metabolism, for which the figures have other names.
    var isFDG: Bool { reading.tracer.target == .glucose }

    /// The version of the algorithm: software and model together.
    var algorithmVersion: String {
        ascii("\(device.softwareVersion), \(reading.model.name) \(reading.model.version)", limit: 64)
    }
}
