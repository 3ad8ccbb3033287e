import CDCMTK

/// Text in a Specific Character Set (PS3.5 section 6.1).
enum Text {
    /// Text without the spaces and NULs that pad it (PS3.5 section 6.2) at either end.
    ///
    /// Over bytes, as every header of every object that arrives goes through here a few dozen times.
    static func withoutPadding(_ text: Substring) -> String {
        let bytes = text.utf8
        guard let first = bytes.firstIndex(where: { !isPadding($0) }),
            let last = bytes.lastIndex(where: { !isPadding($0) })
        else { return "" }
        return String(text[first...last])
    }

    private static func isPadding(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0 }

    /// Decodes bytes by the value of Specific Character Set (0008,0005).
    ///
    /// Text that its declared set cannot decode is shown with replacement characters rather than lost.
    static func decode(_ bytes: [UInt8], specificCharacterSet: String) -> String {
        let set = specificCharacterSet.trimmingPrefix { $0 == " " }.trimmingSuffix { $0 == " " || $0 == "\0" }
        let isASCII = bytes.allSatisfy { $0 < 0x80 && $0 != 0x1B }
        if isASCII || set == "ISO_IR 192" || set.isEmpty || set == "ISO_IR 6" {
            return String(decoding: bytes, as: UTF8.self)
        }
        let converted = bytes.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { characters in
                cd_text_to_utf8(String(set), characters.baseAddress, characters.count, nil)
            }
        }
        guard let converted else { return String(decoding: bytes, as: UTF8.self) }
        defer { cd_text_free(converted) }
        return String(cString: converted)
    }
}

extension StringProtocol {
    fileprivate func trimmingPrefix(_ predicate: (Character) -> Bool) -> SubSequence { drop(while: predicate) }
    fileprivate func trimmingSuffix(_ predicate: (Character) -> Bool) -> SubSequence {
        var end = endIndex
        while end > startIndex, predicate(self[index(before: end)]) { end = index(before: end) }
        return self[..<end]
    }
}
