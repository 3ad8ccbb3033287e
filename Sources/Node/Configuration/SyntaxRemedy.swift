/// What is to be done about a line that is no TOML, in the words of those who edit the file.
enum SyntaxRemedy {
    /// - Parameter reason: what the parser says; told where nothing better is known.
    static func text(for line: Substring, reason: String) -> String {
        let statement = line.drop { $0.isWhitespace }
        let isTwice = reason.contains("redefine")
        if statement.hasPrefix("[") {
            return isTwice
                ? "a section stands twice; only those in double brackets, such as [[peer]], may"
                : "the header of a section is a name in brackets, such as [node] or [[peer]]"
        }
        guard let sign = statement.firstIndex(of: "=") else {
            return "a line is key = value, a [section] or a # comment; this is none of them"
        }
        let key = statement[..<sign].trimmingSuffix { $0.isWhitespace }
        if isTwice { return "\(key) stands twice in its section; remove one" }
        let value = statement[statement.index(after: sign)...].drop { $0.isWhitespace }
        return text(forValue: value, of: key, reason: reason)
    }

    private static func text(forValue value: Substring, of key: Substring, reason: String) -> String {
        let bare = value.prefix { $0 != "#" }.trimmingSuffix { $0.isWhitespace }
        guard let first = bare.first else { return "\(key) needs a value behind the =" }
        if "“”„‘’«»".contains(first) { return "\(key) has typographic quotes; write plain ones: \"" }
        if first == "\"", !bare.dropFirst().contains("\"") { return "the text of \(key) lacks the quote at its end" }
        if first == "[", !bare.contains("]") { return "the list of \(key) lacks the ] at its end" }
        if ["true", "false"].contains(bare.lowercased()) { return "\(key) needs true or false, in small letters" }
        let isText = first.isLetter || first == "/" || bare.count { $0 == "." } > 1
        if isText, !bare.contains("\"") { return "the text of \(key) needs quotes: \(key) = \"\(bare)\"" }
        if reason.contains("comment or whitespace") { return "more stands behind the value of \(key) than a # comment" }
        if reason.contains("leading zero") { return "the number of \(key) begins with a 0; leave it out" }
        if reason.contains("determine value type") {
            return "\(key) needs a text in quotes, a number, true or false, or a list in brackets"
        }
        return "\(key): \(reason.split(separator: ": ", maxSplits: 1).last ?? "it cannot be read")"
    }
}

extension Substring {
    fileprivate func trimmingSuffix(_ isDropped: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, isDropped(last) { rest.removeLast() }
        return rest
    }
}
