import Imaging
import Reporting

/// Many PETs on one picture, each as two maximum-intensity projections: from the front and from the left.
///
/// Real and digital patients go through the same code and the same grey scale, so that they can be compared by eye.
public struct Montage: Sendable {
    /// A patient's projections.
    private struct Tile: Sendable {
        let title: String
        let views: [(pixels: [UInt8], width: Int, height: Int)]
        var width: Int { views.map(\.width).reduce(0, +) }
        var height: Int { views.map(\.height).max() ?? 0 }
    }

    /// Page units for each millimetre of the patient.
    private let scale: Double
    private var tiles: [Tile] = []

    /// An empty montage.
    /// - Parameter scale: pixels for each millimetre.
    public init(scale: Double = 0.4) { self.scale = scale }

    /// Adds a patient.
    /// - Parameters:
    ///   - title: what stands under the projections.
    ///   - maximum: SUVbw shown as black; 0 is white.
    public mutating func add(_ pet: Volume<SUVbw>, title: String, maximum: Double) {
        let views = [ProjectedView.Plane.coronal, .sagittal].map {
            ProjectedView($0, of: pet, lesions: []).grey(scale: scale, maximum: maximum)
        }
        tiles.append(Tile(title: title, views: views))
    }

    /// Draws the montage as a PNG picture, `columns` patients in a row.
    /// - Throws: `ReportingError.unwritable`.
    public func writePNG(to path: String, columns: Int) throws(ReportingError) {
        let (width, height) = ((tiles.map(\.width).max() ?? 0) + 12, (tiles.map(\.height).max() ?? 0) + 26)
        let rows = (tiles.count + columns - 1) / columns
        try Canvas.writePNG(to: path, width * min(columns, max(tiles.count, 1)), height * max(rows, 1)) { canvas in
            for (index, tile) in tiles.enumerated() {
                draw(tile, on: canvas, at: Double(index % columns * width), Double(index / columns * height))
            }
        }
    }

    private func draw(_ tile: Tile, on canvas: Canvas, at x: Double, _ y: Double) {
        var left = x + 6
        for view in tile.views {
            canvas.image(view.pixels, width: view.width, height: view.height, at: left, y + 4)
            left += Double(view.width)
        }
        canvas.text(tile.title, x + 6, y + Double(tile.height) + 18, size: 11, color: .faint)
    }
}
