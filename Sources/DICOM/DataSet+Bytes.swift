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
        nesting: 8, elements: 100_000, valueBytes: .max, inflatedBytes: 0)
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
