import Imaging

/// Where the drawing of a slice goes.
struct SliceTarget {
    let suv: UnsafeMutablePointer<Float>
    let labels: UnsafeMutablePointer<UInt16>
    let structures: UnsafeMutablePointer<UInt8>
}

/// What labels ask of a part, in flat arrays by part number; the first is the air.
struct PartLookup: Sendable {
    let site: [UInt16]
    let structure: [UInt8]
    let isLesion: [Bool]

    init(_ parts: [Scene.Part]) {
        site = [0] + parts.map { UInt16($0.site + 1) }
        structure = [0] + parts.map(\.structure.number)
        isLesion = [false] + parts.map { $0.tissue.layer == .lesion }
    }
}

extension PETScanner {
    /// Draws a slice: SUV blurred in the plane, labels; gives the extents of the sites.
    func draw(_ slice: Int, _ lookup: PartLookup, _ target: SliceTarget) -> [Extent] {
        var extents = [Extent](repeating: Extent(), count: scene.sites.count)
        let fine = geometry.columns * 2
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: fine * 4) { parts in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: fine) { suv in
                for row in rowsOfBody {
                    let sum = target.suv + row * geometry.columns
                    for part in 0..<4 {
                        let samples = sampleRow(slice, row, part)
                        let seen = parts.baseAddress! + part * fine
                        body.read(samples, into: seen)
                        activity.read(samples, seen, into: suv.baseAddress!)
                        for column in 0..<geometry.columns { sum[column] += suv[2 * column] + suv[2 * column + 1] }
                        measure(seen, samples, lookup, &extents)
                    }
                    for column in 0..<geometry.columns { sum[column] *= 0.125 }
                    label(parts.baseAddress!, lookup, row, target)
                }
            }
        }
        GaussianKernel(sigma: acquisition.pointSpreadSigma / Float(geometry.columnSpacing))
            .blurPlane(target.suv, columns: geometry.columns, rows: geometry.rows)
        return extents
    }

    /// Rows that may see the body.
    private var rowsOfBody: Range<Int> {
        let (low, high) = (Double(body.bounds.low.y), Double(body.bounds.high.y))
        let origin = geometry.sliceOrigins[0].y
        let first = max(Int((low - origin) / geometry.rowSpacing), 0)
        let last = min(Int((high - origin) / geometry.rowSpacing) + 1, geometry.rows)
        return first..<max(first, last)
    }

    /// One of the four rows of fine samples of a row of voxels: two rows in each of two planes.
    private func sampleRow(_ slice: Int, _ row: Int, _ part: Int) -> SampleRow {
        let origin = geometry.sliceOrigins[slice]
        let (step, deep) = (Float(geometry.columnSpacing) / 2, Float(acquisition.sliceSpacing) / 2)
        return SampleRow(
            x0: Float(origin.x) - step / 2, step: step,
            y: Float(origin.y) + (Float(row * 2 + part % 2) - 0.5) * step,
            z: Float(origin.z) + (Float(part / 2) - 0.5) * deep, count: geometry.columns * 2)
    }

    private func measure(
        _ seen: UnsafePointer<UInt16>, _ row: SampleRow, _ lookup: PartLookup, _ extents: inout [Extent]
    ) {
        for column in 0..<row.count where seen[column] != 0 {
            let site = Int(lookup.site[Int(seen[column])]) - 1
            extents[site].count += 1
            extents[site].sum += SIMD3(Double(row.x0 + Float(column) * row.step), Double(row.y), Double(row.z))
        }
    }

    /// Site and structure of each voxel: a lesion where it has at least two of the eight samples, else what has most.
    private func label(
        _ parts: UnsafePointer<UInt16>, _ lookup: PartLookup, _ row: Int, _ target: SliceTarget
    ) {
        let fine = geometry.columns * 2
        for column in 0..<geometry.columns {
            var votes = SIMD8<UInt16>.zero
            for corner in 0..<8 { votes[corner] = parts[(corner >> 1) * fine + column * 2 + corner & 1] }
            let winner = winner(votes, lookup)
            target.labels[row * geometry.columns + column] = lookup.site[Int(winner)]
            target.structures[row * geometry.columns + column] = lookup.structure[Int(winner)]
        }
    }

    private func winner(_ votes: SIMD8<UInt16>, _ lookup: PartLookup) -> UInt16 {
        if all(votes .== votes[0]) { return votes[0] }
        var lesion: (part: UInt16, votes: Int) = (0, 0)
        var sites = SIMD8<UInt16>.zero
        for corner in 0..<8 {
            sites[corner] = lookup.site[Int(votes[corner])]
            if lookup.isLesion[Int(votes[corner])] { lesion = (votes[corner], lesion.votes + 1) }
        }
        if lesion.votes >= 2 { return lesion.part }
        var best: (corner: Int, count: Int) = (0, 0)
        for corner in 0..<8 {
            let count = (0..<8).count { sites[$0] == sites[corner] }
            if count > best.count { best = (corner, count) }
        }
        return votes[best.corner]
    }
}
