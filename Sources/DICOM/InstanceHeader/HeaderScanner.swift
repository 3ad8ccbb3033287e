import CDCMTK

/// Walks through a data set element by element (PS3.5 section 7), with a stack of its own in place of recursion.
struct HeaderScanner {
    /// An open container: the data set itself, an item, a sequence, or the fragments of encapsulated pixel data.
    private struct Frame {
        enum Kind { case item, sequence, fragments }
        let kind: Kind
        /// Where it ends by its own length or, if it has none, by that of what it lies in.
        let end: Int
        /// Whether it ends with a delimitation item.
        let isDelimited: Bool
        let encoding: Encoding
        /// How many elements there were, and the highest tag among them.
        var count = 0
        var last = Tag(0, 0)
    }

    /// An element as announced; the value begins where the scanner then stands.
    private struct Announcement {
        let offset: Int
        let tag: Tag
        /// Two letters; nil in implicit encoding and for items.
        let vr: String?
        /// Nil where undefined.
        let length: Int?
    }

    private var source: ByteWindow
    private let limits: InstanceHeader.Limits
    private let wanted: [Tag: Attribute]
    private var position: Int
    private var frames: [Frame]
    private var elements = 0
    private var disorder = 0
    private var found = DataSet()

    private static let item = Tag(0xFFFE, 0xE000)
    private static let itemDelimitation = Tag(0xFFFE, 0xE00D)
    private static let sequenceDelimitation = Tag(0xFFFE, 0xE0DD)
    private static let indexed = byTag(InstanceHeader.indexedAttributes)
    private static let lastIndexed = InstanceHeader.indexedAttributes.map(\.tag).max()!
    private static let meta = byTag([
        .mediaStorageSOPClassUID, .mediaStorageSOPInstanceUID, .transferSyntaxUID, .sourceApplicationEntityTitle,
    ])

    private static func byTag(_ attributes: [Attribute]) -> [Tag: Attribute] {
        Dictionary(uniqueKeysWithValues: attributes.map { ($0.tag, $0) })
    }

    private init(
        _ source: ByteWindow, at position: Int, _ encoding: Encoding, _ limits: InstanceHeader.Limits,
        wanted: [Tag: Attribute], end: Int? = nil
    ) {
        self.source = source
        self.position = position
        self.limits = limits
        self.wanted = wanted
        frames = [Frame(kind: .item, end: end ?? source.count, isDelimited: false, encoding: encoding)]
    }

    /// The identifying elements of the file meta information (PS3.10 section 7.1), and where the data set begins.
    static func metaInformation(
        of source: inout ByteWindow, limits: InstanceHeader.Limits
    ) throws(InstanceHeaderError) -> (attributes: DataSet, end: Int) {
        guard source.count >= 132, try source.bytes(at: 128, 4).elementsEqual("DICM".utf8) else { throw .notPart10 }
        let end = try metaInformationEnd(of: &source)
        var scanner = HeaderScanner(
            source, at: 132, .explicitLittleEndian, limits, wanted: meta, end: end ?? source.count)
        try scanner.scan { $0.group == 2 }
        source = scanner.source
        if let end, scanner.position != end {
            throw .malformed(offset: scanner.position, reason: "not of group 0002, yet within its length")
        }
        return (scanner.found, scanner.position)
    }

    /// Where File Meta Information Group Length puts the end; nil in files without it, in which the group number does.
    ///
    /// A deflated data set can begin with any two bytes, so the length is the better witness.
    private static func metaInformationEnd(of source: inout ByteWindow) throws(InstanceHeaderError) -> Int? {
        let encoding = Encoding.explicitLittleEndian
        guard source.count >= 144 else { return nil }
        let bytes = try source.bytes(at: 132, 12)
        guard encoding.uint32(bytes, 0) == 2, encoding.uint16(bytes, 6) == 4 else { return nil }
        let length = Int(encoding.uint32(bytes, 8))
        guard length <= source.count - 144 else { throw .truncated(offset: 132) }
        return 144 + length
    }

    /// The index attributes of the data set that begins at `offset`.
    static func dataSet(
        of source: ByteWindow, at offset: Int, in encoding: Encoding, limits: InstanceHeader.Limits, inflated: Bool
    ) throws(InstanceHeaderError) -> DataSet {
        guard inflated else {
            var scanner = HeaderScanner(source, at: offset, encoding, limits, wanted: indexed)
            try scanner.scan { _ in true }
            return scanner.found
        }
        var source = source
        // Deflate adds five bytes to a block that it cannot shrink, so this much input holds what is asked for.
        let available = min(source.count - offset, limits.inflatedBytes + limits.inflatedBytes / 1024 + 1024)
        let stream = Array(try source.bytes(at: offset, available))
        let bytes: [UInt8]
        do { bytes = try Inflater.inflate(stream, upTo: limits.inflatedBytes) } catch {
            throw .notDeflated(reason: error.description)
        }
        var scanner = HeaderScanner(ByteWindow(bytes: bytes), at: 0, encoding, limits, wanted: indexed)
        try scanner.scan { $0 <= lastIndexed }
        return scanner.found
    }

    /// Follows the structure of a data set in memory to its end.
    static func check(
        _ bytes: [UInt8], in encoding: Encoding, limits: InstanceHeader.Limits
    ) throws(InstanceHeaderError) {
        var scanner = HeaderScanner(ByteWindow(bytes: bytes), at: 0, encoding, limits, wanted: [:])
        try scanner.scan { _ in true }
    }

    /// Steps through all elements until the end, or until one at the top level that `goesOn` refuses.
    private mutating func scan(while goesOn: (Tag) -> Bool) throws(InstanceHeaderError) {
        while let frame = frames.last {
            if position == frame.end {
                if frame.isDelimited { throw .truncated(offset: position) }
                frames.removeLast()
                continue
            }
            elements += 1
            if elements > limits.elements { throw .tooManyElements(limit: limits.elements) }
            if frames.count == 1, !goesOn(try nextTag(in: frame)) { return }
            let announced = try announcement(in: frame)
            switch frame.kind {
            case .item: try element(announced, in: frame)
            case .sequence: try sequenceItem(announced, in: frame)
            case .fragments: try fragment(announced, in: frame)
            }
        }
    }

    /// The tag ahead, read by itself, as what follows another group may be encoded otherwise.
    private mutating func nextTag(in frame: Frame) throws(InstanceHeaderError) -> Tag {
        guard frame.end - position >= 4 else { throw .truncated(offset: position) }
        let bytes = try source.bytes(at: position, 4)
        return Tag(frame.encoding.uint16(bytes, 0), frame.encoding.uint16(bytes, 2))
    }

    /// Reads tag, representation and length (PS3.5 section 7.1.2) and moves to the value.
    private mutating func announcement(in frame: Frame) throws(InstanceHeaderError) -> Announcement {
        let offset = position
        let encoding = frame.encoding
        let bytes = try read(8, in: frame, from: offset)
        let tag = Tag(encoding.uint16(bytes, 0), encoding.uint16(bytes, 2))
        guard encoding.isExplicit, tag.group != 0xFFFE else {
            return Announcement(offset: offset, tag: tag, vr: nil, length: Self.length(encoding.uint32(bytes, 4)))
        }
        let letters = bytes[bytes.startIndex + 4..<bytes.startIndex + 6]
        guard letters.allSatisfy({ (65...90).contains($0) }) else {
            throw .malformed(offset: offset, reason: "\(tag) has no value representation")
        }
        let vr = String(decoding: letters, as: UTF8.self)
        if Self.shortForms.contains(vr) {
            return Announcement(offset: offset, tag: tag, vr: vr, length: Int(encoding.uint16(bytes, 6)))
        }
        let length = encoding.uint32(try read(4, in: frame, from: offset), 0)
        return Announcement(offset: offset, tag: tag, vr: vr, length: Self.length(length))
    }

    /// The representations with a length of 16 bits; those still to be invented have 32 (PS3.5 section 7.1.2).
    private static let shortForms: Set<String> = [
        "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM",
        "UI", "UL", "US",
    ]

    private static func length(_ field: UInt32) -> Int? { field == .max ? nil : Int(field) }

    private mutating func read(
        _ count: Int, in frame: Frame, from offset: Int
    ) throws(InstanceHeaderError) -> ArraySlice<UInt8> {
        guard count <= frame.end - position else { throw .truncated(offset: offset) }
        let bytes = try source.bytes(at: position, count)
        position += count
        return bytes
    }

    private mutating func element(_ announced: Announcement, in frame: Frame) throws(InstanceHeaderError) {
        let tag = announced.tag
        if tag == Self.itemDelimitation, frame.isDelimited { return try closeDelimited(announced) }
        if tag.group == 0xFFFE { throw .malformed(offset: announced.offset, reason: "\(tag) out of place") }
        try take(tag, at: announced.offset)
        guard let length = announced.length else { return try openUndefined(announced, in: frame) }
        guard length <= frame.end - position else { throw .truncated(offset: announced.offset) }
        if try isSequence(announced, length: length, in: frame) {
            let end = position + length
            return try open(Frame(kind: .sequence, end: end, isDelimited: false, encoding: frame.encoding))
        }
        if frames.count == 1, let attribute = wanted[tag], found[tag] == nil {
            guard length <= limits.valueBytes else {
                throw .valueTooLong(keyword: attribute.keyword, length: length)
            }
            let value = frame.encoding.littleEndian(try source.bytes(at: position, length), attribute.vr)
            found.set(.init(tag: tag, vr: attribute.vr, value: .bytes(value)))
        }
        position += length
    }

    /// Counts an element of the innermost item, and what putting it into order costs.
    private mutating func take(_ tag: Tag, at offset: Int) throws(InstanceHeaderError) {
        let innermost = frames.count - 1
        if tag < frames[innermost].last {
            disorder += frames[innermost].count
            guard disorder <= limits.disorder else {
                throw .malformed(offset: offset, reason: "too many elements are out of order")
            }
        }
        frames[innermost].last = max(frames[innermost].last, tag)
        frames[innermost].count += 1
    }

    /// Whether DCMTK would descend here, so that this scan must have measured the depth before.
    private mutating func isSequence(
        _ announced: Announcement, length: Int, in frame: Frame
    ) throws(InstanceHeaderError) -> Bool {
        if let vr = announced.vr { return vr == "SQ" }
        let tag = announced.tag
        // DCMTK knows sequences of many manufacturers, by their private creators; each is one that begins with an item.
        guard tag.group.isMultiple(of: 2) else {
            guard length >= 8 else { return false }
            let bytes = try source.bytes(at: position, 4)
            return Tag(frame.encoding.uint16(bytes, 0), frame.encoding.uint16(bytes, 2)) == Self.item
        }
        return cd_dictionary_vr(tag.group, tag.element).map { String(cString: $0) == "SQ" } ?? false
    }

    private mutating func openUndefined(
        _ announced: Announcement, in frame: Frame
    ) throws(InstanceHeaderError) {
        let isPixelData = announced.tag.group == 0x7FE0
        switch announced.vr {
        case nil, "SQ":
            try open(Frame(kind: .sequence, end: frame.end, isDelimited: true, encoding: frame.encoding))
        case "OB" where isPixelData, "OW" where isPixelData, "UN" where isPixelData:
            try open(Frame(kind: .fragments, end: frame.end, isDelimited: true, encoding: frame.encoding))
        case "UN":
            // PS3.5 section 6.2.2 note: a sequence in implicit little endian, whatever surrounds it.
            try open(Frame(kind: .sequence, end: frame.end, isDelimited: true, encoding: .implicitLittleEndian))
        default:
            throw .malformed(offset: announced.offset, reason: "\(announced.tag) cannot be of undefined length")
        }
    }

    private mutating func sequenceItem(_ announced: Announcement, in frame: Frame) throws(InstanceHeaderError) {
        switch announced.tag {
        case Self.sequenceDelimitation where frame.isDelimited: try closeDelimited(announced)
        case Self.item:
            guard let length = announced.length else {
                return try open(Frame(kind: .item, end: frame.end, isDelimited: true, encoding: frame.encoding))
            }
            guard length <= frame.end - position else { throw .truncated(offset: announced.offset) }
            try open(Frame(kind: .item, end: position + length, isDelimited: false, encoding: frame.encoding))
        default: throw .malformed(offset: announced.offset, reason: "\(announced.tag) where an item is due")
        }
    }

    private mutating func fragment(_ announced: Announcement, in frame: Frame) throws(InstanceHeaderError) {
        if announced.tag == Self.sequenceDelimitation { return try closeDelimited(announced) }
        guard announced.tag == Self.item, let length = announced.length else {
            throw .malformed(offset: announced.offset, reason: "\(announced.tag) where a fragment is due")
        }
        guard length <= frame.end - position else { throw .truncated(offset: announced.offset) }
        position += length
    }

    private mutating func open(_ frame: Frame) throws(InstanceHeaderError) {
        frames.append(frame)
        // The data set, and for each level a sequence and its item.
        if frames.count > 2 * limits.nesting + 1 { throw .nestedTooDeep(limit: limits.nesting) }
    }

    private mutating func closeDelimited(_ announced: Announcement) throws(InstanceHeaderError) {
        guard announced.length == 0 else {
            throw .malformed(offset: announced.offset, reason: "a delimitation item of a length other than 0")
        }
        frames.removeLast()
    }
}
