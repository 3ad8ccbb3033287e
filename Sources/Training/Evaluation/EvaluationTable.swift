import Foundation

/// The measures of one or more evaluations side by side, as text and as Markdown.
public struct EvaluationTable: Sendable {
    /// A column: what was evaluated, and its measures.
    public struct Column: Sendable {
        /// The heading.
        public var title: String
        /// The measures.
        public var measures: [Evaluation.Quantity: Evaluation.Measure]

        /// Gathers a column.
        public init(title: String, measures: [Evaluation.Quantity: Evaluation.Measure]) {
            (self.title, self.measures) = (title, measures)
        }
    }

    private let columns: [Column]

    /// Puts evaluations side by side.
    public init(_ columns: [Column]) { self.columns = columns }

    /// What the paper reports for each quantity, in percent (Capobianco et al. 2022; 52 patients, ⁶⁸Ga-PSMA-11). Of nodes it
    /// says "involvement", of metastases "stage".
    private static let paper: [Evaluation.Quantity: String] = [
        .averagePrecision: "80.4 (71.1–87.8)", .recall: "81.1 (70.6–90.1)",
        .positivePredictiveValue: "66.8 (60.3–72.7)", .locationOfSuspicious: "77.0 (70.0–83.4)",
        .locationOfAll: "94.4 (92.4–96.1)", .nodesBinary: "81", .metastases: "77",
    ]

    /// How a quantity is called in a table.
    static func name(_ quantity: Evaluation.Quantity) -> String {
        switch quantity {
        case .candidateRecall: "Candidate recall"
        case .averagePrecision: "Average precision, suspicious"
        case .recall: "Recall"
        case .positivePredictiveValue: "PPV"
        case .locationOfSuspicious: "Location accuracy, suspicious foci"
        case .locationOfAll: "Location accuracy, all foci"
        case .side: "Side, where the location is right"
        case .nodes: "N agreement, full"
        case .nodesBinary: "N agreement, binary"
        case .metastases: "M agreement, full"
        case .metastasesBinary: "M agreement, binary"
        case .nodesVisible: "N agreement, full, with the lesions that can be seen"
        case .metastasesVisible: "M agreement, full, with the lesions that can be seen"
        }
    }

    private func cell(_ measure: Evaluation.Measure?) -> String {
        guard let value = measure?.value else { return "–" }
        func percent(_ number: Double) -> String { String(format: "%.1f", 100 * number) }
        guard let low = measure?.low, let high = measure?.high else { return percent(value) }
        return "\(percent(value)) (\(percent(low))–\(percent(high)))"
    }

    private var rows: [[String]] {
        [["%"] + columns.map(\.title) + ["paper, 52 patients"]]
            + Evaluation.Quantity.allCases.map { quantity in
                [Self.name(quantity)] + columns.map { cell($0.measures[quantity]) } + [Self.paper[quantity] ?? "–"]
            }
    }

    /// Columns aligned with blanks.
    public var text: String {
        let rows = rows
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
        return rows.map { row in
            row.enumerated().map { $1.padding(toLength: widths[$0], withPad: " ", startingAt: 0) }
                .joined(separator: "  ").trimmingCharacters(in: .whitespaces)
        }.joined(separator: "\n")
    }

    /// A table in Markdown.
    public var markdown: String {
        let rows = rows
        let rule = "| --- |" + String(repeating: " ---: |", count: rows[0].count - 1)
        func line(_ row: [String]) -> String { "| " + row.joined(separator: " | ") + " |" }
        return ([line(rows[0]), rule] + rows.dropFirst().map(line)).joined(separator: "\n")
    }
}

extension ConfusionMatrix {
    /// Cohen's κ to two places.
    public var kappaText: String { kappa.map { String(format: "%.2f", $0) } ?? "–" }

    /// The matrix in Markdown, truth down, said across.
    public var markdown: String {
        let head = "| true \\ said | " + categories.joined(separator: " | ") + " |"
        let rule = "| --- |" + String(repeating: " ---: |", count: categories.count)
        let rows = zip(categories, counts).map { name, row in
            "| \(name) | " + row.map(String.init).joined(separator: " | ") + " |"
        }
        return ([head, rule] + rows).joined(separator: "\n")
    }
}
