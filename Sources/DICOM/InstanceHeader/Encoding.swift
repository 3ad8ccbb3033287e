/// How data elements are laid out in bytes (PS3.5 section 7.1 and annex A).
struct Encoding: Equatable {
    let isExplicit: Bool
    let isBigEndian: Bool

    static let implicitLittleEndian = Encoding(isExplicit: false, isBigEndian: false)
    static let explicitLittleEndian = Encoding(isExplicit: true, isBigEndian: false)
    static let explicitBigEndian = Encoding(isExplicit: true, isBigEndian: true)

    /// The layout under a transfer syntax; nil where the standard does not define it.
    ///
    /// All of DICOM's own syntaxes beyond the first are explicit little endian outside the pixel data (PS3.5 A.4).
    init?(transferSyntax: UID) {
        switch transferSyntax {
        case .implicitVRLittleEndian: self = .implicitLittleEndian
        case .explicitVRBigEndian: self = .explicitBigEndian
        default:
            guard transferSyntax.description.hasPrefix("1.2.840.10008.1.2.") else { return nil }
            self = .explicitLittleEndian
        }
    }

    private init(isExplicit: Bool, isBigEndian: Bool) {
        self.isExplicit = isExplicit
        self.isBigEndian = isBigEndian
    }

    func uint16(_ bytes: ArraySlice<UInt8>, _ at: Int) -> UInt16 {
        let first = UInt16(bytes[bytes.startIndex + at])
        let second = UInt16(bytes[bytes.startIndex + at + 1])
        return isBigEndian ? first << 8 | second : second << 8 | first
    }

    func uint32(_ bytes: ArraySlice<UInt8>, _ at: Int) -> UInt32 {
        let first = UInt32(uint16(bytes, at))
        let second = UInt32(uint16(bytes, at + 2))
        return isBigEndian ? first << 16 | second : second << 16 | first
    }

    /// A value's bytes in little endian order.
    func littleEndian(_ value: ArraySlice<UInt8>, _ vr: VR) -> [UInt8] {
        let width = vr.binaryWidth
        guard isBigEndian, width > 1, value.count.isMultiple(of: width) else { return Array(value) }
        return stride(from: value.startIndex, to: value.endIndex, by: width).flatMap {
            value[$0..<$0 + width].reversed()
        }
    }
}

extension UID {
    /// Whether the data set is a deflate stream (PS3.5 sections A.5 and A.6).
    var isDeflated: Bool {
        self == .deflatedExplicitVRLittleEndian || description == "1.2.840.10008.1.2.4.95"
    }
}

extension VR {
    /// The width in bytes of one binary number; 1 for text and for bytes.
    var binaryWidth: Int {
        switch self {
        case .AT, .OW, .SS, .US: 2
        case .FL, .OF, .OL, .SL, .UL: 4
        case .FD, .OD, .OV, .SV, .UV: 8
        default: 1
        }
    }
}
