extension SyntheticStudy {
    /// Whose study it is: the bytes of the name and the character set in which they are written.
    struct Identity {
        /// Specific Character Set, its values apart by backslashes.
        var characterSet: String?
        var name: [UInt8]
        /// The name as a reader should see it.
        var readable: String

        static let plain = Identity(characterSet: nil, name: Array("Doe^John".utf8), readable: "Doe^John")
        static let chinese = Identity(
            characterSet: "ISO_IR 192", name: Array("Wang^XiaoDong=王^小东".utf8), readable: "Wang^XiaoDong=王^小东")
        /// Ideographs and kana (PS3.5 section H.3.1).
        static let japanese = Identity(
            characterSet: "\\ISO 2022 IR 87",
            name: text("Yamada^Tarou=") + kanji(0x3B33, 0x4544) + text("^") + kanji(0x4240, 0x4F3A) + text("=")
                + kanji(0x2464, 0x245E, 0x2440) + text("^") + kanji(0x243F, 0x246D, 0x2426),
            readable: "Yamada^Tarou=山田^太郎=やまだ^たろう")
        /// Half-width katakana beside them (section H.3.2).
        static let katakana = Identity(
            characterSet: "ISO 2022 IR 13\\ISO 2022 IR 87",
            name: [0xD4, 0xCF, 0xC0, 0xDE, 0x5E, 0xC0, 0xDB, 0xB3] + text("=")
                + kanji(0x3B33, 0x4544, returning: 0x4A) + text("^") + kanji(0x4240, 0x4F3A, returning: 0x4A)
                + text("=")
                + kanji(0x2464, 0x245E, 0x2440, returning: 0x4A) + text("^")
                + kanji(0x243F, 0x246D, 0x2426, returning: 0x4A),
            readable: "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう")
        /// Hanja and Hangul (section I.2).
        static let korean = Identity(
            characterSet: "\\ISO 2022 IR 149",
            name: text("Hong^Gildong=") + korean([0xFB, 0xF3]) + text("^") + korean([0xD1, 0xCE, 0xD4, 0xD7])
                + text("=")
                + korean([0xC8, 0xAB]) + text("^") + korean([0xB1, 0xE6, 0xB5, 0xBF]),
            readable: "Hong^Gildong=洪^吉洞=홍^길동")
        /// GB 18030 (section J.3).
        static let mainland = Identity(
            characterSet: "GB18030",
            name: text("Wang^XiaoDong=") + [0xCD, 0xF5] + text("^") + [0xD0, 0xA1, 0xB6, 0xAB],
            readable: "Wang^XiaoDong=王^小东")
        static let french = Identity(
            characterSet: "ISO_IR 100", name: [0x42, 0x75, 0x63, 0x5E, 0x4A, 0xE9, 0x72, 0xF4, 0x6D, 0x65],
            readable: "Buc^Jérôme")
        static let greek = Identity(
            characterSet: "ISO_IR 126", name: [0xC4, 0xE9, 0xEF, 0xED, 0xF5, 0xF3, 0xE9, 0xEF, 0xF2, 0x5E, 0xC1],
            readable: "Διονυσιος^Α")
        static let russian = Identity(
            characterSet: "ISO_IR 144", name: [0xB8, 0xD2, 0xD0, 0xDD, 0xDE, 0xD2, 0x5E, 0xB8, 0xD2, 0xD0, 0xDD],
            readable: "Иванов^Иван")
        static let arabic = Identity(
            characterSet: "ISO_IR 127", name: [0xE2, 0xC8, 0xC7, 0xE6, 0xEA, 0x5E, 0xE4, 0xE6, 0xD2, 0xC7, 0xD1],
            readable: "قباني^لنزار")
        static let hebrew = Identity(
            characterSet: "ISO_IR 138", name: [0xF9, 0xF8, 0xE5, 0xEF, 0x5E, 0xE3, 0xE1, 0xE5, 0xF8, 0xE4],
            readable: "שרון^דבורה")

        /// All of them.
        static let all = [
            plain, chinese, japanese, katakana, korean, mainland, french, greek, russian, arabic,
            hebrew,
        ]

        private static func text(_ ascii: String) -> [UInt8] { Array(ascii.utf8) }

        /// Characters of JIS X 0208, and back to the first set: ASCII (0x42) or JIS X 0201 (0x4A).
        private static func kanji(_ characters: UInt16..., returning final: UInt8 = 0x42) -> [UInt8] {
            [0x1B, 0x24, 0x42] + characters.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } + [0x1B, 0x28, final]
        }

        /// Characters of KS X 1001; a delimiter ends them.
        private static func korean(_ characters: [UInt8]) -> [UInt8] { [0x1B, 0x24, 0x29, 0x43] + characters }
    }
}
