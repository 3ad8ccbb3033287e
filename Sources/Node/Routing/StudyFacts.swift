import Archive
import DICOM
import Imaging

/// What rules may ask about a study.
public struct StudyFacts: Sendable {
    /// The calling AE titles that sent it, each once.
    public var sourceAETitles: [String]
    /// Study Description.
    public var studyDescription: String
    /// Its series.
    public var series: [StoredSeries]
    /// The tracer of its PET; nil where it is unknown, or no rule asks.
    public var tracer: Tracer?

    /// Makes the facts of a study.
    public init(sourceAETitles: [String], studyDescription: String, series: [StoredSeries], tracer: Tracer?) {
        (self.sourceAETitles, self.studyDescription) = (sourceAETitles, studyDescription)
        (self.series, self.tracer) = (series, tracer)
    }

    /// The values that a condition looks at, each once and in order.
    func values(_ key: RoutingRule.Key) -> [String] {
        let values: [String] =
            switch key {
            case .sourceAETitle: sourceAETitles
            case .tracer: [tracer?.rawValue ?? Self.unknownTracer]
            case .studyDescription: [studyDescription]
            default: series.map { Self.value(key, of: $0) }
            }
        var seen: Set<String> = []
        return values.filter { seen.insert($0).inserted }
    }

    /// As a rule names a tracer that the headers do not tell.
    static let unknownTracer = "unknown"

    /// What a condition on series looks at in one of them.
    static func value(_ key: RoutingRule.Key, of series: StoredSeries) -> String {
        switch key {
        case .modality: series.modality
        case .seriesDescription: series.seriesDescription
        case .protocolName: series.protocolName
        case .stationName: series.stationName
        case .manufacturer: series.manufacturer
        case .manufacturerModelName: series.manufacturerModelName
        case .sourceAETitle, .tracer, .studyDescription: ""
        }
    }
}

extension Sequence<StoredInstance> {
    /// The instance whose header is asked for the tracer: the first of the PET series with the most images.
    var tracerBearer: StoredInstance? {
        let series = Dictionary(grouping: filter { $0.modality == "PT" }, by: \.seriesInstanceUID)
        return series.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }?.value.first
    }

    /// The AE titles that sent them, each once and in order.
    public var sourceAETitles: [String] { Set(map(\.sourceAETitle)).sorted() }
}
