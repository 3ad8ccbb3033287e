import Imaging

/// A rule of the configuration: which studies it is for, and what becomes of them.
public struct RoutingRule: Sendable, Equatable {
    /// What a rule can ask about, by the name of its key in the configuration.
    public enum Key: String, Sendable, Codable, CaseIterable {
        /// The calling AE title that sent some of the study.
        case sourceAETitle = "source_ae_title"
        /// The tracer, as the reading determines it from the header of the PET.
        case tracer
        /// Study Description.
        case studyDescription = "study_description"
        /// Modality of a series.
        case modality
        /// Series Description.
        case seriesDescription = "series_description"
        /// Protocol Name.
        case protocolName = "protocol_name"
        /// Station Name.
        case stationName = "station_name"
        /// Manufacturer.
        case manufacturer
        /// Manufacturer's Model Name.
        case manufacturerModelName = "manufacturer_model_name"

        /// Whether it is about series: then one series has to meet all such conditions of a rule.
        var isOfSeries: Bool {
            switch self {
            case .sourceAETitle, .tracer, .studyDescription: false
            default: true
            }
        }
    }

    /// One condition: a value that matches any of the patterns.
    public struct Condition: Sendable, Equatable {
        /// What it asks about.
        public let key: Key
        /// What is wanted; one is enough.
        public let patterns: [WildcardPattern]

        /// Makes one.
        public init(_ key: Key, _ patterns: [String]) {
            (self.key, self.patterns) = (key, patterns.map(WildcardPattern.init))
        }

        func isMet(by values: [String]) -> Bool { values.contains(where: isMet) }
        func isMet(by value: String) -> Bool { patterns.contains { $0.matches(value) } }

        /// Whether whatever meets `other` meets this one too.
        func covers(_ other: Condition) -> Bool {
            key == other.key && other.patterns.allSatisfy { wanted in patterns.contains { $0.covers(wanted) } }
        }
    }

    /// Its name, in logs and records.
    public var name: String
    /// All have to be met; a rule without any is met by every study.
    public var conditions: [Condition] = []
    /// Whether the studies are read.
    public var isRead = true
    /// The names of the destinations that get the results; nil for all.
    public var destinations: [String]?
    /// The folder of the model to read with; nil for that of `[reading]`.
    public var model: String?
    /// The tracer to assume where the headers do not tell; nil for that of `[reading]`.
    public var assumedTracer: Tracer?

    /// A rule for every study.
    public init(name: String) { self.name = name }

    /// Whether every study that meets `other` meets this one too, so that `other` behind it never decides.
    func covers(_ other: RoutingRule) -> Bool {
        conditions.allSatisfy { condition in other.conditions.contains { condition.covers($0) } }
    }
}
