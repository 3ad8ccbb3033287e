import Reporting

/// The course of a training as a picture: losses over the epochs, while learning and on patients not learnt from.
public struct LearningCurve: Sendable {
    private let history: TrainingHistory

    /// Draws a history.
    public init(_ history: TrainingHistory) { self.history = history }

    /// Writes the picture.
    /// - Throws: `ReportingError.unwritable`.
    public func writePNG(to path: String) throws(ReportingError) {
        var chart = Chart(
            title: "Training", horizontal: "epoch", vertical: "loss", x: 1...Double(max(history.epochs.count, 2)),
            y: 0...max(history.epochs.flatMap { $0.learning + $0.validation }.max() ?? 1, 0.01))
        func line(_ name: String, _ style: Chart.Style, _ value: (TrainingHistory.Epoch) -> Double) {
            chart.add(name, style, history.epochs.enumerated().map { (Double($0.offset + 1), value($0.element)) })
        }
        line("suspicion, learning", .init(colour: 0, isDashed: true)) { $0.learning[0] }
        line("suspicion, others", .init(colour: 0)) { $0.validation[0] }
        line("location, learning", .init(colour: 1, isDashed: true)) { $0.learning[1] }
        line("location, others", .init(colour: 1)) { $0.validation[1] }
        try chart.writePNG(to: path)
    }
}
