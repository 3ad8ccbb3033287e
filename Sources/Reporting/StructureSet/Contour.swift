/// A point in a slice: fractional column and row, whole numbers at voxel centres.
package struct SlicePoint: Sendable, Hashable {
    package var column: Double
    package var row: Double

    package init(column: Double, row: Double) {
        self.column = column
        self.row = row
    }
}

/// A closed polygon of a slice that runs around voxels along their edges; its last point joins the first.
package typealias Contour = [SlicePoint]

/// The contours of a set of voxels in one slice.
///
/// Each contour goes along the outer edges of voxels that share an edge, drawn in by `inset` of a voxel; voxels that
/// touch at a corner only get contours of their own. A hole is joined to the contour around it by a keyhole, a channel
/// of no width (PS3.3 section C.8.8.6.3). Only corners are points.
///
/// Readers differ in whether a voxel whose centre, or whose edge, meets a contour is inside. The inset keeps every edge
/// away from centres and from the voxel's own border, so that all of them count the same voxels.
///
/// - Parameters:
///   - places: Row × `columns` + column of every voxel, in any order.
///   - columns: Voxels in a row.
///   - inset: How far contours are drawn in, as a fraction of a voxel, above 0 and below 0.25.
/// - Returns: Contours ascending by the place of their first voxel.
package func contours(around places: [Int], columns: Int, inset: Double = 0.1) -> [Contour] {
    let loops = boundaryLoops(of: places, columns: columns).map { loop in Loop(corners: loop, inset: inset) }
    var outlines = loops.filter { !$0.isHole }.map(\.points)
    // From left to right, so that the edge met on the left of a hole belongs to what is joined already.
    for hole in loops.filter(\.isHole).sorted(by: { ($0.left, $0.top) < ($1.left, $1.top) }) {
        join(hole.points, to: &outlines)
    }
    return outlines
}

/// A closed boundary with the voxels on its right hand (rows run down the page), drawn into them.
private struct Loop {
    let points: Contour
    let isHole: Bool

    /// - Parameter corners: Corners of voxels, at whole numbers: corner (c, r) is the upper left one of voxel (c, r).
    init(corners: [GridCorner], inset: Double) {
        let count = corners.count
        var doubledArea = 0
        points = corners.indices.map { index in
            let here = corners[index]
            let before = corners[(index + count - 1) % count]
            let after = corners[(index + 1) % count]
            doubledArea += here.column * after.row - after.column * here.row
            let (arriving, leaving) = (before.direction(to: here), here.direction(to: after))
            // The voxels lie to the right of either edge: (dx, dy) turned clockwise on the page is (-dy, dx).
            return SlicePoint(
                column: Double(here.column) - 0.5 - inset * Double(arriving.row + leaving.row),
                row: Double(here.row) - 0.5 + inset * Double(arriving.column + leaving.column))
        }
        isHole = doubledArea < 0
    }

    var left: Double { points.map(\.column).min()! }
    var top: Double { points.map(\.row).min()! }
}

/// Joins a hole to the outline around it by a channel of no width, leftwards from the hole's left edge.
private func join(_ hole: Contour, to outlines: inout [Contour]) {
    let left = hole.map(\.column).min()!
    let start = hole.indices.first { hole[$0].column == left && hole[($0 + 1) % hole.count].column == left }!
    let next = (start + 1) % hole.count
    // A quarter of a voxel below the centre of the row of the edge's upper end: no corner lies at that height.
    let row = (min(hole[start].row, hole[next].row) + 0.5).rounded() + 0.25
    let onHole = SlicePoint(column: left, row: row)
    let around = hole[next...] + hole[..<next]

    var nearest: (outline: Int, edge: Int, column: Double)?
    for (index, outline) in outlines.enumerated() {
        for edge in outline.indices {
            let (a, b) = (outline[edge], outline[(edge + 1) % outline.count])
            guard a.column == b.column, a.column < left, min(a.row, b.row) < row, row < max(a.row, b.row),
                a.column > nearest?.column ?? -.infinity
            else { continue }
            nearest = (index, edge, a.column)
        }
    }
    guard let nearest else { preconditionFailure("a hole lies within an outline") }
    let onOutline = SlicePoint(column: nearest.column, row: row)
    outlines[nearest.outline].insert(
        contentsOf: [onOutline, onHole] + around + [onHole, onOutline], at: nearest.edge + 1)
}
