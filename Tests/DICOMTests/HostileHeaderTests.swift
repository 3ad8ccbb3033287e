import DICOM
import Testing

/// Objects that a listener must refuse without harm.
@Suite struct HostileHeaderTests {
    /// The reason for which bytes are refused; nil where they are taken.
    private func refusal(
        _ bytes: [UInt8], limits: InstanceHeader.Limits = .standard
    ) -> InstanceHeaderError? {
        do throws(InstanceHeaderError) {
            _ = try InstanceHeader(bytes: bytes, limits: limits)
            return nil
        } catch { return error }
    }

    private func file(_ syntax: UID = .explicitVRLittleEndian, _ fill: (inout ObjectBytes) -> Void) -> [UInt8] {
        var set = ObjectBytes.writer(syntax)
        fill(&set)
        return ObjectBytes.file(syntax, dataSet: set.bytes)
    }

    /// Sequences within each other, each of undefined length.
    private func nested(_ syntax: UID, depth: Int, isClosed: Bool) -> [UInt8] {
        file(syntax) { set in
            for _ in 0..<depth {
                set.announce(.procedureCodeSequence, length: 0xFFFF_FFFF)
                set.mark(0xE000, length: 0xFFFF_FFFF)
            }
            guard isClosed else { return }
            for _ in 0..<depth {
                set.mark(0xE00D, length: 0)
                set.mark(0xE0DD, length: 0)
            }
        }
    }

    @Test(arguments: [UID.implicitVRLittleEndian, .explicitVRLittleEndian, .explicitVRBigEndian])
    func sequencesNestedAHundredThousandDeep(syntax: UID) {
        #expect(refusal(nested(syntax, depth: 100_000, isClosed: true)) == .nestedTooDeep(limit: 64))
        #expect(refusal(nested(syntax, depth: 65, isClosed: true)) == .nestedTooDeep(limit: 64))
        #expect(refusal(nested(syntax, depth: 64, isClosed: true)) == .missing(keyword: "SOPClassUID"))
        guard case .truncated = refusal(nested(syntax, depth: 64, isClosed: false)) else {
            Issue.record("open sequences at the end of the file")
            return
        }
    }

    @Test(arguments: [UID.implicitVRLittleEndian, .explicitVRLittleEndian])
    func definedLengthsHideNoDepth(syntax: UID) {
        var inner = ObjectBytes.writer(syntax)
        for _ in 0..<70 {
            var outer = ObjectBytes.writer(syntax)
            outer.announce(.procedureCodeSequence, length: inner.bytes.count + 8)
            outer.mark(0xE000, length: inner.bytes.count)
            outer.bytes += inner.bytes
            inner = outer
        }
        #expect(refusal(ObjectBytes.file(syntax, dataSet: inner.bytes)) == .nestedTooDeep(limit: 64))
    }

    /// DCMTK knows this one, by its creator, as a sequence, and would recurse until the stack is used up.
    @Test func privateSequencesHideNoDepth() {
        let depth = 32_000
        var set = ObjectBytes.writer(.implicitVRLittleEndian)
        for level in 0..<depth {
            set.element(Attribute(0x0027, 0x0010, .LO), text: "FDMS 1.0")
            let rest = (depth - level - 1) * 32
            set.announce(Attribute(0x0027, 0x1010, .SQ), length: rest + 8)
            set.mark(0xE000, length: rest)
        }
        #expect(refusal(ObjectBytes.file(.implicitVRLittleEndian, dataSet: set.bytes)) == .nestedTooDeep(limit: 64))
        #expect(throws: DataSetBytesError.structure(.nestedTooDeep(limit: 8))) {
            try DataSet(bytes: set.bytes, transferSyntax: .implicitVRLittleEndian)
        }
    }

    /// Values of private elements may be anything, but for what begins as a sequence does.
    @Test func privateValuesAreNotLookedInto() throws {
        var set = ObjectBytes.writer(.implicitVRLittleEndian)
        set.element(Attribute(0x0027, 0x0010, .LO), text: "SOMEBODY")
        set.element(Attribute(0x0027, 0x1010, .OB), bytes: [0xFE, 0xFF, 0, 0xE1, 1, 2, 3, 4, 5, 6])
        set.element(Attribute(0x0027, 0x1011, .OB), bytes: [0xFE, 0xFF, 0, 0xE0])
        let read = try DataSet(bytes: set.bytes, transferSyntax: .implicitVRLittleEndian)
        #expect(read.elements.count == 3)
    }

    /// DCMTK puts each element in its place from the end backwards: quadratic where they come the other way round.
    @Test func elementsTheOtherWayRoundAreBounded() throws {
        func descending(_ count: Int) -> [UInt8] {
            var set = ObjectBytes.writer(.explicitVRLittleEndian)
            for number in (0..<count).reversed() {
                set.announce(
                    Attribute(UInt16(0x4001 + 2 * (number >> 15)), UInt16(0x1000 + number & 0x7FFF), .LO), length: 0)
            }
            return set.bytes
        }
        let offset = descending(1414).count
        #expect(
            throws: DataSetBytesError.structure(
                .malformed(offset: offset, reason: "too many elements are out of order"))
        ) { try DataSet(bytes: descending(90_000), transferSyntax: .explicitVRLittleEndian) }
        // Those of any reasonable peer are put in order.
        let read = try DataSet(bytes: descending(1000), transferSyntax: .explicitVRLittleEndian)
        #expect(read.elements.count == 1000)
    }

    @Test func unknownRepresentationsOfUndefinedLengthAreImplicitInside() {
        let bytes = file { set in
            set.announce(Attribute(0x0009, 0x1002, .UN), length: 0xFFFF_FFFF)
            set.mark(0xE000, length: 0xFFFF_FFFF)
            set.isExplicit = false
            set.element(.codeValue, text: "X")
            set.mark(0xE00D, length: 0)
            set.mark(0xE0DD, length: 0)
            set.isExplicit = true
            set.element(.patientID, text: "1")
        }
        #expect(refusal(bytes) == .missing(keyword: "SOPClassUID"))
    }

    @Test func lengthsThatLie() {
        let offset = file { _ in }.count
        // A gigabyte claimed.
        let gigabyte = file {
            $0.announce(Attribute(0x0009, 0x1001, .OB), length: 1 << 30)
            $0.bytes += [1, 2, 3, 4]
        }
        #expect(refusal(gigabyte) == .truncated(offset: offset))
        // An item longer than its sequence.
        let item = file {
            $0.announce(.procedureCodeSequence, length: 8)
            $0.mark(0xE000, length: 100)
            $0.bytes += [UInt8](repeating: 0, count: 200)
        }
        #expect(refusal(item) == .truncated(offset: offset + 12))
        // An element longer than its item.
        let element = file {
            $0.announce(.procedureCodeSequence, length: 24)
            $0.mark(0xE000, length: 16)
            $0.announce(.codeValue, length: 9)
            $0.bytes += [UInt8](repeating: 0x20, count: 60)
        }
        #expect(refusal(element) == .truncated(offset: offset + 20))
        #expect(
            refusal(
                file {
                    $0.announce(.patientID, length: 60_000); $0.bytes += [0, 0]
                }) == .truncated(offset: offset))
        let long = file { $0.element(.patientID, bytes: [UInt8](repeating: 65, count: 5000)) }
        #expect(refusal(long) == .valueTooLong(keyword: "PatientID", length: 5000))
    }

    @Test func everyTruncationIsRefused() {
        let whole = ObjectBytes.file(
            .explicitVRLittleEndian, dataSet: ObjectBytes.slice(.explicitVRLittleEndian))
        #expect(refusal(whole) == nil)
        var boundaries = 0
        for length in 0..<whole.count where refusal(Array(whole[..<length])) == nil { boundaries += 1 }
        // Only a cut between two elements after the UIDs leaves a data set: five elements follow them.
        #expect(boundaries == 6)
    }

    @Test func missingAndMalformedUIDs() {
        func object(_ changed: Attribute, _ text: String?) -> [UInt8] {
            file { set in
                for (attribute, value) in [
                    (Attribute.sopClassUID, UID.ctImageStorage.description),
                    (.sopInstanceUID, ObjectBytes.instance), (.studyInstanceUID, ObjectBytes.study),
                    (.seriesInstanceUID, ObjectBytes.series),
                ] {
                    let value = attribute == changed ? text : value
                    if let value { set.element(attribute, text: value) }
                }
            }
        }
        for attribute in [Attribute.sopClassUID, .sopInstanceUID, .studyInstanceUID, .seriesInstanceUID] {
            #expect(refusal(object(attribute, nil)) == .missing(keyword: attribute.keyword))
            #expect(refusal(object(attribute, "")) == .missing(keyword: attribute.keyword))
            for text in ["../../etc/passwd", "1.2/3", "1..2", "\\", "1.2.3\n", String(repeating: "1", count: 65)] {
                #expect(refusal(object(attribute, text)) == .malformedUID(keyword: attribute.keyword), "\(text)")
            }
        }
        #expect(
            refusal(object(.sopInstanceUID, "1.2.3.99"))
                == .identityMismatch(keyword: "MediaStorageSOPInstanceUID"))
    }

    @Test func whatIsNoDICOMFile() {
        #expect(refusal([]) == .notPart10)
        #expect(refusal(Array("GET / HTTP/1.1\r\n\r\n".utf8)) == .notPart10)
        #expect(refusal([UInt8](repeating: 0, count: 4096)) == .notPart10)
        let bare = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
        #expect(refusal(bare) == .missing(keyword: "TransferSyntaxUID"))
        let unknown = UID(constant: "1.2.840.113619.5.2")
        #expect(refusal(ObjectBytes.file(unknown, dataSet: [])) == .unsupportedTransferSyntax(unknown))
    }

    @Test func theLengthOfTheMetaInformation() {
        let whole = ObjectBytes.file(
            .explicitVRLittleEndian, dataSet: ObjectBytes.slice(.explicitVRLittleEndian))
        // Without Group Length, as some writers leave it out, the group number ends the group.
        var bytes = whole
        bytes.removeSubrange(132..<144)
        #expect(refusal(bytes) == nil)
        bytes = whole
        bytes[140] += 8
        #expect(refusal(bytes) != nil)
        bytes[143] = 0x7F
        #expect(refusal(bytes) == .truncated(offset: 132))
    }

    @Test func elementsAreBounded() {
        let bytes = file { set in
            for _ in 0..<2000 { set.announce(.patientID, length: 0) }
        }
        var limits = InstanceHeader.Limits.standard
        limits.elements = 1000
        #expect(refusal(bytes, limits: limits) == .tooManyElements(limit: 1000))
    }

    @Test func structureOutOfPlace() {
        for fill: (inout ObjectBytes) -> Void in [
            { $0.mark(0xE000, length: 0) },
            { $0.mark(0xE00D, length: 0) },
            { $0.mark(0xE0DD, length: 0) },
            {
                $0.announce(.procedureCodeSequence, length: 0xFFFF_FFFF); $0.element(.codeValue, text: "X")
            },
            {
                $0.announce(.procedureCodeSequence, length: 0xFFFF_FFFF); $0.mark(0xE0DD, length: 4)
            },
            {
                $0.announce(.pixelData, length: 0xFFFF_FFFF); $0.mark(0xE000, length: 0xFFFF_FFFF)
            },
            { $0.announce(Attribute(0x0040, 0xA160, .UT), length: 0xFFFF_FFFF) },
            {
                $0.tag(Tag(0x0010, 0x0010)); $0.bytes += [0, 0, 4, 0]
            },
        ] {
            let reason = refusal(file(.explicitVRLittleEndian, fill))
            guard case .malformed = reason else {
                Issue.record("taken or refused for another reason: \(reason as Any)")
                continue
            }
        }
    }

    @Test func deflateBombsAndRubbish() {
        let syntax = UID.deflatedExplicitVRLittleEndian
        #expect(refusal(ObjectBytes.file(syntax, dataSet: [])) == .notDeflated(reason: "it ends early"))
        #expect(
            refusal(ObjectBytes.file(syntax, dataSet: [7, 0])) == .notDeflated(reason: "a block of the reserved type"))
        // Fixed codes: a zero, then runs of 258 zeros: 8 MB of input for 8 GB of output, of which 4 MiB are made.
        var bits = BitWriter()
        bits.write(0b011, 3)
        bits.writeCode(0b0011_0000, 8)
        for _ in 0..<1_000_000 {
            bits.writeCode(0b1100_0101, 8)
            bits.writeCode(0, 5)
        }
        guard case .malformed = refusal(ObjectBytes.file(syntax, dataSet: bits.bytes)) else {
            Issue.record("a bomb of zeros is no data set")
            return
        }
    }

    @Test func storedBlocksInflate() throws {
        let slice = ObjectBytes.slice(.explicitVRLittleEndian)
        let length = UInt16(slice.count)
        let stored: [UInt8] = [1, UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)]
        let header = try InstanceHeader(
            bytes: ObjectBytes.file(.deflatedExplicitVRLittleEndian, dataSet: stored + slice))
        #expect(header.attributes.string(.patientID) == "P-1")
        #expect(
            refusal(ObjectBytes.file(.deflatedExplicitVRLittleEndian, dataSet: stored.dropLast() + [0] + slice))
                == .notDeflated(reason: "a stored block with a wrong length"))
    }

    @Test(arguments: [UID.implicitVRLittleEndian, .explicitVRLittleEndian, .explicitVRBigEndian])
    func mutationsNeverCrash(syntax: UID) {
        let valid = ObjectBytes.file(syntax, dataSet: ObjectBytes.slice(syntax))
        survive(mutationsOf: valid, count: 4000, seed: 20_260_101)
    }

    @Test func mutationsOfADeflatedStreamNeverCrash() throws {
        var set = DataSet()
        set.set(.sopClassUID, .ctImageStorage)
        set.set(.sopInstanceUID, ObjectBytes.instance)
        set.set(.studyDescription, "a description that deflate can shorten, that deflate can shorten")
        set.set(.studyInstanceUID, ObjectBytes.study)
        set.set(.seriesInstanceUID, ObjectBytes.series)
        try withTemporaryFile { path in
            try set.write(to: path, transferSyntax: .deflatedExplicitVRLittleEndian)
            let valid = try readFile(path)
            #expect(refusal(valid) == nil)
            survive(mutationsOf: valid, count: 4000, seed: 7)
        }
    }

    private func survive(mutationsOf valid: [UInt8], count: Int, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let telling: [UInt8] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF, 0xE0, 0xDD, 0x0D]
        var refused = 0
        for _ in 0..<count {
            var bytes = valid
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes[place] = telling.randomElement(using: &generator)!
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + 3))
                default: bytes.insert(contentsOf: bytes[max(0, place - 12)..<place], at: place)
                }
            }
            if refusal(bytes) != nil { refused += 1 }
        }
        // Some mutations hit values only; many must hit the structure, or this drew nothing.
        #expect(refused > count / 20)
    }
}

private struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var used = 8

    mutating func write(_ value: Int, _ count: Int) {
        for bit in 0..<count {
            if used == 8 {
                bytes.append(0)
                used = 0
            }
            bytes[bytes.count - 1] |= UInt8(value >> bit & 1) << used
            used += 1
        }
    }

    /// Huffman codes are written from their highest bit (RFC 1951 section 3.1.1).
    mutating func writeCode(_ code: Int, _ count: Int) {
        for bit in (0..<count).reversed() { write(code >> bit & 1, 1) }
    }
}
