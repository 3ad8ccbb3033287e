import Anatomy
import Foundation

/// What the strategies take for disease.
extension ReproductionReport {
    private static let groups: [(AnatomicalLocation.Group, String)] = [
        (.lymphNode, "lymph nodes"), (.bone, "bones"), (.organ, "elsewhere"),
    ]

    /// Average precision by what a focus is said or known to be, and what is not disease among the foci that are ranked highest, as many as
    /// there is disease.
    var mistakes: String {
        let fewest = points.map(\.patients).min() ?? 0
        let few = points.filter { $0.patients == fewest }
        let rankings = (entries.map(\.outcome) + few.map(\.outcome)).map { Ranking($0.test) }
        let titles = entries.map(\.strategy.title) + few.map { "\($0.strategy.title), \($0.patients) patients" }
        let head = "| | " + titles.joined(separator: " | ") + " |"
        let rule = "| --- |" + String(repeating: " ---: |", count: titles.count)
        let precisions = Self.groups.map { group, name in
            let cells = rankings.map { ranking in
                ranking.averagePrecision(group).map { String(format: "%.1f", 100 * $0) } ?? "–"
            }
            return "| Average precision, \(name) | \(cells.joined(separator: " | ")) |"
        }
        let kinds = Dictionary(grouping: rankings.flatMap(\.mistakes), by: \.key)
            .map { (kind: $0.key, count: $0.value.reduce(0) { $0 + $1.value }) }
            .sorted { ($1.count, $0.kind) < ($0.count, $1.kind) }.prefix(12).map(\.kind)
        let rows = kinds.map { kind in
            "| \(kind) | \(rankings.map { String($0.mistakes[kind] ?? 0) }.joined(separator: " | ")) |"
        }
        let sums = rankings.map { String($0.mistakes.values.reduce(0, +)) }.joined(separator: " | ")
        return """
            Of a group's lesions, among them and what is no disease and placed there. And among the \(rankings.first?.diseased ?? 0) foci that a strategy ranks highest, as \
            many as there is disease: those that are none, by what was drawn there.

            \(([head, rule] + precisions + ["| Not disease | \(sums) |"] + rows).joined(separator: "\n"))
            """
    }

    /// The foci of patients by descending probability.
    private struct Ranking {
        let diseased: Int
        /// How many that are no disease are among the highest, by their kind.
        let mistakes: [String: Int]
        private let foci: [PatientResult.Focus]

        init(_ results: [PatientResult]) {
            foci = results.flatMap(\.foci).filter { $0.label.suspicious != nil }.sorted {
                $0.probability > $1.probability
            }
            diseased = foci.count { $0.label.suspicious == true }
            let wrong = foci.prefix(diseased).filter { $0.label.suspicious == false }
            mistakes = Dictionary(grouping: wrong) { $0.label.location?.displayName ?? "Nothing drawn" }
                .mapValues(\.count)
        }

        /// Of the lesions of a group, among them and what is no disease and would pass for one of the group.
        func averagePrecision(_ group: AnatomicalLocation.Group) -> Double? {
            RankedFoci(
                foci.filter { focus in
                    let isDisease = focus.label.suspicious == true
                    return (isDisease ? focus.label.location ?? .softTissue : focus.location).group == group
                }.map {
                    .init(subject: 0, probability: $0.probability, isDisease: $0.label.suspicious == true)
                }
            ).averagePrecision()
        }
    }
}
