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
