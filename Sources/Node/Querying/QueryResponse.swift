import Archive
import DICOM
import DICOMNetwork

/// The identifier of one pending C-FIND response (PS3.4 section C.4.1.1.3.2).
struct QueryResponse {
    /// The data set.
    private(set) var identifier = DataSet()

    /// Puts a match into the terms of the request.
    ///
    /// Every key asked for comes back, without a value where there is none. Text goes out in Latin-1 to who asked in
    /// Latin-1, as far as that has the letters, and else in UTF-8.
    init(_ match: IndexMatch, to query: IndexQuery, asked request: DataSet, by title: AETitle) {
        for element in query.unsupported where element.tag.group.isMultiple(of: 2) {
            identifier.set(
                .init(tag: element.tag, vr: element.vr, value: element.vr == .SQ ? .sequence([]) : .bytes([])))
        }
        let encoding = TextEncoding(
            for: match.values.values.joined(), asked: request.strings(.specificCharacterSet))
        for (attribute, values) in match.values { set(attribute, values, encoding) }
        identifier.set(.queryRetrieveLevel, query.level.rawValue)
        identifier.set(.retrieveAETitle, title.description)
        if request[Attribute.instanceAvailability.tag] != nil { identifier.set(.instanceAvailability, "ONLINE") }
        if let characterSet = encoding.characterSet { identifier.set(.specificCharacterSet, characterSet) }
    }

    private mutating func set(_ attribute: Attribute, _ values: [String], _ encoding: TextEncoding) {
        switch attribute.vr {
        case .US, .UL:
            if let number = values.first.flatMap(Int.init) {
                identifier.set(attribute, number)
            } else {
                identifier.setEmpty(attribute)
            }
        default: identifier.setBytes(attribute, encoding.bytes(values.joined(separator: "\\")))
        }
    }
}

/// How the text of a response is written.
private enum TextEncoding {
    case ascii, latin1, utf8

    init(for texts: some Sequence<String>, asked characterSets: [String]) {
        var isASCII = true
        var isLatin1 = true
        for scalar in texts.lazy.flatMap(\.unicodeScalars) where scalar.value > 0x7F {
            isASCII = false
            if scalar.value < 0xA0 || scalar.value > 0xFF { isLatin1 = false }
        }
        self = isASCII ? .ascii : isLatin1 && characterSets == ["ISO_IR 100"] ? .latin1 : .utf8
    }

    /// Specific Character Set; nil for the default repertoire.
    var characterSet: String? {
        switch self {
        case .ascii: nil
        case .latin1: "ISO_IR 100"
        case .utf8: "ISO_IR 192"
        }
    }

    func bytes(_ text: String) -> [UInt8] {
        self == .latin1 ? text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } : Array(text.utf8)
    }
}
