import CDCMTK
import DICOM

/// The transfer syntaxes that associations can carry.
public enum TransferSyntaxes {
    /// Those in which data sets are received and sent, in DCMTK's order and under its names.
    public static var carried: [(uid: UID, name: String)] {
        var name: UnsafePointer<CChar>?
        var found: [(uid: UID, name: String)] = []
        while let text = cd_transfer_syntax(found.count, &name), let uid = UID(String(cString: text)) {
            found.append((uid, name.map { String(cString: $0) } ?? ""))
        }
        return found
    }

    /// Those in which the identifiers of queries and commitments are received, which have to be parsed.
    public static var ofIdentifiers: [(uid: UID, name: String)] {
        carried.filter { cd_carries_identifiers($0.uid.description) != 0 }
    }
}

extension UID {
    /// The name of a registered UID, in DCMTK's spelling (such as CTImageStorage); nil where it has none.
    public var registeredName: String? { cd_uid_name(description).map { String(cString: $0) } }
}

extension Listener {
    /// The longest PDU that is received and offered, in bytes (PS3.8 section D.1).
    public static var maximumPDUBytes: Int { Int(cd_maximum_pdu()) }
}
