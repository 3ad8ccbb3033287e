import Reporting

/// An evaluation in pictures: precision over recall, the calibration curve and, where stages are known, how they are confused.
public struct EvaluationPictures: Sendable {
    private let evaluation: Evaluation

    /// Draws an evaluation.
    public init(_ evaluation: Evaluation) { self.evaluation = evaluation }

    /// Writes `precision-recall.png`, `calibration.png` and `stages.png` into a folder.
    /// - Throws: `ReportingError.unwritable`.
    public func write(to folder: String) throws(ReportingError) {
        try precisionRecall().writePNG(to: folder + "/precision-recall.png")
        try calibration().writePNG(to: folder + "/calibration.png")
        guard evaluation.nodes.total > 0 else { return }
        try ConfusionPicture([[("miN", evaluation.nodes), ("miM", evaluation.metastases)]])
            .writePNG(to: folder + "/stages.png")
    }

    private func precisionRecall() -> Chart {
        var chart = Chart(
            title: "Suspicion of \(evaluation.results.count) patients' foci", horizontal: "recall",
            vertical: "precision", x: 0...1, y: 0...1)
        let curve = evaluation.ranked.curve()
        chart.add("model", .init(colour: 0), curve.map { ($0.recall, $0.precision) })
        if let recall = evaluation.value(.recall), let precision = evaluation.value(.positivePredictiveValue) {
            let arm = 0.012
            chart.add(
                "operating points", .init(colour: 1),
                [
                    (recall - arm, precision - arm), (recall + arm, precision - arm), (recall + arm, precision + arm),
                    (recall - arm, precision + arm), (recall - arm, precision - arm),
                ])
        }
        return chart
    }

    private func calibration() -> Chart {
        var chart = Chart(
            title: "Calibration on \(evaluation.results.count) patients' foci", horizontal: "probability given",
            vertical: "part that is disease", x: 0...1, y: 0...1)
        chart.add("perfect", .init(colour: 6, isDashed: true), stride(from: 0, through: 1, by: 0.1).map { ($0, $0) })
        chart.add("model", .init(colour: 0), evaluation.calibration.bins.map { ($0.probability, $0.frequency) })
        return chart
    }
}
