/// A private attribute: the element of a block that its creator reserves (PS3.5 section 7.8.1).
public struct PrivateAttribute: Sendable, Hashable {
    /// The private creator.
    public let creator: String
    /// The group, an odd number.
    public let group: UInt16
    /// The element within the block, 0x00–0xFF.
    public let offset: UInt8
    /// The value representation.
    public let vr: VR

    /// Names a private attribute.
    public init(creator: String, group: UInt16, offset: UInt8, vr: VR) {
        self.creator = creator
        self.group = group
        self.offset = offset
        self.vr = vr
    }

    /// GE: the scan's date and time, the reference of its decay correction.
    public static let geScanDateTime = PrivateAttribute(
        creator: "GEMS_PETD_01", group: 0x0009, offset: 0x0D, vr: .DT)
    /// Philips: factor from rescaled values to SUVbw.
    public static let philipsSUVScaleFactor = PrivateAttribute(
        creator: "Philips PET Private Group", group: 0x7053, offset: 0x00, vr: .DS)
    /// Philips: factor from rescaled values to Bq/ml.
    public static let philipsActivityConcentrationScaleFactor = PrivateAttribute(
        creator: "Philips PET Private Group", group: 0x7053, offset: 0x09, vr: .DS)
}

extension DataSet {
    /// Where a private attribute lies in this data set.
    ///
    /// The block is the one whose creator element names the creator. Anonymisers often strip the creator elements and
    /// keep the values; so where no creator reserves block 0x10 at all, that block, which scanners use first, is
    /// taken for the creator's.
    /// - Returns: nil where the creator has no block, or the attribute is absent from it.
    public func locate(_ attribute: PrivateAttribute) -> Attribute? {
        func at(_ block: UInt16) -> Attribute? {
            let place = Attribute(attribute.group, block << 8 | UInt16(attribute.offset), attribute.vr)
            return hasValue(place) ? place : nil
        }
        func creator(_ block: UInt16) -> String? { string(Attribute(attribute.group, block, .LO)) }
        for block in UInt16(0x10)...0xFF where creator(block) == attribute.creator {
            if let place = at(block) { return place }
        }
        return creator(0x10) == nil ? at(0x10) : nil
    }
}
