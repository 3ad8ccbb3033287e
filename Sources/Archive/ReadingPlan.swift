import Foundation

/// What is to become of a closed study: decided once, kept with its revision, and followed whatever the configuration says
/// later.
public struct ReadingPlan: Sendable, Equatable, Codable {
    /// The name of the rule that decided; nil where the configuration has no rules, or none matched.
    public var rule: String?
    /// Why the study is kept and not read; nil where it is read.
    public var notReadReason: String?
    /// The names of the destinations that get the results.
    public var destinations: [String]
    /// The folder of the model to read with; nil for the shipped one.
    public var model: String?
    /// The tracer to assume where the headers do not tell.
    public var assumedTracer: String?

    /// A plan to read.
    public init(rule: String? = nil, destinations: [String], model: String? = nil, assumedTracer: String? = nil) {
        (self.rule, self.destinations, self.model) = (rule, destinations, model)
        self.assumedTracer = assumedTracer
    }

    /// A plan to keep the study as it is.
    public init(rule: String? = nil, notReadReason: String) {
        self.init(rule: rule, destinations: [])
        self.notReadReason = notReadReason
    }

    /// Whether the study is read.
    public var isRead: Bool { notReadReason == nil }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    init(json: String) throws(ArchiveError) {
        do {
            self = try JSONDecoder().decode(ReadingPlan.self, from: Data(json.utf8))
        } catch { throw .index(reason: "the plan of a revision is damaged") }
    }
}
