/// A coded concept: code value, coding scheme designator, code meaning (PS3.3 section 8).
public struct CodedConcept: Sendable, Hashable, Codable {
    /// Code Value (0008,0100), at most 16 characters, or Long Code Value (0008,0119) beyond.
    public let value: String
    /// Coding Scheme Designator (0008,0102).
    public let scheme: String
    /// Code Meaning (0008,0104), at most 64 characters.
    public let meaning: String

    /// Makes a concept in the order in which the standard prints it: (value, scheme, meaning).
    public init(_ value: String, _ scheme: String, _ meaning: String) {
        self.value = value
        self.scheme = scheme
        self.meaning = meaning
    }

    /// Whether two concepts mean the same: value and scheme decide, wording does not.
    public func isSame(as other: CodedConcept) -> Bool { value == other.value && scheme == other.scheme }

    /// As the item of a code sequence.
    public var dataSet: DataSet {
        var item = DataSet()
        item.set(value.utf8.count <= 16 ? .codeValue : .longCodeValue, value)
        item.set(.codingSchemeDesignator, scheme)
        item.set(.codeMeaning, meaning)
        return item
    }
}
