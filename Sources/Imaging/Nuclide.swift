import DICOM

/// A radionuclide that occurs in objects called PET, with what SUV needs to know of it.
struct Nuclide: Sendable, Equatable {
    /// As written in text: 18F.
    let name: String
    /// Half-life in seconds (ICRP Publication 107, rounded).
    let halfLifeSeconds: Double
    /// Whether SUV may be computed for it.
    let emitsPositrons: Bool
    /// Code Values of Radionuclide Code Sequence: SNOMED CT (CID 18, CID 4020), and the older SRT code where in use.
    let codes: [String]
    /// The element's name in lower case, for texts.
    let element: String

    private init(_ name: String, _ element: String, _ halfLife: Double, _ codes: [String], positrons: Bool = true) {
        self.name = name
        self.element = element
        halfLifeSeconds = halfLife
        self.codes = codes
        emitsPositrons = positrons
    }

    static let f18 = Nuclide("18F", "fluor", 6586.2, ["77004003", "C-111A1"])
    static let ga68 = Nuclide("68Ga", "gallium", 4062.6, ["35337001", "C-131A3"])

    /// The nuclides that Uptake tells apart.
    static let all: [Nuclide] = [
        f18, ga68,
        Nuclide("11C", "carbon", 1223.4, ["40565003", "C-105A1"]),
        Nuclide("13N", "nitrogen", 597.9, ["21576001", "C-107A1"]),
        Nuclide("15O", "oxygen", 122.24, ["129504001", "C-B1038"]),
        Nuclide("82Rb", "rubidium", 76.38, ["79197006", "C-159A2"]),
        Nuclide("61Cu", "copper", 11_999, ["71425003", "C-127A1"]),
        Nuclide("64Cu", "copper", 45_720, ["3932008", "C-127A2"]),
        Nuclide("44Sc", "scandium", 14_292, ["126600"]),
        Nuclide("86Y", "yttrium", 53_064, ["10738001", "C-162A3"]),
        Nuclide("152Tb", "terbium", 63_000, ["126606"]),
        Nuclide("89Zr", "zirconium", 282_276, ["63360001", "C-168A4"]),
        Nuclide("124I", "iod", 360_806, ["40937006", "C-114A5"]),
        Nuclide("177Lu", "lutetium", 574_300, ["447553000", "C-101ED"], positrons: false),
        Nuclide("90Y", "yttrium", 230_760, ["14691008", "C-162A7"], positrons: false),
        Nuclide("99mTc", "technetium", 21_624, ["72454006", "C-163A8"], positrons: false),
        Nuclide("111In", "indium", 242_330, ["56609000", "C-145A4"], positrons: false),
        Nuclide("123I", "iod", 47_604, ["21572004", "C-114A4"], positrons: false),
        Nuclide("131I", "iod", 693_377, ["1368003", "C-114B1"], positrons: false),
        Nuclide("67Ga", "gallium", 281_768, ["2008008", "C-131A2"], positrons: false),
        Nuclide("201Tl", "thallium", 262_836, ["60057003", "C-138A9"], positrons: false),
    ]

    /// The nuclide with a Code Value; schemes vary between scanners (SCT, SRT, SNM3, 99SDM), values do not.
    static func coded(_ value: String) -> Nuclide? { all.first { $0.codes.contains(value) } }

    /// The nuclide that a text names with its mass number: "Lu-177", "^177^Lutetium", "177Lu-PSMA-617", "F18".
    static func named(in text: String) -> Nuclide? {
        // The words of the text, with a mass number and a symbol that stand apart brought together.
        let words = text.lowercased().map { $0.isLetter || $0.isNumber ? $0 : " " }
        let joined = String(words).split(separator: " ").map(String.init)
        let pairs = zip(joined, joined.dropFirst()).map { $0 + $1 }
        return all.first { nuclide in
            let mass = nuclide.name.prefix { $0.isNumber }.description
            let symbol = nuclide.name.dropFirst(mass.count).lowercased()
            return (joined + pairs).contains { word in
                word == mass + symbol || word == symbol + mass || word.hasPrefix(mass + nuclide.element)
                    || (word.hasPrefix(nuclide.element) && word.hasSuffix(mass))
            }
        }
    }

    /// The nuclide whose half-life is within a hundredth of a value in seconds.
    static func decaying(withHalfLife seconds: Double) -> Nuclide? {
        all.first { abs($0.halfLifeSeconds / seconds - 1) <= 0.01 }
    }
}
