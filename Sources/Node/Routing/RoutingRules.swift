import Archive
import Imaging

/// The rules of a site, in order: the first that a study meets decides what becomes of it.
public struct RoutingRules: Sendable, Equatable {
    /// The rules; with none, every study is read and its results go to every destination.
    public let rules: [RoutingRule]
    /// What a rule leaves open.
    private let reading: NodeConfiguration.Reading
    private let destinations: [String]

    /// Takes the rules of a configuration, with the model, tracer and destinations that it names for all.
    public init(_ configuration: NodeConfiguration) {
        (rules, reading) = (configuration.rules, configuration.reading)
        destinations = configuration.destinations.map(\.name)
    }

    /// Whether any rule asks about the tracer, for which a file has to be opened.
    public var asksForTracer: Bool { rules.contains { $0.conditions.contains { $0.key == .tracer } } }

    /// Decides by the facts alone, and says of each rule why it did or did not decide.
    public func decide(_ facts: StudyFacts) -> RoutingDecision {
        var chosen: RoutingRule?
        let findings = rules.map { rule in
            let finding = RuleFinding(rule, facts, isFirst: chosen == nil)
            if finding.isMet, chosen == nil { chosen = rule }
            return finding
        }
        return RoutingDecision(plan: plan(chosen), findings: findings)
    }

    private func plan(_ rule: RoutingRule?) -> ReadingPlan {
        guard let rule else {
            guard rules.isEmpty else { return ReadingPlan(notReadReason: "no [[rule]] is met by it") }
            return ReadingPlan(
                destinations: destinations, model: reading.model, assumedTracer: reading.assumedTracer?.rawValue)
        }
        guard rule.isRead else {
            return ReadingPlan(rule: rule.name, notReadReason: "rule \(rule.name) says read = false")
        }
        return ReadingPlan(
            rule: rule.name, destinations: rule.destinations ?? destinations, model: rule.model ?? reading.model,
            assumedTracer: (rule.assumedTracer ?? reading.assumedTracer)?.rawValue)
    }

    /// The rules that never decide because an earlier one is met by whatever meets them, each with that one.
    public var shadowed: [(rule: String, by: String)] {
        rules.indices.compactMap { index in
            rules[..<index].first { $0.covers(rules[index]) }.map { (rules[index].name, $0.name) }
        }
    }
}

/// What the rules make of a study, and why.
public struct RoutingDecision: Sendable, Equatable, Codable {
    /// What becomes of it.
    public let plan: ReadingPlan
    /// What each rule asked and found, in order.
    public let findings: [RuleFinding]
}

/// What one rule asked of a study and found.
public struct RuleFinding: Sendable, Equatable, Codable {
    /// One condition.
    public struct Condition: Sendable, Equatable, Codable {
        /// What it asks about, by the name of its key.
        public let key: RoutingRule.Key
        /// What is wanted; one is enough.
        public let wanted: [String]
        /// What the study has.
        public let found: [String]
        /// Whether it is met.
        public let isMet: Bool
    }

    /// The rule's name.
    public let rule: String
    /// Its conditions.
    public let conditions: [Condition]
    /// Whether its conditions on series are met, but by no one series together.
    public let isSplitOverSeries: Bool
    /// Whether the study meets it.
    public let isMet: Bool
    /// Whether it decided: it is met, and no earlier one is.
    public let decides: Bool

    init(_ rule: RoutingRule, _ facts: StudyFacts, isFirst: Bool) {
        self.rule = rule.name
        conditions = rule.conditions.map { condition in
            let found = facts.values(condition.key)
            return Condition(
                key: condition.key, wanted: condition.patterns.map(\.text), found: found,
                isMet: condition.isMet(by: found))
        }
        let ofSeries = rule.conditions.filter(\.key.isOfSeries)
        let isMetByOne =
            ofSeries.isEmpty
            || facts.series.contains { series in
                ofSeries.allSatisfy { $0.isMet(by: StudyFacts.value($0.key, of: series)) }
            }
        let areMet = conditions.allSatisfy(\.isMet)
        isSplitOverSeries = areMet && !isMetByOne
        isMet = areMet && isMetByOne
        decides = isMet && isFirst
    }

    /// Why it decided or did not, in words.
    public var explanation: String {
        if decides { return conditions.isEmpty ? "it is for every study" : "every condition is met" }
        if isMet { return "an earlier rule decides" }
        if isSplitOverSeries { return "no one series meets all its conditions on series" }
        return conditions.filter { !$0.isMet }.map(\.complaint).joined(separator: "; ")
    }
}

extension RuleFinding.Condition {
    fileprivate var complaint: String {
        "\(key.rawValue) is \(Self.list(found)), not \(Self.list(wanted))"
    }

    /// A few of the values: a study may have hundreds of series.
    private static func list(_ values: [String]) -> String {
        let shown = values.prefix(6).map { $0.isEmpty ? "empty" : "\"\($0)\"" }.joined(separator: " or ")
        return values.isEmpty ? "absent" : shown + (values.count > 6 ? " or \(values.count - 6) more" : "")
    }
}
