import Imaging

extension NodeConfiguration {
    /// Reads the rules, behind the destinations that they name.
    mutating func readRules(_ root: ConfigurationSection) {
        let known = root.names(of: "destination")
        for section in root.sections("rule") {
            guard let rule = RoutingRule(section, destinations: known) else { continue }
            if rules.contains(where: { $0.name == rule.name }) {
                section.complain("name", "two rules are named \(rule.name); give each its own name")
            }
            if let earlier = rules.first(where: { $0.covers(rule) }) {
                section.warn("rule \(rule.name) never decides: whatever meets it meets \(earlier.name) before it")
            }
            rules.append(rule)
        }
    }
}

extension RoutingRule {
    fileprivate init?(_ section: ConfigurationSection, destinations known: Set<String>) {
        let name = section.required("name", section.string("name"))
        let conditions = Key.allCases.compactMap { key in
            section.alternatives(key.rawValue).map { Condition(key, $0) }
        }
        Self.checkTracers(conditions, section)
        let isRead = section.boolean("read") ?? true
        let destinations = section.strings("destinations")
        for unknown in destinations ?? [] where !known.contains(unknown) {
            let names = known.isEmpty ? "none" : known.sorted().joined(separator: ", ")
            section.complainOfAbsence("destinations", "no [[destination]] is named \(unknown); there is \(names)")
        }
        let model = section.string("model")
        let assumedTracer = section.tracer("assumed_tracer")
        if !isRead, destinations != nil || model != nil || assumedTracer != nil {
            section.complain("read", "a rule that does not read has no destinations, model or assumed_tracer")
        }
        section.refuseUnknownKeys()
        guard let name else { return nil }
        self.init(name: name)
        (self.conditions, self.isRead, self.destinations) = (conditions, isRead, destinations)
        (self.model, self.assumedTracer) = (model, assumedTracer)
    }

    /// A misspelt tracer would make a rule that is never met, without a word.
    private static func checkTracers(_ conditions: [Condition], _ section: ConfigurationSection) {
        let names = Tracer.allCases.map(\.rawValue) + [StudyFacts.unknownTracer]
        for pattern in conditions.filter({ $0.key == .tracer }).flatMap(\.patterns)
        where !names.contains(where: pattern.matches) {
            section.complain(
                Key.tracer.rawValue,
                "\"\(pattern.text)\" matches no known tracer; there is \(names.joined(separator: ", "))")
        }
    }
}

extension ConfigurationSection {
    /// The name of a known tracer.
    func tracer(_ key: String) -> Tracer? {
        guard let name = string(key) else { return nil }
        let tracer = Tracer(rawValue: name)
        if tracer == nil {
            let known = Tracer.names
            complain(key, "\"\(name)\" is no known tracer; use one of \(known)")
        }
        return tracer
    }
}
