import Reporting

/// Confusion matrices side by side: what is true down, what was said across, each cell as dark as its part of the row.
public struct ConfusionPicture: Sendable {
    /// A matrix and what it is of.
    public typealias Panel = (title: String, matrix: ConfusionMatrix)

    private let rows: [[Panel]]

    /// Gathers matrices.
    /// - Parameter rows: those beside each other, row by row.
    public init(_ rows: [[Panel]]) { self.rows = rows }

    private static let cell = (width: 52.0, height: 30.0)
    private static let margin = (left: 70.0, top: 48.0, right: 22.0, bottom: 14.0)

    private static func size(_ panel: Panel) -> (width: Double, height: Double) {
        let count = Double(panel.matrix.categories.count)
        return (
            margin.left + max(count * cell.width, 150) + margin.right, margin.top + count * cell.height + margin.bottom
        )
    }

    /// Draws them as a PNG picture.
    /// - Throws: `ReportingError.unwritable`.
    public func writePNG(to path: String) throws(ReportingError) {
        let heights = rows.map { $0.map { Self.size($0).height }.max() ?? 0 }
        let columns = (0..<(rows.map(\.count).max() ?? 0)).map { column in
            rows.compactMap { $0.indices.contains(column) ? Self.size($0[column]).width : nil }.max() ?? 0
        }
        let (width, height) = (max(columns.reduce(0, +), 1), max(heights.reduce(0, +), 1))
        try Canvas.writePNG(to: path, Int(width), Int(height)) { canvas in
            var top = 0.0
            for (row, height) in zip(rows, heights) {
                var left = 0.0
                for (panel, width) in zip(row, columns) {
                    draw(panel, on: canvas, left, top)
                    left += width
                }
                top += height
            }
        }
    }

    private func draw(_ panel: Panel, on canvas: Canvas, _ left: Double, _ top: Double) {
        let (x, y) = (left + Self.margin.left, top + Self.margin.top)
        canvas.text(panel.title, left + 10, top + 18, size: 13, bold: true, color: .ink)
        for (index, name) in panel.matrix.categories.enumerated() {
            canvas.text(name, x + Double(index) * Self.cell.width + 6, y - 8, size: 11, color: .faint)
            canvas.text(name, left + 14, y + Double(index) * Self.cell.height + 20, size: 11, color: .faint)
        }
        for (row, counts) in panel.matrix.counts.enumerated() {
            let all = max(Double(counts.reduce(0, +)), 1)
            for (column, count) in counts.enumerated() {
                let share = Double(count) / all
                let (cellX, cellY) = (x + Double(column) * Self.cell.width, y + Double(row) * Self.cell.height)
                // Blue where it is right, orange where it is not (Okabe and Ito 2008).
                let full = row == column ? (0.0, 0.45, 0.70) : (0.84, 0.37, 0.0)
                func faded(_ part: Double) -> Double { 1 - share * (1 - part) }
                canvas.fill(
                    cellX, cellY, Self.cell.width, Self.cell.height,
                    Color(faded(full.0), faded(full.1), faded(full.2)))
                canvas.frame(cellX, cellY, Self.cell.width, Self.cell.height, .rule)
                canvas.text(
                    String(count), cellX + 18, cellY + 20, size: 12, color: share > 0.6 ? .white : .ink)
            }
        }
    }
}
