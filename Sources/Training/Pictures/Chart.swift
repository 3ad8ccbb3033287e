import Foundation
import Reporting

/// A small line chart: axes with ticks, lines or steps, a legend.
public struct Chart: Sendable {
    /// How a line is drawn.
    public struct Style: Sendable {
        /// Which of the chart's colours.
        public var colour: Int
        /// Whether it is broken.
        public var isDashed = false

        /// Names a style.
        public init(colour: Int, isDashed: Bool = false) { (self.colour, self.isDashed) = (colour, isDashed) }
    }

    private struct Line: Sendable {
        let name: String
        let style: Style
        let points: [(x: Double, y: Double)]
    }

    private let title: String
    private let horizontal: String
    private let vertical: String
    private let x: ClosedRange<Double>
    private let y: ClosedRange<Double>
    private var lines: [Line] = []

    /// An empty chart.
    /// - Parameters:
    ///   - horizontal: what the axis from left to right says.
    ///   - vertical: what the axis upwards says.
    ///   - x: range of the axis from left to right.
    ///   - y: range of the axis upwards.
    public init(
        title: String, horizontal: String, vertical: String, x: ClosedRange<Double>, y: ClosedRange<Double>
    ) {
        (self.title, self.horizontal, self.vertical) = (title, horizontal, vertical)
        (self.x, self.y) = (x, y)
    }

    /// Adds a line.
    public mutating func add(_ name: String, _ style: Style, _ points: [(x: Double, y: Double)]) {
        lines.append(Line(name: name, style: style, points: points))
    }

    private static let width = 760.0
    private static let height = 460.0
    private static let frame = (left: 64.0, top: 40.0, right: 540.0, bottom: 400.0)
    // Told apart by those who do not tell red from green (Okabe and Ito 2008).
    private static let colours = [
        Color(0, 0.45, 0.70), Color(0.84, 0.37, 0), Color(0, 0.62, 0.45), Color(0.80, 0.47, 0.65),
        Color(0.90, 0.62, 0), Color(0.34, 0.71, 0.91), Color(0.13, 0.15, 0.18),
    ]

    /// Draws the chart as a PNG picture.
    /// - Throws: `ReportingError.unwritable`.
    public func writePNG(to path: String) throws(ReportingError) {
        try Canvas.writePNG(to: path, Int(Self.width), Int(Self.height)) { canvas in
            canvas.text(title, Self.frame.left, 17, size: 15, bold: true, color: .ink)
            drawAxes(canvas)
            for (index, line) in lines.enumerated() { draw(line, on: canvas, row: index) }
        }
    }

    private func place(_ point: (x: Double, y: Double)) -> (x: Double, y: Double) {
        let u = (point.x - x.lowerBound) / (x.upperBound - x.lowerBound)
        let v = (min(max(point.y, y.lowerBound), y.upperBound) - y.lowerBound) / (y.upperBound - y.lowerBound)
        return (
            Self.frame.left + u * (Self.frame.right - Self.frame.left),
            Self.frame.bottom - v * (Self.frame.bottom - Self.frame.top)
        )
    }

    private func drawAxes(_ canvas: Canvas) {
        for value in Self.ticks(x) {
            let at = place((value, y.lowerBound))
            canvas.line([at, (at.x, Self.frame.top)], .rule)
            canvas.text(Self.number(value), at.x - 8, Self.frame.bottom + 18, size: 11, color: .faint)
        }
        for value in Self.ticks(y) {
            let at = place((x.lowerBound, value))
            canvas.line([at, (Self.frame.right, at.y)], .rule)
            canvas.text(Self.number(value), 30, at.y + 4, size: 11, color: .faint)
        }
        canvas.frame(
            Self.frame.left, Self.frame.top, Self.frame.right - Self.frame.left, Self.frame.bottom - Self.frame.top,
            .faint)
        canvas.text(horizontal, (Self.frame.left + Self.frame.right) / 2 - 20, Self.height - 16, size: 12, color: .ink)
        canvas.text(vertical, 8, Self.frame.top - 8, size: 12, color: .ink)
    }

    private func draw(_ line: Line, on canvas: Canvas, row: Int) {
        let color = Self.colours[line.style.colour % Self.colours.count]
        let points = line.points.map(place)
        let legend = Self.frame.top + 14 + Double(row) * 20
        if line.style.isDashed {
            for (index, pair) in zip(points, points.dropFirst()).enumerated() {
                // Each stretch in dashes of its own, as long as the stretches of a course of epochs allow.
                let parts = 4
                for part in 0..<parts where (index * parts + part).isMultiple(of: 2) {
                    func between(_ share: Double) -> (x: Double, y: Double) {
                        (pair.0.x + (pair.1.x - pair.0.x) * share, pair.0.y + (pair.1.y - pair.0.y) * share)
                    }
                    canvas.line(
                        [between(Double(part) / Double(parts)), between(Double(part + 1) / Double(parts))], color,
                        width: 1.6)
                }
            }
            for start in [0.0, 10] {
                canvas.line([(556 + start, legend - 4), (562 + start, legend - 4)], color, width: 2)
            }
        } else {
            canvas.line(points, color, width: 1.8)
            canvas.line([(556, legend - 4), (572, legend - 4)], color, width: 2)
        }
        canvas.text(line.name, 580, legend, size: 12, color: .ink)
    }

    /// Round numbers that divide a range into four to nine.
    static func ticks(_ range: ClosedRange<Double>) -> [Double] {
        let length = range.upperBound - range.lowerBound
        let power = pow(10, (log10(length)).rounded(.down))
        let step = [0.1, 0.2, 0.5, 1, 2].map { $0 * power }.first { length / $0 <= 8 } ?? power
        let first = (range.lowerBound / step).rounded(.up)
        return stride(from: first, through: (range.upperBound / step + 1e-9).rounded(.down), by: 1).map { $0 * step }
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(format: "%.2g", value)
    }
}
