import Foundation

/// A table beside a collection: the first line names its columns, each further line has a field for each. A field that holds
/// commas stands in quotation marks, as spreadsheets write it (RFC 4180, but no field goes over a line's end).
struct CommaSeparatedTable {
    /// The lines below the heading that are not empty: each one's number in the file, and its fields by column.
    let rows: [(line: Int, fields: [String: String])]

    /// Reads a table; nil where there is no such file.
    /// - Parameter columns: those that it must have.
    /// - Throws: `ImportError.unreadable` where one is missing.
    init?(_ path: String, columns: [String]) throws(ImportError) {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        let lines = String(decoding: data, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        // Spreadsheets begin a file with a mark of its encoding.
        let heading = Self.fields(lines[0].drop { $0 == "\u{FEFF}" })
        guard Set(columns).isSubset(of: heading) else {
            throw .unreadable(
                path: path, reason: "its first line does not name the columns \(columns.joined(separator: ","))")
        }
        rows = lines.enumerated().dropFirst().filter { $1.contains { $0 != "," && !$0.isWhitespace } }.map {
            number, line in
            (number + 1, Dictionary(zip(heading, Self.fields(line))) { first, _ in first })
        }
    }

    private static func fields(_ line: Substring) -> [String] {
        var fields = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
        }
        return fields.map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
