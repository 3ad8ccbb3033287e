import Imaging

/// PET and CT averaged over blocks of about 8 mm: coarse enough to search organs in, fine enough to find them.
struct BlockGrid {
    /// Voxels of the PET grid per block along column, row and slice.
    let factors: (i: Int, j: Int, k: Int)
    let columns: Int
    let rows: Int
    let slices: Int
    /// Mean SUVbw of each block.
    let suv: [Float]
    /// Mean CT number of each block; NaN where the CT does not reach.
    let hu: [Float]
    /// Share of each block inside the body.
    let inside: [Float]
    /// Block centres (LPS millimetres).
    let centres: [PatientPoint]
    /// Volume of a block in millilitres.
    let blockMl: Double

    init(pet: Volume<SUVbw>, ct: Volume<HounsfieldUnits>?, body: BodyMask) {
        let geometry = pet.geometry
        func factor(_ spacing: Double) -> Int { max(1, Int((8 / spacing).rounded())) }
        let f = (i: factor(geometry.columnSpacing), j: factor(geometry.rowSpacing), k: factor(geometry.sliceSpacing))
        factors = f
        columns = max(geometry.columns / f.i, 1)
        rows = max(geometry.rows / f.j, 1)
        slices = max(geometry.slices / f.k, 1)
        let count = columns * rows * slices
        var suv = [Float](repeating: 0, count: count)
        var hu = suv
        var inside = suv
        var centres: [PatientPoint] = []
        centres.reserveCapacity(count)
        let columns = columns
        let rows = rows
        for block in 0..<count {
            let corner = (block % columns * f.i, block / columns % rows * f.j, block / (columns * rows) * f.k)
            var voxels: Float = 0
            for k in corner.2..<min(corner.2 + f.k, geometry.slices) {
                for j in corner.1..<min(corner.1 + f.j, geometry.rows) {
                    for i in corner.0..<min(corner.0 + f.i, geometry.columns) {
                        let voxel = geometry.index(i, j, k)
                        voxels += 1
                        suv[block] += pet.voxels[voxel]
                        hu[block] += ct?.voxels[voxel] ?? .nan
                        inside[block] += body.isInside[voxel] ? 1 : 0
                    }
                }
            }
            suv[block] /= voxels
            hu[block] /= voxels
            inside[block] /= voxels
            let middle = min(corner.2 + (f.k - 1) / 2, geometry.slices - 1)
            centres.append(
                geometry.point(
                    Double(corner.0) + Double(f.i - 1) / 2, Double(corner.1) + Double(f.j - 1) / 2, slice: middle))
        }
        self.suv = suv
        self.hu = hu
        self.inside = inside
        self.centres = centres
        blockMl =
            geometry.columnSpacing * Double(f.i) * geometry.rowSpacing * Double(f.j) * geometry.sliceSpacing
            * Double(f.k) / 1000
    }

    /// Mean and coefficient of variation of SUV over a block and its 26 neighbours; nil at the border.
    func neighbourhood(_ block: Int) -> (mean: Float, variation: Float)? {
        let i = block % columns
        let j = block / columns % rows
        let k = block / (columns * rows)
        guard i > 0, j > 0, k > 0, i < columns - 1, j < rows - 1, k < slices - 1 else { return nil }
        var sum: Float = 0
        var squares: Float = 0
        for dk in -1...1 {
            for dj in -1...1 {
                for di in -1...1 {
                    let value = suv[block + (dk * rows + dj) * columns + di]
                    sum += value
                    squares += value * value
                }
            }
        }
        let mean = sum / 27
        guard mean > 0 else { return nil }
        return (mean, max(squares / 27 - mean * mean, 0).squareRoot() / mean)
    }

    /// The components of the blocks that satisfy a condition.
    func components(where isMember: (Int) -> Bool) -> ConnectedComponents {
        ConnectedComponents(
            columns: columns, rows: rows, slices: slices, isMember: suv.indices.map(isMember))
    }

    /// For each block of a set, how many layers of the set lie around it (0 outside the set).
    func depths(of isMember: [Bool]) -> [Int] {
        var depth = isMember.map { $0 ? 1 : 0 }
        var layer = 1
        var grew = true
        while grew {
            grew = false
            for block in depth.indices where depth[block] == layer {
                let i = block % columns
                let j = block / columns % rows
                let k = block / (columns * rows)
                guard i > 0, j > 0, k > 0, i < columns - 1, j < rows - 1, k < slices - 1 else { continue }
                let neighbours = [1, -1, columns, -columns, columns * rows, -columns * rows]
                if neighbours.allSatisfy({ depth[block + $0] >= layer }) {
                    depth[block] = layer + 1
                    grew = true
                }
            }
            layer += 1
        }
        return depth
    }
}
