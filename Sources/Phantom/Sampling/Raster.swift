/// A plane of sample points, and the painting of a scene's parts on it.
struct Raster: Sendable {
    /// The first sample's x and y, LPS mm.
    let x0: Float
    let y0: Float
    /// Distance between samples, mm.
    let step: Float
    let columns: Int
    let rows: Int

    /// Paints the parts that cross a height.
    /// - Parameters:
    ///   - z: LPS mm.
    ///   - plane: receives for each sample the index of the part seen there plus one, 0 for air; columns fastest.
    func paint(_ parts: [Scene.Part], z: Float, into plane: UnsafeMutablePointer<UInt16>) {
        plane.initialize(repeating: 0, count: columns * rows)
        withUnsafeTemporaryAllocation(of: Bool.self, capacity: columns) { mask in
            mask.initialize(repeating: false)
            // What each part, counted from one, may cover is asked for every sample: keep it in flat arrays.
            let layers = [Tissue.Layer.air.rawValue] + parts.map(\.tissue.layer.rawValue)
            layers.withUnsafeBufferPointer { layers in
                for (index, part) in parts.enumerated() where part.bounds.low.z <= z && z <= part.bounds.high.z {
                    paint(part, UInt16(index + 1), z, plane, mask.baseAddress!, layers)
                }
            }
        }
    }

    private func paint(
        _ part: Scene.Part, _ number: UInt16, _ z: Float, _ plane: UnsafeMutablePointer<UInt16>,
        _ mask: UnsafeMutablePointer<Bool>, _ layers: UnsafeBufferPointer<UInt16>
    ) {
        let bounds = part.bounds
        let over = part.tissue.over.rawValue
        let firstRow = max(Int(((bounds.low.y - y0) / step).rounded(.up)), 0)
        let lastRow = min(Int(((bounds.high.y - y0) / step).rounded(.down)), rows - 1)
        guard firstRow <= lastRow else { return }
        for row in firstRow...lastRow {
            let samples = SampleRow(x0: x0, step: step, y: y0 + Float(row) * step, z: z, count: columns)
            let range = samples.range(bounds.low.x, bounds.high.x)
            if range.isEmpty { continue }
            part.shape.cover(samples, mask)
            let line = plane + row * columns
            for column in range where mask[column] {
                if layers[Int(line[column])] & over != 0 { line[column] = number }
            }
            (mask + range.lowerBound).update(repeating: false, count: range.count)
        }
    }
}
