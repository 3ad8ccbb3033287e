import Anatomy
import Classification
import DICOM
import Imaging
import Staging

extension ReadingDocument {
    /// How the study differs from an earlier one.
    public struct Comparison: Sendable, Codable {
        /// The earlier study.
        public let earlierStudyInstanceUID: UID
        /// Its date as written.
        public let earlierStudyDate: String
        /// Its tracer.
        public let earlierTracer: String
        /// The report whose figures stand for it; nil where its images were read.
        @Nullable public private(set) var earlierReport: UID?
        /// How many lesions it has.
        public let earlierLesionCount: Int
        /// Volume of its lesions, millilitres.
        public let earlierVolumeMl: Double
        /// Volume of the present lesions, millilitres.
        public let volumeMl: Double
        /// Millilitres.
        public let changeMl: Double
        /// Per cent; nil where there was no lesion before.
        @Nullable public private(set) var changePercent: Double?
        /// How the scans lie to each other; nil where they do not fit.
        @Nullable public private(set) var registration: Placement?
        /// What became of each lesion.
        public let lesions: [Change]
        /// The response by RECIP 1.0.
        @Nullable public private(set) var recip: RECIP?
        /// What the response can be by a report's figures alone; empty where images were compared.
        public let possibleRECIP: [RECIP]
    }

    /// How two scans lie to each other.
    public struct Placement: Sendable, Codable {
        /// What was compared.
        public let basis: Registration.Basis
        /// Correlation of the two bodies.
        public let correlation: Double
        /// Share of the smaller body that both scans show.
        public let overlap: Double
        /// Where the middle of the present body lies in the earlier scan, less where it lies now: LPS millimetres.
        public let translation: [Double]
        /// The angle of the turn.
        public let rotationDegrees: Double
    }

    /// What became of a lesion.
    public struct Change: Sendable, Codable {
        /// What became of it.
        public let fate: LesionChange.Fate
        /// Its id among `foci`; nil where nothing is left.
        @Nullable public private(set) var focus: Int?
        /// The earlier foci at its place.
        public let earlier: [EarlierFocus]
    }

    /// A focus of the earlier study.
    public struct EarlierFocus: Sendable, Codable {
        /// Number in descending order of SUVmax there.
        public let id: Int
        /// Whether it was taken for a lesion.
        public let suspicious: Bool
        /// Where it lay.
        public let location: AnatomicalLocation
        /// The side.
        public let laterality: Laterality
        /// LPS millimetres of the earlier study.
        public let centroid: [Double]
        /// SUVbw.
        public let suvMax: Double
        /// Millilitres.
        public let volumeMl: Double
    }
}

extension ReadingDocument.Comparison {
    init(_ comparison: StudyComparison) {
        earlierStudyInstanceUID = comparison.earlierStudyInstanceUID
        earlierStudyDate = comparison.earlierStudyDate
        earlierTracer = comparison.earlierTracer.rawValue
        earlierReport = comparison.earlierReport?.sopInstanceUID
        earlierLesionCount = comparison.earlierLesionCount
        earlierVolumeMl = comparison.volume.earlierMl
        volumeMl = comparison.volume.presentMl
        changeMl = comparison.volume.changeMl
        changePercent = comparison.volume.changePercent
        registration = comparison.registration.map {
            ReadingDocument.Placement(
                basis: $0.basis, correlation: $0.correlation, overlap: $0.overlap,
                translation: $0.transform.translation.coordinates, rotationDegrees: $0.transform.rotationDegrees)
        }
        let earlier = Dictionary(uniqueKeysWithValues: comparison.earlierFoci.map { ($0.id, $0) })
        lesions = comparison.changes.map { change in
            ReadingDocument.Change(
                fate: change.fate, focus: change.focusID,
                earlier: change.earlierFocusIDs.compactMap { earlier[$0] }.map(ReadingDocument.EarlierFocus.init))
        }
        recip = comparison.recip
        possibleRECIP = comparison.possibleRECIP
    }
}

extension ReadingDocument.EarlierFocus {
    fileprivate init(_ focus: ClassifiedFocus) {
        self.init(
            id: focus.id, suspicious: focus.verdict.suspicious, location: focus.verdict.location,
            laterality: focus.verdict.laterality, centroid: focus.focus.centroid.coordinates,
            suvMax: focus.focus.suvMax,
            volumeMl: focus.focus.volumeMl)
    }
}
