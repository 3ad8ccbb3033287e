import DICOM

/// Writes DICOM bytes by hand, well formed or not, independently of DCMTK.
struct ObjectBytes {
    var isExplicit = true
    var isBigEndian = false
    var bytes: [UInt8] = []

    static let study = "1.2.3.4"
    static let series = "1.2.3.4.5"
    static let instance = "1.2.3.4.5.6"

    /// A Part 10 file of `dataSet` under a transfer syntax.
    static func file(
        _ syntax: UID, sopInstanceUID: String = instance, sopClassUID: UID = .ctImageStorage, dataSet: [UInt8]
    ) -> [UInt8] {
        var meta = ObjectBytes()
        meta.element(.mediaStorageSOPClassUID, text: sopClassUID.description)
        meta.element(.mediaStorageSOPInstanceUID, text: sopInstanceUID)
        meta.element(.transferSyntaxUID, text: syntax.description)
        var groupLength = ObjectBytes()
        groupLength.announce(Attribute(0x0002, 0x0000, .UL), length: 4)
        groupLength.uint32(meta.bytes.count)
        return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + groupLength.bytes + meta.bytes + dataSet
    }

    /// The writer for a transfer syntax.
    static func writer(_ syntax: UID) -> ObjectBytes {
        ObjectBytes(isExplicit: syntax != .implicitVRLittleEndian, isBigEndian: syntax == .explicitVRBigEndian)
    }

    /// A CT slice's data set with nested sequences of defined and undefined length and some pixels.
    static func slice(_ syntax: UID, instance: String = instance) -> [UInt8] {
        var set = writer(syntax)
        set.element(.specificCharacterSet, text: "ISO_IR 100")
        set.element(.imageType, text: "ORIGINAL\\PRIMARY")
        set.element(.sopClassUID, text: UID.ctImageStorage.description)
        set.element(.sopInstanceUID, text: instance)
        set.element(.studyDate, text: "20240102")
        set.element(.modality, text: "CT")
        set.sequence(.procedureCodeSequence, isDelimited: true) { item in
            item.element(.codeValue, text: "X")
            item.sequence(.referencedInstanceSequence, isDelimited: false) { $0.element(.sopInstanceUID, text: "9.9") }
        }
        set.element(.patientName, bytes: Array("M".utf8) + [0xFC] + Array("ller^A".utf8))
        set.element(.patientID, text: "P-1")
        set.element(.studyInstanceUID, text: study)
        set.element(.seriesInstanceUID, text: series)
        set.element(.instanceNumber, text: "7")
        set.element(.imagePositionPatient, text: "-10.5\\20\\-300")
        set.element(.rows, number: 258)
        set.element(.columns, number: 4)
        set.element(.numberOfSlices, number: 89)
        set.element(.pixelData, bytes: [UInt8](repeating: 7, count: 2064))
        return set.bytes
    }

    mutating func uint16(_ value: Int) {
        let low = UInt8(value & 0xFF)
        let high = UInt8(value >> 8 & 0xFF)
        bytes += isBigEndian ? [high, low] : [low, high]
    }

    mutating func uint32(_ value: Int) {
        let halves = isBigEndian ? [value >> 16, value] : [value, value >> 16]
        for half in halves { uint16(half & 0xFFFF) }
    }

    mutating func tag(_ tag: Tag) {
        uint16(Int(tag.group))
        uint16(Int(tag.element))
    }

    /// Tag, representation and a length that need not be true.
    mutating func announce(_ attribute: Attribute, length: Int) {
        tag(attribute.tag)
        guard isExplicit else { return uint32(length) }
        bytes += Array(attribute.vr.rawValue.utf8)
        if ["OB", "OW", "SQ", "UN", "UT"].contains(attribute.vr.rawValue) {
            uint16(0)
            uint32(length)
        } else {
            uint16(length)
        }
    }

    mutating func element(_ attribute: Attribute, bytes value: [UInt8]) {
        let padded = value.count.isMultiple(of: 2) ? value : value + [attribute.vr == .UI ? 0 : 0x20]
        announce(attribute, length: padded.count)
        bytes += padded
    }

    mutating func element(_ attribute: Attribute, text: String) { element(attribute, bytes: Array(text.utf8)) }

    mutating func element(_ attribute: Attribute, number: Int) {
        announce(attribute, length: 2)
        uint16(number)
    }

    mutating func sequence(_ attribute: Attribute, isDelimited: Bool, _ fill: (inout ObjectBytes) -> Void) {
        var item = ObjectBytes(isExplicit: isExplicit, isBigEndian: isBigEndian)
        fill(&item)
        announce(attribute, length: isDelimited ? 0xFFFF_FFFF : item.bytes.count + 8)
        mark(0xE000, length: isDelimited ? 0xFFFF_FFFF : item.bytes.count)
        bytes += item.bytes
        if isDelimited {
            mark(0xE00D, length: 0)
            mark(0xE0DD, length: 0)
        }
    }

    /// An item or a delimitation.
    mutating func mark(_ element: UInt16, length: Int) {
        tag(Tag(0xFFFE, element))
        uint32(length)
    }
}

/// A repeatable source of chance (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
