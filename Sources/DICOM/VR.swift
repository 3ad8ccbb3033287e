/// A value representation (PS3.5 section 6.2).
public enum VR: String, Sendable, Hashable {
    case AE, AS, AT, CS, DA, DS, DT, FD, FL, IS, LO, LT, OB, OD, OF, OL, OV, OW, PN, SH, SL, SQ, SS, ST, SV, TM
    case UC, UI, UL, UN, UR, US, UT, UV

    /// Whether values are text in the character set of Specific Character Set (0008,0005).
    public var isInSpecificCharacterSet: Bool {
        switch self {
        case .LO, .LT, .PN, .SH, .ST, .UC, .UT: true
        default: false
        }
    }

    /// Whether values are text of any kind.
    public var isText: Bool {
        switch self {
        case .AE, .AS, .CS, .DA, .DS, .DT, .IS, .TM, .UI, .UR: true
        default: isInSpecificCharacterSet
        }
    }

    /// Whether a backslash is an ordinary character rather than a separator of values.
    var isSingleText: Bool { self == .LT || self == .ST || self == .UT || self == .UR }

    /// The byte that brings an odd length to an even one.
    var padding: UInt8 { self == .UI || !isText ? 0 : 0x20 }
}
