import Foundation

// MARK: - Reading

extension DataSet {
    /// The bytes at an attribute; nil where it is absent or a sequence.
    public func bytes(_ attribute: Attribute) -> [UInt8]? {
        guard case .bytes(let bytes)? = self[attribute.tag]?.value else { return nil }
        return bytes
    }

    /// Whether an attribute is present with a value.
    public func hasValue(_ attribute: Attribute) -> Bool {
        switch self[attribute.tag]?.value {
        case .bytes(let bytes)?: !bytes.isEmpty
        case .sequence(let items)?: !items.isEmpty
        case nil: false
        }
    }

    /// The values of a text attribute without padding, decoded by the data set's own Specific Character Set.
    ///
    /// Items of sequences usually carry no character set of their own; give the enclosing one as `characterSet`.
    public func strings(_ attribute: Attribute, characterSet: String? = nil) -> [String] {
        guard let bytes = bytes(attribute), !bytes.isEmpty else { return [] }
        let text: String
        if attribute.vr.isInSpecificCharacterSet {
            let declared = self.bytes(.specificCharacterSet).map { String(decoding: $0, as: UTF8.self) }
            text = Text.decode(bytes, specificCharacterSet: declared ?? characterSet ?? "")
        } else {
            text = String(decoding: bytes, as: UTF8.self)
        }
        guard !attribute.vr.isSingleText else { return [Text.withoutPadding(text[...])] }
        return text.split(separator: "\\", omittingEmptySubsequences: false).map(Text.withoutPadding)
    }

    /// The first value of a text attribute; nil where absent or empty.
    public func string(_ attribute: Attribute) -> String? {
        strings(attribute).first.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The UID at an attribute; nil where absent or malformed.
    public func uid(_ attribute: Attribute) -> UID? {
        bytes(attribute).flatMap { UID(String(decoding: $0, as: UTF8.self)) }
    }

    /// The numbers at an attribute, whether written as text (DS, IS) or in binary (FD, FL, US, SS, UL, SL).
    ///
    /// Values that are no finite number are left out of the list altogether, never read as zero.
    public func numbers(_ attribute: Attribute) -> [Double] {
        guard let element = self[attribute.tag], case .bytes(let bytes) = element.value else { return [] }
        switch element.vr {
        case .FD: return binary(bytes) { (bits: UInt64) in Double(bitPattern: bits) }
        case .FL: return binary(bytes) { (bits: UInt32) in Double(Float(bitPattern: bits)) }
        case .US: return binary(bytes) { (value: UInt16) in Double(value) }
        case .SS: return binary(bytes) { (value: UInt16) in Double(Int16(bitPattern: value)) }
        case .UL: return binary(bytes) { (value: UInt32) in Double(value) }
        case .SL: return binary(bytes) { (value: UInt32) in Double(Int32(bitPattern: value)) }
        default:
            // DS, IS, and UN from a writer that had no dictionary entry: text
            return String(decoding: bytes, as: UTF8.self).split(separator: "\\").compactMap {
                Double(Text.withoutPadding($0))
            }.filter(\.isFinite)
        }
    }

    private func binary<Bits: FixedWidthInteger>(_ bytes: [UInt8], _ number: (Bits) -> Double) -> [Double] {
        let width = MemoryLayout<Bits>.size
        return stride(from: 0, to: bytes.count - bytes.count % width, by: width).map { start in
            number(bytes[start..<start + width].reversed().reduce(0) { $0 << 8 | Bits(truncatingIfNeeded: $1) })
        }.filter(\.isFinite)
    }

    /// The first number at an attribute.
    public func number(_ attribute: Attribute) -> Double? { numbers(attribute).first }

    /// The first number at an attribute as an integer; nil where it is none.
    public func integer(_ attribute: Attribute) -> Int? { number(attribute).flatMap { Int(exactly: $0) } }

    /// The items of a sequence; empty where absent.
    public func items(_ attribute: Attribute) -> [DataSet] {
        guard case .sequence(let items)? = self[attribute.tag]?.value else { return [] }
        return items
    }

    /// The first coded concept of a code sequence (PS3.3 section 8).
    public func code(_ attribute: Attribute) -> CodedConcept? {
        guard let item = items(attribute).first,
            let value = item.string(.codeValue) ?? item.string(.longCodeValue),
            let scheme = item.string(.codingSchemeDesignator)
        else { return nil }
        return CodedConcept(value, scheme, item.string(.codeMeaning) ?? "")
    }
}

// MARK: - Writing

extension DataSet {
    /// Sets text values; the bytes are UTF-8, so that text beyond ASCII asks for ISO_IR 192 in the data set.
    public mutating func set(_ attribute: Attribute, _ values: String...) {
        set(attribute, values: values)
    }

    /// Sets any number of text values.
    public mutating func set(_ attribute: Attribute, values: [String]) {
        setBytes(attribute, Array(values.joined(separator: "\\").utf8))
    }

    /// Sets a UID.
    public mutating func set(_ attribute: Attribute, _ uid: UID) { set(attribute, uid.description) }

    /// Sets whole numbers in the attribute's own representation (US, SS, UL, SL, IS).
    public mutating func set(_ attribute: Attribute, _ values: Int...) {
        switch attribute.vr {
        case .US: setBytes(attribute, values.flatMap { littleEndian(UInt16(clamping: $0)) })
        case .SS: setBytes(attribute, values.flatMap { littleEndian(Int16(clamping: $0)) })
        case .UL: setBytes(attribute, values.flatMap { littleEndian(UInt32(clamping: $0)) })
        case .SL: setBytes(attribute, values.flatMap { littleEndian(Int32(clamping: $0)) })
        default: set(attribute, values: values.map(String.init))
        }
    }

    /// Sets real numbers in the attribute's own representation (FD, FL, DS).
    public mutating func set(_ attribute: Attribute, numbers values: [Double]) {
        switch attribute.vr {
        case .FD: setBytes(attribute, values.flatMap { littleEndian($0.bitPattern) })
        case .FL: setBytes(attribute, values.flatMap { littleEndian(Float($0).bitPattern) })
        default: set(attribute, values: values.map(decimalString))
        }
    }

    /// Sets one real number.
    public mutating func set(_ attribute: Attribute, number: Double) { set(attribute, numbers: [number]) }

    /// Sets the items of a sequence.
    public mutating func set(_ attribute: Attribute, _ items: [DataSet]) {
        set(Element(tag: attribute.tag, vr: .SQ, value: .sequence(items)))
    }

    /// Sets coded concepts as the items of a code sequence.
    public mutating func set(_ attribute: Attribute, _ concepts: CodedConcept...) {
        set(attribute, concepts.map(\.dataSet))
    }

    /// Sets an attribute without a value (type 2).
    public mutating func setEmpty(_ attribute: Attribute) {
        if attribute.vr == .SQ { set(attribute, [DataSet]()) } else { setBytes(attribute, []) }
    }

    /// Sets raw little-endian bytes, padded to even length.
    public mutating func setBytes(_ attribute: Attribute, _ bytes: [UInt8]) {
        let padded = bytes.count.isMultiple(of: 2) ? bytes : bytes + [attribute.vr.padding]
        set(Element(tag: attribute.tag, vr: attribute.vr, value: .bytes(padded)))
    }

    /// Copies attributes byte for byte from another data set; those it lacks are left as they are here.
    public mutating func copy(_ attributes: [Attribute], from source: DataSet) {
        for attribute in attributes {
            if let element = source[attribute.tag] { set(element) }
        }
    }

    private func littleEndian<Bits: FixedWidthInteger>(_ value: Bits) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}

/// The shortest decimal string (DS, at most 16 characters, PS3.5 section 6.2) that keeps a number as closely as 16 characters can.
public func decimalString(_ value: Double) -> String {
    precondition(value.isFinite, "a decimal string holds no infinity or NaN")
    if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
    let shortest = "\(value)"
    if shortest.utf8.count <= 16 { return shortest }
    for digits in stride(from: 15, through: 1, by: -1) {
        let text = String(format: "%.\(digits)g", value)
        if text.utf8.count <= 16 { return text }
    }
    return "0"
}
