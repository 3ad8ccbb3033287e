/// The Specific Character Sets whose text is decoded (PS3.3 section C.12.1.1.2).
public enum CharacterSets {
    /// A value of Specific Character Set, and some text in it.
    private struct Sample {
        let characterSet: String
        let bytes: [UInt8]
        let text: String
    }

    /// One letter in each that the standard defines, so that what is claimed is what the system's converter does.
    private static let samples = [
        Sample(characterSet: "ISO_IR 100", bytes: [0xE9], text: "é"),
        Sample(characterSet: "ISO_IR 101", bytes: [0xB1], text: "ą"),
        Sample(characterSet: "ISO_IR 109", bytes: [0xA1], text: "Ħ"),
        Sample(characterSet: "ISO_IR 110", bytes: [0xB1], text: "ą"),
        Sample(characterSet: "ISO_IR 144", bytes: [0xB6], text: "Ж"),
        Sample(characterSet: "ISO_IR 127", bytes: [0xC7], text: "ا"),
        Sample(characterSet: "ISO_IR 126", bytes: [0xC1], text: "Α"),
        Sample(characterSet: "ISO_IR 138", bytes: [0xE0], text: "א"),
        Sample(characterSet: "ISO_IR 148", bytes: [0xFD], text: "ı"),
        Sample(characterSet: "ISO_IR 203", bytes: [0xA4], text: "€"),
        Sample(characterSet: "ISO_IR 13", bytes: [0xB1], text: "ｱ"),
        Sample(characterSet: "ISO_IR 166", bytes: [0xA1], text: "ก"),
        Sample(
            characterSet: #"\ISO 2022 IR 87"#, bytes: [0x1B, 0x24, 0x42, 0x3B, 0x33, 0x1B, 0x28, 0x42], text: "山"),
        Sample(
            characterSet: #"\ISO 2022 IR 159"#, bytes: [0x1B, 0x24, 0x28, 0x44, 0x30, 0x21, 0x1B, 0x28, 0x42],
            text: "丂"),
        Sample(characterSet: #"\ISO 2022 IR 149"#, bytes: [0x1B, 0x24, 0x29, 0x43, 0xB1, 0xE8], text: "김"),
        Sample(characterSet: #"\ISO 2022 IR 58"#, bytes: [0x1B, 0x24, 0x29, 0x41, 0xCD, 0xF5], text: "王"),
        Sample(characterSet: "ISO_IR 192", bytes: [0xC3, 0xA9], text: "é"),
        Sample(characterSet: "GB18030", bytes: [0xC4, 0xE3], text: "你"),
        Sample(characterSet: "GBK", bytes: [0xC4, 0xE3], text: "你"),
    ]

    /// Those that are decoded on this system, by their defined terms.
    public static var decoded: [String] {
        terms { Text.decode($0.bytes, specificCharacterSet: $0.characterSet) == $0.text }
    }

    /// Those that are not: their text is kept as it is and shown with replacement characters.
    public static var undecoded: [String] {
        terms { Text.decode($0.bytes, specificCharacterSet: $0.characterSet) != $0.text }
    }

    private static func terms(where holds: (Sample) -> Bool) -> [String] {
        samples.filter(holds).map { $0.characterSet.replacing("\\", with: "") }
    }
}
