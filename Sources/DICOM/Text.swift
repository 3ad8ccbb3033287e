import CDCMTK

/// Text in a Specific Character Set (PS3.5 section 6.1).
enum Text {
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
