import Imaging

/// PET and CT averaged over blocks of about 8 mm: coarse enough to search organs in, fine enough to find them.
package struct BlockGrid {
    private let geometry: VolumeGeometry
    /// Voxels of the PET grid per block along column, row and slice.
    package let factors: (i: Int, j: Int, k: Int)
    package let columns: Int
    package let rows: Int
    package let slices: Int
    /// Mean SUVbw of each block.
    package let suv: [Float]
    /// Mean CT number of each block; NaN where the CT does not reach.
    package let hu: [Float]
    /// Share of each block inside the body.
    package let inside: [Float]
    /// Block centres (LPS millimetres).
    package let centres: [PatientPoint]
    /// Volume of a block in millilitres.
    package let blockMl: Double

    package init(pet: Volume<SUVbw>, ct: Volume<HounsfieldUnits>?, body: BodyMask) {
        let geometry = pet.geometry
        func factor(_ spacing: Double) -> Int { max(1, Int((8 / spacing).rounded())) }
        let f = (i: factor(geometry.columnSpacing), j: factor(geometry.rowSpacing), k: factor(geometry.sliceSpacing))
        factors = f
        self.geometry = geometry
        columns = max(geometry.columns / f.i, 1)
        rows = max(geometry.rows / f.j, 1)
        slices = max(geometry.slices / f.k, 1)
        let count = columns * rows * slices
        var suv = [Float](repeating: 0, count: count)
        var hu = suv
        var inside = suv
        var centres: [PatientPoint] = []
        centres.reserveCapacity(count)
        for block in 0..<count {
            let box = Self.box(block, f, columns, rows, geometry)
            for k in box.k {
                for j in box.j {
                    for i in box.i {
                        let voxel = geometry.index(i, j, k)
                        suv[block] += pet.voxels[voxel]
                        hu[block] += ct?.voxels[voxel] ?? .nan
                        inside[block] += body.isInside[voxel] ? 1 : 0
                    }
                }
            }
            let voxels = Float(box.i.count * box.j.count * box.k.count)
            suv[block] /= voxels
            hu[block] /= voxels
            inside[block] /= voxels
            centres.append(
                geometry.point(
                    Double(box.i.lowerBound + box.i.upperBound - 1) / 2,
                    Double(box.j.lowerBound + box.j.upperBound - 1) / 2,
                    slice: (box.k.lowerBound + box.k.upperBound - 1) / 2))
        }
        self.suv = suv
        self.hu = hu
        self.inside = inside
        self.centres = centres
        blockMl =
            geometry.columnSpacing * Double(f.i) * geometry.rowSpacing * Double(f.j) * geometry.sliceSpacing
            * Double(f.k) / 1000
    }

    /// The voxels of a block, smaller than others where the volume is smaller than a block.
    private static func box(
        _ block: Int, _ factors: (i: Int, j: Int, k: Int), _ columns: Int, _ rows: Int, _ geometry: VolumeGeometry
    ) -> (i: Range<Int>, j: Range<Int>, k: Range<Int>) {
        func range(_ place: Int, _ factor: Int, _ count: Int) -> Range<Int> {
            place * factor..<min((place + 1) * factor, count)
        }
        return (
            range(block % columns, factors.i, geometry.columns),
            range(block / columns % rows, factors.j, geometry.rows),
            range(block / (columns * rows), factors.k, geometry.slices)
        )
    }

    /// The voxels of a block: their places in the PET's linear array.
    package func voxels(ofBlock block: Int) -> [Int] {
        let box = Self.box(block, factors, columns, rows, geometry)
        return box.k.flatMap { k in box.j.flatMap { j in box.i.map { geometry.index($0, j, k) } } }
    }

    /// Mean and coefficient of variation of SUV over a block and its 26 neighbours; nil at the border.
    package func neighbourhood(_ block: Int) -> (mean: Float, variation: Float)? {
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
    package func components(where isMember: (Int) -> Bool) -> ConnectedComponents {
        ConnectedComponents(
            columns: columns, rows: rows, slices: slices, isMember: suv.indices.map(isMember))
    }

    /// For each block of a set, how many layers of the set lie around it (0 outside the set).
    package func depths(of isMember: [Bool]) -> [Int] {
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
