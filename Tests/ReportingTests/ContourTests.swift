import Reporting
import Testing

/// Contours as geometry: what any reader will make of them.
@Suite struct ContourTests {
    /// Voxels of rows drawn with `#`.
    private func places(_ rows: [String]) -> (places: [Int], columns: Int) {
        let columns = rows[0].count
        let places = rows.enumerated().flatMap { row, text in
            text.enumerated().compactMap { $1 == "#" ? row * columns + $0 : nil }
        }
        return (places, columns)
    }

    /// The voxels whose centres a polygon holds, by counting crossings of a line to the left (even-odd rule).
    private func inside(_ contour: Contour, columns: Int, rows: Int, offset: Double = 0) -> Set<Int> {
        var result: Set<Int> = []
        for row in 0..<rows {
            for column in 0..<columns {
                let (x, y) = (Double(column) + offset, Double(row) + offset)
                let crossings = zip(contour, contour.dropFirst() + contour.prefix(1)).count { a, b in
                    a.column == b.column && a.column < x && min(a.row, b.row) <= y && y < max(a.row, b.row)
                }
                if crossings % 2 == 1 { result.insert(row * columns + column) }
            }
        }
        return result
    }

    /// Twice the signed area, in voxels; positive clockwise on the page.
    private func area(_ contour: Contour) -> Double {
        zip(contour, contour.dropFirst() + contour.prefix(1)).reduce(0) {
            $0 + ($1.0.column * $1.1.row - $1.1.column * $1.0.row) / 2
        }
    }

    @Test func oneVoxelIsASquareWithinIt() {
        let square = contours(around: [12], columns: 5)
        #expect(square.count == 1)
        let expected = [(1.6, 1.6), (2.4, 1.6), (2.4, 2.4), (1.6, 2.4)].map { SlicePoint(column: $0.0, row: $0.1) }
        #expect(Set(square[0].map(rounded)) == Set(expected.map(rounded)))
        #expect(abs(area(square[0]) - 0.64) < 1e-12)
    }

    private func rounded(_ point: SlicePoint) -> SlicePoint {
        SlicePoint(column: (point.column * 1e6).rounded() / 1e6, row: (point.row * 1e6).rounded() / 1e6)
    }

    @Test func onlyCornersArePoints() {
        let (places, columns) = places(["####", "####", "##.."])
        let outline = contours(around: places, columns: columns)
        #expect(outline.map(\.count) == [6])
    }

    @Test func voxelsThatTouchAtACornerAreApart() {
        let (places, columns) = places(["#.#", ".#.", "#.#"])
        let outlines = contours(around: places, columns: columns)
        #expect(outlines.count == 5)
        #expect(outlines.allSatisfy { abs(area($0) - 0.64) < 1e-12 })
    }

    @Test func aHoleIsJoinedByAKeyhole() {
        let (places, columns) = places(["#####", "#...#", "#.#.#", "#...#", "#####"])
        let outlines = contours(around: places, columns: columns)
        // The ring with its hole, and the island in it.
        #expect(outlines.count == 2)
        let ring = outlines[0]
        // Four corners each, and either end of the channel twice.
        #expect(ring.count == 12)
        #expect(Set(ring).count == 10)
        #expect(abs(area(ring) - (4.8 * 4.8 - 3.2 * 3.2)) < 1e-12)
    }

    @Test func holesThatTouchAtACornerAreOneHole() {
        let (places, columns) = places(["####", "#.##", "##.#", "####"])
        let outlines = contours(around: places, columns: columns)
        #expect(outlines.count == 1)
        #expect(inside(outlines[0], columns: 4, rows: 4) == Set(places))
    }

    /// Random slices from sparse to nearly full: holes within holes, channels, diagonals, borders.
    @Test(arguments: 0..<400)
    func randomVoxelsComeBackExactly(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let columns = Int.random(in: 1...14, using: &generator)
        let rows = Int.random(in: 1...14, using: &generator)
        let density = Double.random(in: 0.1...0.95, using: &generator)
        let places = (0..<columns * rows).filter { _ in Double.random(in: 0..<1, using: &generator) < density }
        let outlines = contours(around: places, columns: columns)
        // Readers disagree about half a voxel at most a fifth of the way: every sample within counts the same voxels.
        for offset in [-0.2, 0, 0.2, 0.39] {
            let filled = outlines.map { inside($0, columns: columns, rows: rows, offset: offset) }
            #expect(filled.reduce(into: Set()) { $0.formUnion($1) } == Set(places))
            #expect(filled.reduce(0) { $0 + $1.count } == places.count, "contours overlap")
        }
        for outline in outlines {
            #expect(area(outline) > 0)
            for (a, b) in zip(outline, outline.dropFirst() + outline.prefix(1)) {
                #expect((a.column == b.column) != (a.row == b.row), "edges run along the grid and are not empty")
            }
        }
    }
}
