/// A corner of the voxel grid; (c, r) is the upper left corner of voxel (c, r).
struct GridCorner: Hashable {
    var column: Int
    var row: Int

    /// The unit step towards another corner in the same row or column.
    func direction(to other: GridCorner) -> GridCorner {
        GridCorner(column: (other.column - column).signum(), row: (other.row - row).signum())
    }

    func stepping(_ direction: GridCorner) -> GridCorner {
        GridCorner(column: column + direction.column, row: row + direction.row)
    }
}

/// The closed boundaries of a set of voxels, along their edges, voxels always on the right hand (rows run down).
///
/// Where two voxels touch at a corner only, the walk keeps to the voxel it is at; so outlines never pass through a
/// corner twice, while the space that meets there from two sides is one.
///
/// - Returns: The corners at which each boundary turns; outer ones and those of holes, ascending by the first voxel.
func boundaryLoops(of places: [Int], columns: Int) -> [[GridCorner]] {
    let inside = Set(places)
    func contains(_ column: Int, _ row: Int) -> Bool {
        column >= 0 && column < columns && inside.contains(row * columns + column)
    }
    // Every boundary has an edge along the top of a voxel; a walk begins at each that no walk has passed.
    var passed: Set<GridCorner> = []
    var loops: [[GridCorner]] = []
    for place in places.sorted() {
        let start = GridCorner(column: place % columns, row: place / columns)
        guard !contains(start.column, start.row - 1), !passed.contains(start) else { continue }
        loops.append(walk(from: start, contains: contains) { passed.insert($0) })
    }
    return loops
}

/// Walks one boundary, beginning eastwards along the top of the voxel at `start`.
private func walk(
    from start: GridCorner, contains: (Int, Int) -> Bool, passTop: (GridCorner) -> Void
) -> [GridCorner] {
    let east = GridCorner(column: 1, row: 0)
    var corner = start
    var direction = east
    var turns: [GridCorner] = []
    repeat {
        if direction == east { passTop(corner) }
        corner = corner.stepping(direction)
        let turned = nextDirection(at: corner, arriving: direction, contains: contains)
        if turned != direction { turns.append(corner) }
        direction = turned
    } while corner != start || direction != east
    return turns
}

/// Right at the end of the voxel at hand, straight on along the next one, left where one stands in the way.
private func nextDirection(
    at corner: GridCorner, arriving direction: GridCorner, contains: (Int, Int) -> Bool
) -> GridCorner {
    let right = GridCorner(column: -direction.row, row: direction.column)
    // The voxels ahead to the right and to the left, by the corner that is nearest to the grid's origin.
    func voxel(_ side: GridCorner) -> (Int, Int) {
        (corner.column + min(direction.column + side.column, 0), corner.row + min(direction.row + side.row, 0))
    }
    let left = GridCorner(column: -right.column, row: -right.row)
    let aheadRight = voxel(right)
    guard contains(aheadRight.0, aheadRight.1) else { return right }
    let aheadLeft = voxel(left)
    return contains(aheadLeft.0, aheadLeft.1) ? left : direction
}
