extension AnatomicalLocation {
    /// Whether there is one of it on each side of the body.
    public var isPaired: Bool {
        switch self {
        case .lacrimalGland, .parotidGland, .submandibularGland, .lung, .adrenalGland, .kidney, .ureter, .testis,
            .cervicalNode, .supraclavicularNode, .axillaryNode, .hilarNode, .commonIliacNode, .internalIliacNode,
            .externalIliacNode, .obturatorNode, .inguinalNode, .pelvicBone, .rib, .clavicle, .scapula, .humerus, .femur:
            true
        default: false
        }
    }

    /// The side of a focus of this location.
    /// - Parameter offset: millimetres to the left of the body's midline. Paired structures are always of one side;
    ///   others are of the midline within 10 mm of it.
    public func laterality(millimetresToLeft offset: Double) -> Laterality {
        if !isPaired, abs(offset) < 10 { return .midline }
        return offset >= 0 ? .left : .right
    }
}
