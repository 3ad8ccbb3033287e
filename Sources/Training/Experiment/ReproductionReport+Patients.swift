import Foundation
import Reporting

/// What more patients would bring, with FDG and without.
extension ReproductionReport {
    private static let quantities: [Evaluation.Quantity] = [.averagePrecision, .locationOfSuspicious]

    /// The strategies side by side for each number of patients, and their difference where both were run.
    var curveTable: String {
        guard !points.isEmpty else { return "" }
        let (alone, both) = (Strategy.psma, Strategy.dualTracer)
        let heads = Self.quantities.flatMap { quantity in
            [alone, both].map { "\(EvaluationTable.name(quantity)): \($0.title)" } + ["difference"]
        }
        let rows = Set(points.map(\.patients)).sorted().map { number in
            let found = [alone, both].map { strategy in
                points.first { $0.strategy == strategy && $0.patients == number }.map { evaluation($0.outcome) }
            }
            let cells = Self.quantities.flatMap { quantity -> [String] in
                let values = found.map { evaluation in
                    evaluation?.value(quantity).map { String(format: "%.1f", 100 * $0) } ?? "–"
                }
                guard let base = found[0], let other = found[1] else { return values + ["–"] }
                return values + [difference(of: other, to: base, in: quantity)]
            }
            return "| \(number) | " + cells.joined(separator: " | ") + " |"
        }
        return """

            ## With fewer PSMA patients

            The first of the development patients, in folds as before.

            ![What more patients bring](reproduction-patients.png)

            | PSMA patients | \(heads.joined(separator: " | ")) |
            | ---: |\(String(repeating: " ---: |", count: heads.count))
            \(rows.joined(separator: "\n"))
            """
    }

    func learningCurves() -> Chart {
        let largest = points.map(\.patients).max() ?? 1
        var chart = Chart(
            title: "Average precision on the test patients", horizontal: "PSMA patients learnt from", vertical: "",
            x: 0...Double(largest), y: 0.4...1)
        for (index, strategy) in Strategy.allCases.enumerated() {
            let own = points.filter { $0.strategy == strategy }.sorted { $0.patients < $1.patients }
            guard !own.isEmpty else { continue }
            chart.add(
                strategy.title, .init(colour: index),
                own.compactMap { point in
                    evaluation(point.outcome).value(.averagePrecision).map { (Double(point.patients), $0) }
                })
        }
        return chart
    }
}
