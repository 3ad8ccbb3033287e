import CDCMTK

/// Why the bytes of a data set that a peer sent are no data set.
public enum DataSetBytesError: Error, Equatable, CustomStringConvertible {
    /// Their structure breaks the rules or the limits.
    case structure(InstanceHeaderError)
    /// DCMTK cannot read them.
    case unreadable(Condition)

    /// The reason, without any text of the data set.
    public var description: String {
        switch self {
        case .structure(let error): error.description
        case .unreadable(let condition): "cannot be read: \(condition)"
        }
    }
}

extension InstanceHeader.Limits {
    /// The bounds of what comes with a request, such as the identifier of a query.
    public static let identifier = InstanceHeader.Limits(
        nesting: 8, elements: 100_000, disorder: 1_000_000, valueBytes: .max, inflatedBytes: 0)
}

extension DataSet {
    /// Parses a data set that a peer sent, in an uncompressed transfer syntax.
    ///
    /// DCMTK's parser recurses into sequences and trusts the stack to be deep enough. So the bytes are first walked
    /// through iteratively, within `limits`, and only what keeps to them reaches DCMTK.
    public init(
        bytes: [UInt8], transferSyntax: UID, limits: InstanceHeader.Limits = .identifier
    ) throws(DataSetBytesError) {
        do throws(InstanceHeaderError) {
            guard let encoding = Encoding(transferSyntax: transferSyntax), !transferSyntax.isDeflated else {
                throw .unsupportedTransferSyntax(transferSyntax)
            }
            try HeaderScanner.check(bytes, in: encoding, limits: limits)
        } catch { throw .structure(error) }
        let collector = Collector()
        var error = cd_error()
        let read = withExtendedLifetime(collector) {
            var visitor = collector.visitor
            return cd_dataset_read(bytes, bytes.count, transferSyntax.description, &visitor, &error)
        }
        guard read == 1 else { throw .unreadable(Condition(error)) }
        self = collector.root
    }
}

extension DataSet {
    /// The bytes in Explicit VR Little Endian (PS3.5 section 7.1.2), sequences and items with their lengths.
    public var explicitVRLittleEndian: [UInt8] {
        elements.flatMap { element -> [UInt8] in
            let value: [UInt8]
            switch element.value {
            case .bytes(let bytes): value = bytes
            case .sequence(let items):
                value = items.map(\.explicitVRLittleEndian).flatMap { item in
                    Self.littleEndian([0xFFFE, 0xE000] as [UInt16]) + Self.littleEndian([UInt32(item.count)]) + item
                }
            }
            let heading = Self.littleEndian([element.tag.group, element.tag.element]) + element.vr.rawValue.utf8
            let length =
                element.vr.hasLongLength
                ? [0, 0] + Self.littleEndian([UInt32(value.count)])
                : Self.littleEndian([UInt16(clamping: value.count)])
            return heading + length + value
        }
    }

    private static func littleEndian<Number: FixedWidthInteger>(_ numbers: [Number]) -> [UInt8] {
        numbers.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }
    }
}

extension VR {
    /// Whether its values have a length of 32 bits (PS3.5 table 7.1-1).
    fileprivate var hasLongLength: Bool {
        [.OB, .OD, .OF, .OL, .OV, .OW, .SQ, .SV, .UC, .UN, .UR, .UT, .UV].contains(self)
    }
}
