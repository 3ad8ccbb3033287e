import Anatomy

extension AnatomicalLocation {
    /// At most nine ASCII characters, for names that must be short.
    var shortName: String { Self.shortNames[self] ?? String(displayName.prefix(9)) }

    /// Only the locations whose own words are longer.
    private static let shortNames: [AnatomicalLocation: String] = [
        .lacrimalGland: "LacrimalG", .parotidGland: "Parotid", .submandibularGland: "Submandib", .bloodVessel: "Vessel",
        .gallbladder: "Gallblad", .adrenalGland: "Adrenal", .urinaryBladder: "Bladder", .smallBowel: "SmBowel",
        .prostaticBed: "ProstBed", .seminalVesicle: "SemVes", .softTissue: "SoftTiss", .brownFat: "BrownFat",
        .cervicalNode: "LN cerv", .supraclavicularNode: "LN supra", .axillaryNode: "LN axill",
        .mediastinalNode: "LN media", .hilarNode: "LN hilar", .retroperitonealNode: "LN retro",
        .commonIliacNode: "LN comIl", .internalIliacNode: "LN intIl", .externalIliacNode: "LN extIl",
        .obturatorNode: "LN obtur", .presacralNode: "LN presac", .mesorectalNode: "LN mesor", .inguinalNode: "LN ingui",
        .cervicalSpine: "C-spine", .thoracicSpine: "T-spine", .lumbarSpine: "L-spine", .pelvicBone: "Pelvis",
    ]
}
