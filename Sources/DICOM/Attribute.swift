/// An attribute: a tag with its value representation and keyword (PS3.6).
public struct Attribute: Sendable, Hashable {
    /// The data element tag.
    public let tag: Tag
    /// The value representation in which Uptake writes it.
    public let vr: VR
    /// The keyword; empty for a private attribute.
    public let keyword: String

    /// Names an attribute that has no keyword here, such as a private one.
    public init(_ group: UInt16, _ element: UInt16, _ vr: VR, _ keyword: String = "") {
        tag = Tag(group, element)
        self.vr = vr
        self.keyword = keyword
    }
}

extension Attribute {
    // Private attributes that SUV needs (PS3.5 section 7.8: found through their private creator).

    /// GE: the scan's date and time, the reference of its decay correction.
    public static let gePostInjectionReferenceDateTime = Attribute(0x0009, 0x100D, .DT)
    /// Philips: factor from stored values to SUVbw.
    public static let philipsSUVScaleFactor = Attribute(0x7053, 0x1000, .DS)
    /// Philips: factor from stored values to Bq/ml.
    public static let philipsActivityConcentrationScaleFactor = Attribute(0x7053, 0x1009, .DS)
}
