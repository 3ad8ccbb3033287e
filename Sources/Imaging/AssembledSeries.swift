import DICOM

/// A series with its rescaled pixel values in the order of its geometry.
public struct AssembledSeries: Sendable {
    /// The series.
    public let series: ImageSeries
    /// Stored value × Rescale Slope + Rescale Intercept of its own slice: column fastest, then row, then slice.
    public let values: [Float]
    /// What was passed over, in plain sentences.
    public let warnings: [String]

    /// Assembles the images of one series, given in any order.
    ///
    /// Identical copies of an image are dropped; different images at one position are refused, as is whatever
    /// `ImageSeries.init(headers:)` refuses. Pixel data are read one image at a time.
    public init(instances: [StudyInstance]) throws(Refusal) {
        let order = try SliceOrder(headers: instances.map(\.header))
        let sliceCount = order.geometry.rows * order.geometry.columns
        // Kept out of the closure, which cannot throw a typed error.
        var refusal: Refusal?
        var dropped = 0
        values = [Float](unsafeUninitializedCapacity: order.geometry.count) { buffer, initialized in
            buffer.initialize(repeating: 0)
            initialized = buffer.count
            for (slice, group) in order.groups.enumerated() where refusal == nil {
                let target = UnsafeMutableBufferPointer(rebasing: buffer[slice * sliceCount..<(slice + 1) * sliceCount])
                do throws(Refusal) {
                    dropped += try Self.read(group.map { instances[$0] }, into: target)
                } catch {
                    refusal = error
                }
            }
        }
        if let refusal { throw refusal }
        series = ImageSeries(geometry: order.geometry, headers: order.groups.map { instances[$0[0]].header })
        warnings = dropped == 0 ? [] : ["\(dropped) duplicate image(s) of the series were dropped."]
    }

    /// Assembles the data sets of one series, with pixel data, given in any order.
    public init(dataSets: [DataSet]) throws(Refusal) {
        try self.init(instances: dataSets.map(StudyInstance.init(dataSet:)))
    }

    /// Reads the image at one position; its copies must be the same.
    /// - Returns: how many copies there were.
    private static func read(
        _ copies: [StudyInstance], into target: UnsafeMutableBufferPointer<Float>
    ) throws(Refusal) -> Int {
        let whole = try copies[0].load()
        let matrix = try PixelMatrix(copies[0].header)
        let pixels = whole.bytes(.pixelData)
        try matrix.rescale(pixels, into: target)
        for copy in copies.dropFirst() {
            let other = try PixelMatrix(copy.header)
            guard try copy.load().bytes(.pixelData) == pixels, other.slope == matrix.slope,
                other.intercept == matrix.intercept
            else {
                let place = copy.header.numbers(.imagePositionPatient).map(decimalString).joined(separator: ", ")
                throw Refusal(.conflictingSlices, "Two different images lie at one position (\(place)).")
            }
        }
        return copies.count - 1
    }

    /// The values as Hounsfield units; below −1024, where scanners pad, they are raised to it.
    public var hounsfieldVolume: Volume<HounsfieldUnits> {
        var voxels = values
        voxels.withUnsafeMutableBufferPointer { buffer in
            for index in buffer.indices where buffer[index] < -1024 { buffer[index] = -1024 }
        }
        return Volume(geometry: series.geometry, voxels: voxels)
    }

    /// The values as SUVbw.
    public func suvVolume(_ conversion: SUVConversion) -> Volume<SUVbw> {
        var voxels = values
        let sliceCount = series.geometry.rows * series.geometry.columns
        precondition(conversion.sliceFactors.count == series.geometry.slices, "a factor for each slice")
        voxels.withUnsafeMutableBufferPointer { buffer in
            for (slice, factor) in conversion.sliceFactors.enumerated() {
                for index in slice * sliceCount..<(slice + 1) * sliceCount {
                    buffer[index] = Float(Double(buffer[index]) * factor)
                }
            }
        }
        return Volume(geometry: series.geometry, voxels: voxels)
    }
}
