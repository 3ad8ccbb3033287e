/// Finds room for the numbers of lesions beside their outlines.
struct LabelPlacement {
    /// A part of the page.
    private struct Box {
        let x, y: ClosedRange<Double>

        func overlaps(_ other: Box) -> Bool { x.overlaps(other.x) && y.overlaps(other.y) }
    }

    /// The picture in which labels must lie.
    private let picture: Box
    private var outlines: [Box] = []
    private var labels: [Box] = []

    init(left: Double, top: Double, right: Double, bottom: Double) {
        picture = Box(x: left...right, y: top...bottom)
    }

    /// Keeps labels off an outline as long as there is room elsewhere.
    mutating func avoid(_ paths: [[(x: Double, y: Double)]]) { outlines.append(Self.bounds(of: paths)) }

    /// The start of the baseline of a label beside an outline: to its right, left, above or below, nearest first; off
    /// the other outlines if that can be, and never upon another label.
    /// - Returns: nil where all places are taken; the table still lists the lesion.
    mutating func place(
        beside paths: [[(x: Double, y: Double)]], width: Double, height: Double = 12
    ) -> (x: Double, y: Double)? {
        let candidates = Self.candidates(beside: Self.bounds(of: paths), width: width, height: height).filter { place in
            let box = Self.label(at: place, width, height)
            return box.x.lowerBound > picture.x.lowerBound && box.x.upperBound < picture.x.upperBound
                && box.y.lowerBound > picture.y.lowerBound && box.y.upperBound < picture.y.upperBound
                && !labels.contains { $0.overlaps(box) }
        }
        let free = candidates.first { place in
            let box = Self.label(at: place, width, height)
            return !outlines.contains { $0.overlaps(box) }
        }
        guard let chosen = free ?? candidates.first else { return nil }
        labels.append(Self.label(at: chosen, width, height))
        return chosen
    }

    private static func candidates(beside box: Box, width: Double, height: Double) -> [(x: Double, y: Double)] {
        let (x, y) = (box.x, box.y)
        let middle = (
            x: (x.lowerBound + x.upperBound - width) / 2, y: (y.lowerBound + y.upperBound + height) / 2
        )
        return stride(from: 4.0, through: 40, by: 9).flatMap { distance in
            let (before, after) = (x.lowerBound - distance - width, x.upperBound + distance)
            let (above, below) = (y.lowerBound - distance, y.upperBound + distance + height)
            return [
                (after, middle.y), (before, middle.y), (middle.x, above), (middle.x, below), (after, y.lowerBound),
                (before, y.lowerBound), (after, y.upperBound + height), (before, y.upperBound + height),
            ]
        }
    }

    private static func label(at place: (x: Double, y: Double), _ width: Double, _ height: Double) -> Box {
        Box(x: place.x - 2...place.x + width + 2, y: place.y - height - 1...place.y + 2)
    }

    private static func bounds(of paths: [[(x: Double, y: Double)]]) -> Box {
        let points = paths.joined()
        let (xs, ys) = (points.map(\.x), points.map(\.y))
        return Box(x: xs.min()!...xs.max()!, y: ys.min()!...ys.max()!)
    }
}
