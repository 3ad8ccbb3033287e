import DICOM
import Foundation
import OtherPrograms
import Testing

/// Images that other programs compressed: their pixels are those from before.
@Suite struct CompressedPixelTests {
    /// An image's shape, and how its samples lie in memory.
    struct Shape: Sendable, CustomTestStringConvertible {
        var columns = 67
        var rows = 45
        var frames = 1
        var samples = 1
        var allocated = 16
        var stored = 16
        var isSigned = false

        var testDescription: String {
            "\(columns)x\(rows)x\(frames), \(samples) of \(stored) in \(allocated) bits\(isSigned ? ", signed" : "")"
        }

        var count: Int { columns * rows * frames * samples }
    }

    /// How it is compressed.
    enum Coding: String, Sendable, CaseIterable {
        case jpegLossless = "dcmcjpeg"
        case jpegLS = "dcmcjpls"
        case rle = "dcmcrle"
        case jpeg2000 = "compress_jpeg2000.py"

        func compress(_ plain: String, to packed: String) throws {
            let program =
                self == .jpeg2000
                ? try Program.judge(rawValue, [plain, packed]) : try Program(rawValue, [plain, packed])
            try #require(program.status == 0, "\(program.output)")
        }
    }

    /// A ramp with a wave on it, through the whole range of the samples.
    private func image(_ shape: Shape) -> DataSet {
        var data = DataSet()
        data.set(.sopClassUID, UID.secondaryCaptureImageStorage)
        data.set(.sopInstanceUID, UID.derived(from: ["compressed", shape.testDescription]))
        data.set(.samplesPerPixel, shape.samples)
        data.set(.photometricInterpretation, shape.samples == 3 ? "RGB" : "MONOCHROME2")
        if shape.samples == 3 { data.set(.planarConfiguration, 0) }
        if shape.frames > 1 { data.set(.numberOfFrames, shape.frames) }
        data.set(.rows, shape.rows)
        data.set(.columns, shape.columns)
        data.set(.bitsAllocated, shape.allocated)
        data.set(.bitsStored, shape.stored)
        data.set(.highBit, shape.stored - 1)
        data.set(.pixelRepresentation, shape.isSigned ? 1 : 0)
        let range = 1 << shape.stored
        let samples = (0..<shape.count).map { index -> Int in
            let wave = Int(90 * sin(Double(index) / 7)) + index * range / shape.count
            let value = min(max(wave, 0), range - 1)
            return shape.isSigned ? value - range / 2 : value
        }
        let bytes = samples.flatMap { value in
            (0..<shape.allocated / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        data.setBytes(.pixelData, bytes.count.isMultiple(of: 2) ? bytes : bytes + [0])
        return data
    }

    /// - Returns: the pixels before and after.
    private func roundTrip(_ shape: Shape, _ compress: (String, String) throws -> Void) throws -> (DataSet, DataSet) {
        let folder = try TemporaryFolder()
        let (plain, packed) = (folder.path + "/plain.dcm", folder.path + "/packed.dcm")
        try image(shape).write(to: plain)
        try compress(plain, packed)
        let data = try Data(contentsOf: URL(fileURLWithPath: packed))
        #expect(data != (try Data(contentsOf: URL(fileURLWithPath: plain))))
        return (try DICOMFile(path: plain).dataSet, try DICOMFile(path: packed).dataSet)
    }

    static let grey = [
        Shape(), Shape(isSigned: true), Shape(allocated: 16, stored: 12),
        Shape(columns: 512, rows: 512, isSigned: true),
        Shape(frames: 3), Shape(allocated: 8, stored: 8),
    ]

    @Test(arguments: Coding.allCases, grey)
    func greyIsAsItWas(_ coding: Coding, _ shape: Shape) throws {
        let (before, after) = try roundTrip(shape) { try coding.compress($0, to: $1) }
        #expect(after.bytes(.pixelData) == before.bytes(.pixelData))
    }

    @Test(arguments: [Shape(stored: 12, isSigned: true)])
    func signedSamplesOfFewerBits(_ shape: Shape) throws {
        let (before, after) = try roundTrip(shape) { try Coding.jpeg2000.compress($0, to: $1) }
        // Above High Bit whatever the codec leaves there counts for nothing.
        func values(_ data: DataSet) -> [UInt8]? {
            data.bytes(.pixelData)?.enumerated().map { $0.offset % 2 == 1 ? $0.element & 0x0f : $0.element }
        }
        #expect(values(after) == values(before))
    }

    @Test func colourIsAsItWas() throws {
        let shape = Shape(frames: 2, samples: 3, allocated: 8, stored: 8)
        let (before, after) = try roundTrip(shape) { try Coding.jpeg2000.compress($0, to: $1) }
        #expect(after.bytes(.pixelData) == before.bytes(.pixelData))
        #expect(after.string(.photometricInterpretation) == "RGB")
    }

    @Test func lossyIsNearly() throws {
        let (before, after) = try roundTrip(Shape(columns: 128, rows: 128)) {
            let program = try Program.judge("compress_jpeg2000.py", [$0, $1, "70"])
            try #require(program.status == 0, "\(program.output)")
        }
        func values(_ data: DataSet) throws -> [Int] {
            let bytes = try #require(data.bytes(.pixelData))
            return stride(from: 0, to: bytes.count, by: 2).map { Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8 }
        }
        let errors = zip(try values(before), try values(after)).map { Double($0 - $1) }
        let squares: Double = errors.reduce(0) { $0 + $1 * $1 }
        let deviation = (squares / Double(errors.count)).squareRoot()
        // 70 dB below the range of 16 bits.
        #expect(deviation > 0 && deviation < 65_535 * pow(10, -3.5) * 1.5)
    }

    // MARK: What does not fit

    /// The codestream is damaged or of another image than the data set says.
    @Test func whatDoesNotFitIsRefused() throws {
        let folder = try TemporaryFolder()
        let (plain, packed) = (folder.path + "/plain.dcm", folder.path + "/packed.dcm")
        try image(Shape()).write(to: plain)
        try Coding.jpeg2000.compress(plain, to: packed)
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: packed)))
        func refusal(_ change: (inout [UInt8]) -> Void) throws -> String {
            var changed = bytes
            change(&changed)
            let path = folder.path + "/changed.dcm"
            try Data(changed).write(to: URL(fileURLWithPath: path))
            do throws(DICOMError) {
                _ = try DICOMFile(path: path)
                return "read"
            } catch { return error.description }
        }
        func place(_ pattern: [UInt8]) throws -> Int {
            try #require(bytes.indices.dropLast(pattern.count).first { bytes[$0...].starts(with: pattern) })
        }
        let columns = try place([0x28, 0, 0x11, 0, UInt8(ascii: "U"), UInt8(ascii: "S"), 2, 0]) + 8
        #expect(try refusal { $0[columns] = 68 }.contains("other rows or columns"))
        let allocated = try place([0x28, 0, 0, 1, UInt8(ascii: "U"), UInt8(ascii: "S"), 2, 0]) + 8
        #expect(try refusal { $0[allocated] = 8 }.contains("more bits than are allocated"))
        let codestream = try place([0xff, 0x4f, 0xff, 0x51])
        #expect(try refusal { $0[codestream + 1] = 0 }.contains("not a JPEG 2000 codestream"))
        #expect(
            try refusal { $0[codestream + 8..<codestream + 16] = [255, 255, 255, 255, 255, 255, 255, 255] } != "read")
        // XTsiz: two tiles where one comes. Psot: more than there is.
        #expect(
            try refusal { $0.replaceSubrange(codestream + 24..<codestream + 28, with: [0, 0, 0, 40]) }.contains(
                "lacks tiles"))
        #expect(
            try refusal { $0.replaceSubrange(codestream + 24..<codestream + 32, with: [0, 0, 0, 1, 0, 0, 0, 1]) }
                != "read")
        let part = try place([0xff, 0x90, 0, 10])
        #expect(try refusal { $0[part + 7] = 1 }.contains("cut short"))
        let end = try #require(bytes.lastIndex(of: 0xd9))
        #expect(
            try refusal { $0.replaceSubrange(end - 1...end, with: [0, 0]) } == "read", "an end marker is made up for")
        let tile = try place([0xff, 0x93])
        #expect(try refusal { for index in tile + 2..<bytes.count - 16 { $0[index] = 0xff } } != "read")
    }
}
