import Archive
import DICOM
import Foundation
import Imaging
import Node
import Testing

/// Rules against facts, without a node.
@Suite struct RoutingRulesTests {
    private func rules(_ text: String) throws -> RoutingRules {
        let destinations = ["pacs", "research"].map {
            "[[destination]]\nname = \"\($0)\"\nae_title = \"A\"\nhost = \"h\"\nport = 1\n"
        }
        return RoutingRules(try NodeConfiguration(text: destinations.joined() + text, path: ""))
    }

    private func series(_ modality: String, _ description: String = "", station: String = "") -> StoredSeries {
        var header = DataSet()
        header.set(.seriesInstanceUID, UID.derived(from: [modality, description, station]))
        header.set(.modality, modality)
        header.set(.seriesDescription, description)
        header.set(.stationName, station)
        return StoredSeries(header: header)!
    }

    private func facts(_ change: (inout StudyFacts) -> Void = { _ in }) -> StudyFacts {
        var facts = StudyFacts(
            sourceAETitles: ["SCANNER1"], studyDescription: "PET/CT PSMA whole body",
            series: [series("CT", "CT low dose", station: "CT7"), series("PT", "PET AC", station: "PET3")],
            tracer: .ga68PSMA11)
        change(&facts)
        return facts
    }

    // MARK: Deciding

    @Test func withoutRulesEveryStudyGoesEverywhere() throws {
        let decision = try rules("").decide(facts())
        #expect(decision.plan == ReadingPlan(destinations: ["pacs", "research"]))
        #expect(decision.findings.isEmpty)
    }

    @Test func theFirstRuleThatIsMetDecides() throws {
        let rules = try rules(
            """
            [[rule]]
            name = "fdg"
            tracer = "18F-FDG"
            [[rule]]
            name = "psma"
            tracer = ["68ga-psma*"]
            model = "/models/psma"
            destinations = ["research"]
            assumed_tracer = "68Ga-PSMA-11"
            [[rule]]
            name = "rest"
            """)
        let decision = rules.decide(facts())
        #expect(
            decision.plan
                == ReadingPlan(
                    rule: "psma", destinations: ["research"], model: "/models/psma", assumedTracer: "68Ga-PSMA-11"))
        #expect(decision.findings.map(\.decides) == [false, true, false])
        #expect(decision.findings.map(\.isMet) == [false, true, true])
        #expect(
            decision.findings.map(\.explanation) == [
                #"tracer is "68Ga-PSMA-11", not "18F-FDG""#, "every condition is met", "an earlier rule decides",
            ])
        #expect(rules.decide(facts { $0.tracer = .f18FDG }).plan.rule == "fdg")
        #expect(
            rules.decide(facts { $0.tracer = nil }).plan
                == ReadingPlan(rule: "rest", destinations: ["pacs", "research"]))
    }

    @Test func whatNoRuleWantsIsKept() throws {
        let rules = try rules("[[rule]]\nname = \"fdg\"\ntracer = \"18F-FDG\"")
        #expect(rules.decide(facts()).plan == ReadingPlan(notReadReason: "no [[rule]] is met by it"))
        let refusing = try self.rules("[[rule]]\nname = \"qa\"\nstation_name = \"PET?\"\nread = false")
        #expect(refusing.decide(facts()).plan == ReadingPlan(rule: "qa", notReadReason: "rule qa says read = false"))
    }

    @Test(arguments: [
        (#"source_ae_title = "scanner?""#, true), (#"source_ae_title = ["A", "B"]"#, false),
        (#"study_description = "*psma*""#, true), (#"study_description = "psma*""#, false),
        (#"series_description = "PET AC""#, true), (#"series_description = "PET""#, false),
        (#"modality = "CT""#, true), (#"modality = "MR""#, false), (#"station_name = "pet*""#, true),
        (#"protocol_name = "*""#, true), (#"protocol_name = "?*""#, false), (#"manufacturer = "*""#, true),
        (#"manufacturer_model_name = "x""#, false), (#"tracer = "*PSMA*""#, true), (#"tracer = "unknown""#, false),
    ]) func eachConditionLooksAtItsAttribute(line: String, isMet: Bool) throws {
        let decision = try rules("[[rule]]\nname = \"r\"\n\(line)").decide(facts())
        #expect(decision.plan.isRead == isMet)
        #expect(decision.findings[0].conditions.map(\.isMet) == [isMet])
    }

    @Test func oneSeriesMeetsAllConditionsOnSeries() throws {
        let rules = try rules("[[rule]]\nname = \"r\"\nmodality = \"PT\"\nstation_name = \"CT7\"")
        let finding = rules.decide(facts()).findings[0]
        #expect(!finding.isMet && finding.isSplitOverSeries && finding.conditions.allSatisfy(\.isMet))
        #expect(finding.explanation == "no one series meets all its conditions on series")
        #expect(rules.decide(facts { $0.series.append(series("PT", station: "CT7")) }).plan.rule == "r")
    }

    @Test func readingSettingsFillWhatARuleLeavesOpen() throws {
        let rules = try rules(
            "[reading]\nmodel = \"/m\"\nassumed_tracer = \"18F-FDG\"\n[[rule]]\nname = \"r\"\ndestinations = []")
        #expect(
            rules.decide(facts()).plan
                == ReadingPlan(rule: "r", destinations: [], model: "/m", assumedTracer: "18F-FDG"))
    }

    @Test func aStudyOfManySeriesIsExplainedShortly() throws {
        let rules = try rules("[[rule]]\nname = \"r\"\nseries_description = \"none\"")
        let many = facts { $0.series = (0..<500).map { series("PT", "S\($0)") } }
        #expect(rules.decide(many).findings[0].explanation.hasSuffix(#"or "S5" or 494 more, not "none""#))
    }

    // MARK: Shadowed rules

    @Test(arguments: [
        ("", #"tracer = "18F-FDG""#, true), (#"tracer = "18F-FDG""#, "", false),
        (#"modality = "pt""#, "modality = \"PT\"\nstation_name = \"A\"", true),
        (#"modality = ["PT", "CT"]"#, #"modality = "CT""#, true),
        (#"modality = "CT""#, #"modality = ["PT", "CT"]"#, false),
        (#"station_name = "PET*""#, #"station_name = "PET3""#, true),
        (#"station_name = "PET?""#, #"station_name = "PET*""#, false),
        (#"station_name = "*""#, #"modality = "PT""#, false),
    ]) func rulesThatNeverDecideAreWarnedOf(first: String, second: String, isShadowed: Bool) throws {
        let text = "[[rule]]\nname = \"one\"\n\(first)\n[[rule]]\nname = \"two\"\n\(second)\n"
        let configuration = try NodeConfiguration(text: text, path: "")
        let line = text.split(separator: "\n").lastIndex(of: "[[rule]]")! + (first.isEmpty ? 2 : 1)
        let warning = "line \(line): rule two never decides: whatever meets it meets one before it"
        #expect(configuration.warnings.map(\.description) == (isShadowed ? [warning] : []))
    }

    /// Whatever rules and studies chance brings: what is called shadowed never decides, and exactly one rule does where one
    /// is met.
    @Test(arguments: 0..<20) func shadowedRulesNeverDecide(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        let patterns = ["*", "A*", "?", "A", "AB", "*B", "a?"]
        let values = ["", "A", "B", "AB", "ABB", "BA"]
        func condition(_ key: String) -> String {
            guard Bool.random(using: &chance) else { return "" }
            let wanted = (0...Int.random(in: 0...1, using: &chance)).map { _ in
                "\"\(patterns.randomElement(using: &chance)!)\""
            }
            return "\(key) = [\(wanted.joined(separator: ", "))]\n"
        }
        let text = (0..<6).map { number in
            "[[rule]]\nname = \"r\(number)\"\n"
                + ["study_description", "station_name", "series_description"].map(condition).joined()
        }
        let rules = try rules(text.joined())
        let shadowed = Set(rules.shadowed.map(\.rule))
        for _ in 0..<300 {
            let decision = rules.decide(
                facts {
                    $0.studyDescription = values.randomElement(using: &chance)!
                    $0.series = (0..<2).map { _ in
                        series(
                            "PT", values.randomElement(using: &chance)!, station: values.randomElement(using: &chance)!)
                    }
                })
            let deciding = decision.findings.filter(\.decides).map(\.rule)
            #expect(deciding == decision.findings.filter(\.isMet).prefix(1).map(\.rule))
            #expect(deciding.first == decision.plan.rule)
            #expect(shadowed.isDisjoint(with: deciding))
        }
    }

    // MARK: Patterns

    @Test(arguments: [
        ("*", "", true), ("", "", true), ("?", "", false), ("a*c", "ABBC", true), ("a*c", "abcd", false),
        ("*ab*ab", "aabab", true), ("a?c", "abc", true), ("a?c", "ac", false), ("É*", "école", true),
        ("pet", " PET  ", true), ("[a]", "a", false), ("a\\*", "a\\b", true), ("**?", "x", true),
    ]) func patternsMatchAsInDICOM(pattern: String, value: String, matches: Bool) {
        #expect(WildcardPattern(pattern).matches(value) == matches)
    }

    @Test func aHostileValueCostsLittle() {
        let pattern = WildcardPattern(String(repeating: "*a", count: 30) + "b")
        let start = ContinuousClock.now
        #expect(!pattern.matches(String(repeating: "a", count: 4000)))
        #expect(ContinuousClock.now - start < .seconds(5))
    }
}
