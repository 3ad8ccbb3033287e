import Foundation
import Reporting

/// The experiment as a page: the paper's table beside ours, differences between strategies, confusion matrices, and what
/// more patients would bring.
public struct ReproductionReport: Sendable {
    /// A strategy and what came of it.
    public typealias Entry = (strategy: Strategy, outcome: Reproduction.Outcome)

    /// What came of a strategy with few development patients.
    public struct CurvePoint: Sendable {
        /// The strategy.
        public let strategy: Strategy
        /// How many development patients.
        public let patients: Int
        /// What came of it.
        public let outcome: Reproduction.Outcome

        /// Gathers a point.
        public init(strategy: Strategy, patients: Int, outcome: Reproduction.Outcome) {
            (self.strategy, self.patients, self.outcome) = (strategy, patients, outcome)
        }
    }

    let entries: [Entry]
    let points: [CurvePoint]
    private let command: String
    private let resamples: Int
    private let areDigital: Bool

    /// Gathers what is reported.
    /// - Parameters:
    ///   - command: the command line that prints it.
    ///   - areDigital: whether all patients are drawn.
    public init(
        _ entries: [Entry], points: [CurvePoint], command: String, areDigital: Bool, resamples: Int = 1000
    ) {
        (self.entries, self.points) = (entries, points)
        (self.command, self.areDigital, self.resamples) = (command, areDigital, resamples)
    }

    /// Writes `reproduction.md` and its pictures into a folder, which is made where it does not exist.
    public func write(to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(markdown.utf8).write(to: URL(fileURLWithPath: folder + "/reproduction.md"), options: .atomic)
        try precisionRecall().writePNG(to: folder + "/reproduction-precision-recall.png")
        try calibration().writePNG(to: folder + "/reproduction-calibration.png")
        try ConfusionPicture(
            entries.map { entry in
                let evaluation = evaluation(entry.outcome)
                return [
                    ("\(entry.strategy.title): miN", evaluation.nodes),
                    ("\(entry.strategy.title): miM", evaluation.metastases),
                ]
            }
        ).writePNG(to: folder + "/reproduction-stages.png")
        if !points.isEmpty { try learningCurves().writePNG(to: folder + "/reproduction-patients.png") }
    }

    func evaluation(_ outcome: Reproduction.Outcome) -> Evaluation {
        Evaluation(outcome.test)
    }

    var bootstrap: SubjectBootstrap {
        SubjectBootstrap(people: entries.first?.outcome.test.people ?? [], count: resamples)
    }

    /// The page.
    public var markdown: String {
        let table = EvaluationTable(
            entries.map { .init(title: $0.strategy.title, measures: evaluation($0.outcome).measures(bootstrap)) })
        let development = EvaluationTable(
            entries.map { entry in
                let evaluation = Evaluation(entry.outcome.development)
                let own = SubjectBootstrap(people: entry.outcome.development.people, count: resamples)
                return .init(title: entry.strategy.title, measures: evaluation.measures(own))
            })
        return """
            # The experiment of the paper\(areDigital ? ", on digital patients" : "")

            \(areDigital ? "**Digital patients, not real ones.** " : "")Printed by

                \(command)

            ## \(entries.first?.outcome.test.count ?? 0) test patients

            95 % intervals over \(resamples) bootstraps of patients. Four networks of four folds judge together, at the \
            operating point chosen on development patients.

            \(table.markdown)

            ![Precision over recall](reproduction-precision-recall.png)
            ![Calibration](reproduction-calibration.png)

            \(asManyAsInThePaper)
            ## \(entries.first?.outcome.development.count ?? 0) development patients, each judged by a network that did \
            not learn from him

            \(development.markdown)

            ## Differences on the test patients

            Paired: both strategies on the same resampled patients, in points of per cent.

            \(differences)

            ## What is taken for disease

            \(mistakes)

            ## Stages

            True down, said across, each cell as dark as its part of the row.

            ![Stages, true and said](reproduction-stages.png)

            \(stages)
            \(curveTable)
            """ + "\n"
    }

    /// The first test patients alone where there are more than the paper had.
    private var asManyAsInThePaper: String {
        let subjects = 52
        guard let all = entries.first?.outcome.test, all.count > subjects else { return "" }
        let bootstrap = SubjectBootstrap(people: Array(all.people.prefix(subjects)), count: resamples)
        let table = EvaluationTable(
            entries.map { entry in
                let evaluation = Evaluation(Array(entry.outcome.test.prefix(subjects)))
                return .init(title: entry.strategy.title, measures: evaluation.measures(bootstrap))
            })
        return """
            ## The first \(subjects) of them, as many as in the paper

            \(table.markdown)

            """
    }

    /// Every strategy against the first.
    private var differences: String {
        guard let first = entries.first else { return "" }
        let quantities: [Evaluation.Quantity] = [.averagePrecision, .locationOfSuspicious, .nodes, .metastases]
        let base = evaluation(first.outcome)
        let rows = entries.dropFirst().map { entry in
            let other = evaluation(entry.outcome)
            let cells = quantities.map { difference(of: other, to: base, in: $0) }
            return "| \(entry.strategy.title) − \(first.strategy.title) | " + cells.joined(separator: " | ") + " |"
        }
        let head = "| | " + quantities.map(EvaluationTable.name).joined(separator: " | ") + " |"
        return ([head, "| --- |" + String(repeating: " ---: |", count: quantities.count)] + rows)
            .joined(separator: "\n")
    }

    /// A paired difference in points of per cent, with its interval.
    func difference(of other: Evaluation, to base: Evaluation, in quantity: Evaluation.Quantity) -> String {
        func difference(_ times: [Int]?) -> Double? {
            guard let a = other.value(quantity, times: times), let b = base.value(quantity, times: times) else {
                return nil
            }
            return 100 * (a - b)
        }
        guard let value = difference(nil), let interval = bootstrap.interval({ difference($0) }) else { return "–" }
        return String(format: "%+.1f (%+.1f to %+.1f)", value, interval.lowerBound, interval.upperBound)
    }

    private var stages: String {
        entries.map { entry in
            let evaluation = evaluation(entry.outcome)
            func part(_ name: String, _ matrix: ConfusionMatrix, _ binary: ConfusionMatrix) -> String {
                "\(entry.strategy.title), \(name), Cohen's κ \(matrix.kappaText), of whether there are any "
                    + "\(binary.kappaText)\n\n\(matrix.markdown)\n"
            }
            return "\(entry.strategy.title), suspicious from: \(entry.outcome.operatingPoints)\n\n"
                + part("miN", evaluation.nodes, evaluation.nodesBinary) + "\n"
                + part("miM", evaluation.metastases, evaluation.metastasesBinary)
        }.joined(separator: "\n")
    }

    private func precisionRecall() -> Chart {
        var chart = Chart(
            title: "Suspicion on the test patients", horizontal: "recall", vertical: "precision", x: 0...1, y: 0...1)
        for (index, entry) in entries.enumerated() {
            chart.add(
                entry.strategy.title, .init(colour: index),
                evaluation(entry.outcome).ranked.curve().map { ($0.recall, $0.precision) })
        }
        return chart
    }

    private func calibration() -> Chart {
        var chart = Chart(
            title: "Calibration on the test patients", horizontal: "probability given",
            vertical: "part that is disease", x: 0...1, y: 0...1)
        chart.add("perfect", .init(colour: 6, isDashed: true), stride(from: 0, through: 1, by: 0.1).map { ($0, $0) })
        for (index, entry) in entries.enumerated() {
            chart.add(
                entry.strategy.title, .init(colour: index),
                evaluation(entry.outcome).calibration.bins.map { ($0.probability, $0.frequency) })
        }
        return chart
    }
}
