/// The text in a field of a C structure.
func text<Field>(of field: Field) -> String {
    withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}

/// Lends texts to C for the length of a call.
func withCStrings<Result>(_ texts: [String], _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> Result) -> Result {
    var block: [CChar] = []
    var offsets: [Int] = []
    for text in texts {
        offsets.append(block.count)
        block.append(contentsOf: text.utf8CString)
    }
    return block.withUnsafeBufferPointer { block in
        offsets.map { offset -> UnsafePointer<CChar>? in block.baseAddress! + offset }.withUnsafeBufferPointer(body)
    }
}
