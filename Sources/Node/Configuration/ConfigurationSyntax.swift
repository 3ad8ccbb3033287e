import TOMLKit

/// What of a text is no TOML, told all at once, and what the rest of it says.
///
/// The parser stops at its first error. So a text that is wrong is taken apart into statements, headers of sections and keys
/// with their values, each of which is parsed by itself: one that is wrong hides no other. That no line within a value looks
/// like a statement is taken for granted.
struct ConfigurationSyntax {
    /// The text, with empty lines in place of what is wrong.
    private(set) var lines: [Substring]
    /// What is wrong, in order of line.
    private(set) var problems: [ConfigurationProblem] = []
    /// What is left.
    private(set) var table = TOMLTable()

    /// The lines of a text, also of one from Windows.
    static func lines(of text: String) -> [Substring] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    }

    /// Problems of one text that are told at most.
    private static let mostProblems = 100

    init(text: String) {
        lines = Self.lines(of: text)
        dropNamelessHeaders()
        if problems.isEmpty, let whole = try? TOMLTable(string: text) {
            table = whole
            return
        }
        let starts = lines.indices.filter { $0 == 0 || Self.beginsStatement(lines[$0]) }
        for (start, end) in zip(starts, starts.dropFirst() + [lines.count]) { judge(start..<end) }
        judgeTogether()
        problems.sort { ($0.line ?? 0) < ($1.line ?? 0) }
        if problems.count >= Self.mostProblems {
            problems.append(ConfigurationProblem(line: nil, message: "and perhaps more; correct these first"))
        }
    }

    /// The parser ends the program over a bracket at the beginning of a line that no name follows. None of our lists has lists
    /// in it, which alone might have such a line.
    private mutating func dropNamelessHeaders() {
        for index in lines.indices where Self.isNamelessHeader(lines[index]) {
            guard problems.count < Self.mostProblems else {
                lines[index] = ""
                continue
            }
            drop(section(at: index), (index, ""), at: index)
        }
    }

    private static func isNamelessHeader(_ line: Substring) -> Bool {
        var rest = line.drop(while: \.isWhitespace)
        guard rest.popFirst() == "[" else { return false }
        if rest.first == "[" { rest.removeFirst() }
        guard let first = rest.first(where: { !$0.isWhitespace }) else { return true }
        return !(first.isASCII && (first.isLetter || first.isNumber || "_-\"'".contains(first)))
    }

    // MARK: By itself

    /// Drops what is wrong in the lines from a statement to the next.
    private mutating func judge(_ statement: Range<Int>) {
        var rest = statement
        while !rest.isEmpty, problems.count < Self.mostProblems, let error = error(in: rest) {
            let first = rest.lowerBound
            let line = min(first + error.line, rest.upperBound - 1)
            let wrong: Range<Int>
            if line > first, self.error(in: first..<line) == nil {
                // A line that belongs to no statement.
                wrong = line..<line + 1
            } else {
                wrong = Self.goesOn(lines[first]) ? rest : first..<first + 1
            }
            drop(Self.isHeader(lines[first]) && wrong.lowerBound == first ? section(at: first) : wrong, error, at: line)
            rest = wrong.upperBound..<rest.upperBound
        }
    }

    // MARK: Together

    /// Drops what is wrong only because of what stands before it, such as a key that is there twice.
    private mutating func judgeTogether() {
        while problems.count < Self.mostProblems {
            guard let error = error(in: lines.indices) else {
                table = (try? TOMLTable(string: lines.joined(separator: "\n"))) ?? table
                return
            }
            let line = min(error.line, lines.count - 1)
            let start = lines[...line].lastIndex(where: Self.beginsStatement) ?? line
            let end = lines[(line + 1)...].firstIndex(where: Self.beginsStatement) ?? lines.count
            drop(Self.isHeader(lines[start]) ? section(at: start) : start..<end, error, at: line)
        }
    }

    /// The lines from a header to the next: keys of a section without a name belong nowhere.
    private func section(at header: Int) -> Range<Int> {
        header..<(lines[(header + 1)...].firstIndex(where: Self.isHeader) ?? lines.count)
    }

    // MARK: Lines

    private typealias SyntaxError = (line: Int, reason: String)

    /// What the parser says of some lines, by the first of them.
    private func error(in range: Range<Int>) -> SyntaxError? {
        do {
            _ = try TOMLTable(string: lines[range].joined(separator: "\n"))
            return nil
        } catch let error as TOMLParseError {
            return (max(Int(error.source.begin.line) - 1, 0), error.description)
        } catch { return (0, "\(error)") }
    }

    private mutating func drop(_ range: Range<Int>, _ error: SyntaxError, at line: Int) {
        let message = SyntaxRemedy.text(for: lines[line], reason: error.reason)
        problems.append(ConfigurationProblem(line: line + 1, message: message))
        for index in range { lines[index] = "" }
    }

    private static func beginsStatement(_ line: Substring) -> Bool {
        isHeader(line) || line.prefixMatch(of: /\s*[A-Za-z0-9_.\-]+\s*=/) != nil
    }

    private static func isHeader(_ line: Substring) -> Bool { line.prefixMatch(of: /\s*\[\[?\s*[A-Za-z0-9_\-]/) != nil }

    /// Whether a value that begins on a line may end on another.
    private static func goesOn(_ line: Substring) -> Bool {
        let value = line.drop { $0 != "=" }.dropFirst().drop { $0.isWhitespace }
        let pairs = [("[", "]"), ("{", "}"), ("\"\"\"", "\"\"\""), ("'''", "'''")]
        return pairs.contains { value.hasPrefix($0) && !value.dropFirst($0.count).contains($1) }
    }
}
