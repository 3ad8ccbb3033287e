import DICOM
import Foundation
import Imaging

/// The header of a NIfTI-1 file (nifti.nimh.nih.gov, `nifti1.h`): 348 bytes in either byte order.
struct NIfTIHeader {
    /// Bytes of the header.
    static let size = 348

    /// How a number is stored; the raw value is the header's `datatype`.
    enum NumberType: Int16 {
        case uint8 = 2
        case int16 = 4
        case int32 = 8
        case float32 = 16
        case float64 = 64
        case int8 = 256
        case uint16 = 512
        case uint32 = 768

        /// Bytes of a number.
        var size: Int {
            switch self {
            case .uint8, .int8: 1
            case .int16, .uint16: 2
            case .int32, .uint32, .float32: 4
            case .float64: 8
            }
        }
    }

    /// Voxels along each axis.
    let sizes: [Int]
    /// How they are stored.
    let type: NumberType
    /// Where they begin in the file.
    let voxelOffset: Int
    private let isBigEndian: Bool
    private let scale: (slope: Float, intercept: Float)
    /// The rows of the matrix from indices to right, front and head (mm).
    private let rows: [[Double]]
    private let path: String

    /// Number of voxels.
    var count: Int { sizes.reduce(1, *) }

    /// Reads a header.
    init(_ bytes: [UInt8], path: String) throws(ImportError) {
        self.path = path
        func broken(_ reason: String) -> ImportError { .unreadable(path: path, reason: reason) }
        isBigEndian = bytes[0..<4].elementsEqual([0, 0, 1, 0x5C])
        guard isBigEndian || bytes[0..<4].elementsEqual([0x5C, 1, 0, 0]), bytes[344..<347].elementsEqual("n+1".utf8)
        else { throw broken("it is no NIfTI-1 file of one piece (.nii or .nii.gz)") }
        let fields = Fields(bytes: bytes, isBigEndian: isBigEndian)
        let dimensions = (0..<8).map { Int(fields.int16(40 + 2 * $0)) }
        // Further axes of length one are no more than a habit.
        guard (3...7).contains(dimensions[0]), dimensions[1...3].allSatisfy({ $0 > 0 }),
            dimensions[1...dimensions[0]].dropFirst(3).allSatisfy({ $0 == 1 })
        else { throw broken("its dimensions \(dimensions) are not those of one volume") }
        sizes = Array(dimensions[1...3])
        guard let type = NumberType(rawValue: fields.int16(70)) else {
            throw broken("its numbers are of type \(fields.int16(70)), which is not known")
        }
        self.type = type
        voxelOffset = max(Int(exactly: fields.float(108).rounded()) ?? 0, Self.size)
        let slope = fields.float(112)
        // A slope of 0 says that nothing is scaled.
        scale = slope == 0 || !slope.isFinite ? (1, 0) : (slope, fields.float(116))
        let codes = (qform: fields.int16(252), sform: fields.int16(254))
        // Without either nobody knows which side is the left.
        guard codes.sform > 0 || codes.qform > 0 else {
            throw broken("it does not say how it lies in the patient (sform_code and qform_code are 0)")
        }
        rows = codes.sform > 0 ? fields.sform : fields.qform
    }

    /// The grid in LPS millimetres.
    /// - Returns: also whether the stored slices run against the normal, so that they are to be taken in reverse.
    func grid(frame: UID) throws(ImportError) -> (geometry: VolumeGeometry, isFlipped: Bool) {
        func lps(_ column: Int) -> PatientPoint { PatientPoint(-rows[0][column], -rows[1][column], rows[2][column]) }
        let steps = (0..<3).map(lps)
        let lengths = steps.map(\.length)
        guard lengths.allSatisfy({ $0.isFinite && $0 > 1e-3 }) else {
            throw .unreadable(path: path, reason: "its affine has an axis without length")
        }
        guard lengths.allSatisfy({ $0 <= 50 }) else {
            throw .unreadable(path: path, reason: "its voxels are larger than 50 mm: its unit must be the millimetre")
        }
        let axes = zip(steps, lengths).map { $0 * (1 / $1) }
        // A shear is no grid of a scanner; rounding of a matrix in single precision is.
        guard abs(axes[0].dot(axes[1])) < 1e-3, abs(axes[0].dot(axes[2])) < 1e-3, abs(axes[1].dot(axes[2])) < 1e-3
        else { throw .unreadable(path: path, reason: "its axes are not at right angles: resample it") }
        let isFlipped = axes[0].cross(axes[1]).dot(axes[2]) < 0
        let first = isFlipped ? lps(3) + steps[2] * Double(sizes[2] - 1) : lps(3)
        let step = isFlipped ? -steps[2] : steps[2]
        let geometry = VolumeGeometry(
            columns: sizes[0], rows: sizes[1], columnSpacing: lengths[0], rowSpacing: lengths[1],
            rowDirection: axes[0], columnDirection: axes[1],
            sliceOrigins: (0..<sizes[2]).map { first + step * Double($0) }, frameOfReferenceUID: frame)
        return (geometry, isFlipped)
    }

    /// The scaled values of the voxels.
    func values(in bytes: [UInt8]) -> [Float] {
        let fields = Fields(bytes: bytes, isBigEndian: isBigEndian)
        func scaled(_ value: (Int) -> Float) -> [Float] {
            (0..<count).map { value($0 * type.size) * scale.slope + scale.intercept }
        }
        return switch type {
        case .uint8: scaled { Float(bytes[$0]) }
        case .int8: scaled { Float(Int8(bitPattern: bytes[$0])) }
        case .int16: scaled { Float(fields.int16($0)) }
        case .uint16: scaled { Float(UInt16(bitPattern: fields.int16($0))) }
        case .int32: scaled { Float(Int32(bitPattern: fields.bits($0))) }
        case .uint32: scaled { Float(fields.bits($0)) }
        case .float32: scaled { fields.float($0) }
        case .float64: scaled { Float(fields.double($0)) }
        }
    }
}

/// Numbers at places of bytes.
private struct Fields {
    let bytes: [UInt8]
    let isBigEndian: Bool

    private func load<Number: FixedWidthInteger>(_ place: Int, _: Number.Type) -> Number {
        let number = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: Number.self) }
        return isBigEndian ? Number(bigEndian: number) : Number(littleEndian: number)
    }

    func int16(_ place: Int) -> Int16 { load(place, Int16.self) }
    func bits(_ place: Int) -> UInt32 { load(place, UInt32.self) }
    func float(_ place: Int) -> Float { Float(bitPattern: bits(place)) }
    func double(_ place: Int) -> Double { Double(bitPattern: load(place, UInt64.self)) }

    /// The affine as written out (method 3 of `nifti1.h`).
    var sform: [[Double]] {
        (0..<3).map { row in (0..<4).map { Double(float(280 + 16 * row + 4 * $0)) } }
    }

    /// The affine from a quaternion (method 2).
    var qform: [[Double]] {
        let (b, c, d) = (Double(float(256)), Double(float(260)), Double(float(264)))
        let a = max(1 - b * b - c * c - d * d, 0).squareRoot()
        let turn = [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
        let spacing = (1...3).map { Double(float(76 + 4 * $0)) }
        let handedness = float(76) < 0 ? -1.0 : 1
        return (0..<3).map { row in
            [
                turn[row][0] * spacing[0], turn[row][1] * spacing[1], turn[row][2] * spacing[2] * handedness,
                Double(float(268 + 4 * row)),
            ]
        }
    }
}
