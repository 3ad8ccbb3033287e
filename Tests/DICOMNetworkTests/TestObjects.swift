import DICOM
import Foundation

/// A folder of its own for each test, removed with the value's last owner.
final class Folder: Sendable {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "uptake-network-" + UUID().uuidString
        try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
    var contents: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? [] }
}

/// A small CT-like image; `number` makes it unlike its neighbours.
func testImage(
    _ number: Int, sopClass: UID = .ctImageStorage, columns: Int = 32, rows: Int = 32
) -> DataSet {
    var data = DataSet()
    data.set(.sopClassUID, sopClass)
    data.set(.sopInstanceUID, UID.derived(from: ["network test", "\(number)"]))
    data.set(.studyInstanceUID, UID.derived(from: ["network test", "study"]))
    data.set(.seriesInstanceUID, UID.derived(from: ["network test", "series"]))
    data.set(.modality, "CT")
    data.set(.patientID, "TEST-\(number)")
    data.set(.patientName, "Test^Network")
    data.set(.samplesPerPixel, 1)
    data.set(.photometricInterpretation, "MONOCHROME2")
    data.set(.rows, rows)
    data.set(.columns, columns)
    data.set(.bitsAllocated, 16)
    data.set(.bitsStored, 16)
    data.set(.highBit, 15)
    data.set(.pixelRepresentation, 0)
    data.setBytes(.pixelData, (0..<rows * columns * 2).map { UInt8(truncatingIfNeeded: $0 / 7 &+ number) })
    return data
}

extension Folder {
    /// Writes test images as files.
    func images(_ numbers: Range<Int>, transferSyntax: UID = .explicitVRLittleEndian) throws -> [String] {
        try numbers.map { number in
            let path = file("image-\(number).dcm")
            try testImage(number).write(to: path, transferSyntax: transferSyntax)
            return path
        }
    }
}

/// A Part 10 file of any content: meta information put together by hand, then `dataSet` as it is.
func part10File(sopClass: UID, sopInstance: UID, transferSyntax: UID, dataSet: [UInt8]) -> Data {
    func element(_ number: UInt8, _ vr: String, _ value: [UInt8]) -> [UInt8] {
        let padded = value.count.isMultiple(of: 2) ? value : value + [0]
        return [2, 0, number, 0] + Array(vr.utf8) + [UInt8(padded.count), 0] + padded
    }
    let group =
        [2, 0, 1, 0] + Array("OB".utf8) + [0, 0, 2, 0, 0, 0, 0, 1]
        + element(0x02, "UI", Array(sopClass.description.utf8))
        + element(0x03, "UI", Array(sopInstance.description.utf8))
        + element(0x10, "UI", Array(transferSyntax.description.utf8))
    let length = element(0x00, "UL", [UInt8(group.count & 255), UInt8(group.count >> 8), 0, 0])
    return Data([UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + length + group + dataSet)
}

/// The bytes behind the file meta information, by its group length.
func dataSetBytes(ofFile path: String) -> [UInt8]? {
    guard let bytes = FileManager.default.contents(atPath: path).map(Array.init), bytes.count > 144,
        bytes[128..<140].elementsEqual(Array("DICM".utf8) + [2, 0, 0, 0, UInt8(ascii: "U"), UInt8(ascii: "L"), 4, 0])
    else { return nil }
    let length = (0..<4).reduce(0) { $0 | Int(bytes[140 + $1]) << (8 * $1) }
    return Array(bytes[min(144 + length, bytes.count)...])
}

/// SplitMix64, for bytes that repeat.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
