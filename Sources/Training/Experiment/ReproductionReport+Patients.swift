import Foundation
import Reporting

/// What more patients would bring, with FDG and without.
extension ReproductionReport {
    private static let quantities: [Evaluation.Quantity] = [
        .averagePrecision, .locationOfSuspicious, .nodes, .metastases,
    ]

    /// For each measure the strategies side by side by the number of patients, and what each with FDG is beside the one without.
    var curveTable: String {
        guard !points.isEmpty else { return "" }
        return """

            ## With fewer PSMA patients

            The first of the development patients, in folds as before.

            ![What more patients bring](reproduction-patients.png)

            \(Self.quantities.map(curve).joined(separator: "\n\n"))
            """
    }

    private func curve(of quantity: Evaluation.Quantity) -> String {
        let (alone, others) = (Strategy.psma, Strategy.followed.filter { $0 != .psma && has($0) })
        let head = [alone.title] + others.flatMap { [$0.title, "difference"] }
        let rows = Set(points.map(\.patients)).sorted().map { number in
            func measured(_ strategy: Strategy) -> Evaluation? {
                points.first { $0.strategy == strategy && $0.patients == number }.map { evaluation($0.outcome) }
            }
            func text(_ evaluation: Evaluation?) -> String {
                evaluation?.value(quantity).map { String(format: "%.1f", 100 * $0) } ?? "–"
            }
            let base = measured(alone)
            let beside = others.map(measured).flatMap { other in
                [text(other), base.flatMap { base in other.map { difference(of: $0, to: base, in: quantity) } } ?? "–"]
            }
            return "| \(number) | " + ([text(base)] + beside).joined(separator: " | ") + " |"
        }
        return """
            | \(EvaluationTable.name(quantity)), PSMA patients | \(head.joined(separator: " | ")) |
            | ---: |\(String(repeating: " ---: |", count: head.count))
            \(rows.joined(separator: "\n"))
            """
    }

    private func has(_ strategy: Strategy) -> Bool { points.contains { $0.strategy == strategy } }

    func learningCurves() -> Chart {
        let largest = points.map(\.patients).max() ?? 1
        let lowest = points.compactMap { evaluation($0.outcome).value(.averagePrecision) }.min() ?? 1
        var chart = Chart(
            title: "Average precision on the test patients", horizontal: "PSMA patients learnt from", vertical: "",
            x: 0...Double(largest), y: min(0.4, (lowest * 10).rounded(.down) / 10)...1)
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
