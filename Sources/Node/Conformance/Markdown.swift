/// The little of Markdown that a statement is made of.
struct Markdown {
    private(set) var text = ""

    mutating func heading(_ level: Int, _ title: String) { add(String(repeating: "#", count: level) + " " + title) }

    mutating func paragraph(_ sentences: String...) { add(sentences.joined(separator: " ")) }

    mutating func list(_ items: [String]) {
        if !items.isEmpty { add(items.map { "- " + $0 }.joined(separator: "\n")) }
    }

    /// A table; a line that says so where it has no rows.
    mutating func table(_ columns: [String], _ rows: [[String]], ifEmpty: String = "None.") {
        guard !rows.isEmpty else { return add(ifEmpty) }
        func line(_ cells: [String]) -> String {
            "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
        }
        add(([line(columns), line(columns.map { _ in "---" })] + rows.map(line)).joined(separator: "\n"))
    }

    private mutating func add(_ block: String) { text += (text.isEmpty ? "" : "\n") + block + "\n" }
}
