import DICOM

/// The instances of one study, by series.
public struct StudyContent: Sendable {
    /// The instances of one series.
    public struct Series: Sendable {
        /// The series.
        public let seriesInstanceUID: UID
        /// Its instances, in the order in which they were given.
        public let instances: [StudyInstance]

        /// The header of its first instance, which speaks for the series.
        public var header: DataSet { instances[0].header }
        /// The headers of all instances.
        public var headers: [DataSet] { instances.map(\.header) }
        /// Modality, empty where absent.
        public var modality: String { header.string(.modality) ?? "" }

        /// A short name for messages: number, description and modality.
        public var name: String {
            let number = header.string(.seriesNumber).map { " \($0)" } ?? ""
            let description = header.string(.seriesDescription).map { " \"\($0)\"" } ?? ""
            return "series\(number)\(description) (\(modality), \(instances.count) images)"
        }
    }

    /// The study.
    public let studyInstanceUID: UID
    /// Its series, ascending by Series Instance UID.
    public let series: [Series]

    /// Groups instances into studies, ascending by Study Instance UID; instances without the UIDs of study, series
    /// and instance are left out.
    public static func studies(of instances: [StudyInstance]) -> [StudyContent] {
        let complete = instances.filter {
            $0.header.uid(.studyInstanceUID) != nil && $0.header.uid(.seriesInstanceUID) != nil
                && $0.header.uid(.sopInstanceUID) != nil
        }
        return Dictionary(grouping: complete) { $0.header.uid(.studyInstanceUID)! }
            .map { StudyContent(studyInstanceUID: $0, instances: $1) }
            .sorted { $0.studyInstanceUID < $1.studyInstanceUID }
    }

    /// Takes instances that are known to be of one study, each with the UID of its series.
    public init(studyInstanceUID: UID, instances: [StudyInstance]) {
        self.studyInstanceUID = studyInstanceUID
        series = Dictionary(grouping: instances) { $0.header.uid(.seriesInstanceUID)! }
            .map { Series(seriesInstanceUID: $0, instances: $1) }
            .sorted { $0.seriesInstanceUID < $1.seriesInstanceUID }
    }

    /// The one study with a PET among instances that may hold several.
    /// - Throws: a refusal where there is none, or more than one.
    public static func single(of instances: [StudyInstance]) throws(Refusal) -> StudyContent {
        let studies = studies(of: instances)
        let withPET = studies.filter { $0.series.contains { $0.modality == "PT" } }
        guard withPET.count <= 1 else {
            throw Refusal(
                .severalStudies, "The input holds \(withPET.count) studies with PET: give one study at a time.")
        }
        guard let study = withPET.first else {
            throw Refusal(.noPET, "The input holds no PET series (\(studies.count) studies looked at).")
        }
        return study
    }

    /// The structure sets of the study.
    public var structureSets: [StudyInstance] {
        series.flatMap(\.instances).filter { $0.header.uid(.sopClassUID) == .rtStructureSetStorage }
    }
}
