import DICOM

/// How the stored values of an image are laid out in Pixel Data, and what they mean (PS3.3 sections C.7.6.3, C.11.1).
struct PixelMatrix {
    private let count: Int
    private let bitsAllocated: Int
    private let bitsStored: Int
    private let highBit: Int
    private let isSigned: Bool
    /// Rescaled value = stored value × slope + intercept.
    let slope: Double
    let intercept: Double

    init(_ header: DataSet) throws(Refusal) {
        guard let rows = header.integer(.rows), let columns = header.integer(.columns) else {
            throw Refusal(.notAnImage, "An instance of the series has no rows and columns of pixels.")
        }
        count = rows * columns
        let allocated = header.integer(.bitsAllocated) ?? 16
        bitsAllocated = allocated
        bitsStored = header.integer(.bitsStored) ?? allocated
        highBit = header.integer(.highBit) ?? bitsStored - 1
        isSigned = header.integer(.pixelRepresentation) == 1
        guard [8, 16, 32].contains(allocated), (1...allocated).contains(bitsStored), highBit < allocated,
            highBit >= bitsStored - 1, (header.integer(.samplesPerPixel) ?? 1) == 1
        else {
            throw Refusal(
                .unsupportedPixels,
                "The pixels are not single values of 8, 16 or 32 bits (\(allocated) bits allocated, \(bitsStored) "
                    + "stored, \(header.integer(.samplesPerPixel) ?? 1) samples).")
        }
        guard let slope = header.number(.rescaleSlope), slope != 0, let intercept = header.number(.rescaleIntercept)
        else { throw Refusal(.noRescale, "An image has no Rescale Slope and Rescale Intercept.") }
        self.slope = slope
        self.intercept = intercept
    }

    /// Writes the rescaled values of one image to `target`: column fastest, then row.
    func rescale(_ pixelData: [UInt8]?, into target: UnsafeMutableBufferPointer<Float>) throws(Refusal) {
        let needed = count * bitsAllocated / 8
        guard let pixelData, pixelData.count >= needed, target.count == count else {
            throw Refusal(
                .unsupportedPixels,
                "The pixel data of an image are cut short: \(pixelData?.count ?? 0) of \(needed) bytes.")
        }
        pixelData.withUnsafeBytes { bytes in
            switch (bitsAllocated, isSigned) {
            case (8, false): convert(bytes, as: UInt8.self, into: target)
            case (8, true): convert(bytes, as: Int8.self, into: target)
            case (16, false): convert(bytes, as: UInt16.self, into: target)
            case (16, true): convert(bytes, as: Int16.self, into: target)
            case (_, false): convert(bytes, as: UInt32.self, into: target)
            case (_, true): convert(bytes, as: Int32.self, into: target)
            }
        }
    }

    @inline(__always)
    private func convert<Stored: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, as type: Stored.Type, into target: UnsafeMutableBufferPointer<Float>
    ) {
        // Bits outside Bits Stored may hold anything (old overlays): shift them out, which also extends the sign.
        let left = Stored(truncatingIfNeeded: Stored.bitWidth - 1 - highBit)
        let right = Stored(truncatingIfNeeded: Stored.bitWidth - bitsStored)
        let width = MemoryLayout<Stored>.size
        for index in 0..<count {
            let word = bytes.loadUnaligned(fromByteOffset: index * width, as: Stored.self)
            target[index] = Float(Double((Stored(littleEndian: word) &<< left) &>> right) * slope + intercept)
        }
    }
}
