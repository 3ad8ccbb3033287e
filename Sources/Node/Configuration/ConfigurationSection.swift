import DICOMNetwork
import Foundation
import TOMLKit

/// The text of a configuration file, and what was found wrong in it.
final class ConfigurationDocument {
    /// As it was written.
    private let written: [Substring]
    /// The same with empty lines in place of what is no TOML.
    private let lines: [Substring]
    /// What it says.
    let table: TOMLTable
    /// Whether some of it is no TOML: what is missing may stand there.
    let isTorn: Bool
    private(set) var problems: [ConfigurationProblem]

    init(text: String) {
        let syntax = ConfigurationSyntax(text: text)
        written = ConfigurationSyntax.lines(of: text)
        (lines, table, problems) = (syntax.lines, syntax.table, syntax.problems)
        isTorn = !problems.isEmpty
    }

    private(set) var warnings: [ConfigurationProblem] = []

    func add(_ line: Int?, _ message: String) {
        problems.append(ConfigurationProblem(line: line, message: message))
        problems.sort { ($0.line ?? 0) < ($1.line ?? 0) }
    }

    func warn(_ line: Int?, _ message: String) {
        warnings.append(ConfigurationProblem(line: line, message: message))
    }

    /// The line of a section's header; the parser keeps no places of values.
    func line(ofSection name: String, occurrence: Int = 0) -> Int? {
        let headers = lines.indices.filter { Self.header(lines[$0]) == name }
        return headers.indices.contains(occurrence) ? headers[occurrence] + 1 : nil
    }

    /// The line of a key in the section whose header is at `line` (or before any section); where it is not found, that of
    /// the section.
    func line(ofKey key: String, below line: Int?) -> Int? { Self.line(ofKey: key, below: line, in: lines) ?? line }

    /// Whether a key stands in a section, even with a value that is no TOML.
    func isWritten(_ key: String, below line: Int?) -> Bool { Self.line(ofKey: key, below: line, in: written) != nil }

    private static func line(ofKey key: String, below line: Int?, in lines: [Substring]) -> Int? {
        for index in (line ?? 0)..<lines.count {
            guard header(lines[index]) == nil else { return nil }
            let name = lines[index].prefix { $0 != "=" }
            if name.count < lines[index].count, name.trimmingCharacters(in: .whitespaces) == key { return index + 1 }
        }
        return nil
    }

    /// The name in a line such as `[node]` or `[[ peer ]]`; nil for other lines.
    private static func header(_ line: Substring) -> String? {
        let text = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
        guard text.hasPrefix("["), text.hasSuffix("]") else { return nil }
        return text.trimmingCharacters(in: CharacterSet(charactersIn: "[] \t"))
    }
}

/// A table of a configuration file, read key by key; what is never asked for is unknown.
final class ConfigurationSection {
    private let table: TOMLTable
    private let name: String
    private let document: ConfigurationDocument
    private let line: Int?
    private let isRepeated: Bool
    private var asked: Set<String> = []

    /// The whole of a file.
    convenience init(_ document: ConfigurationDocument) { self.init(document.table, name: "", document: document) }

    private init(_ table: TOMLTable, name: String, document: ConfigurationDocument, occurrence: Int? = nil) {
        self.table = table
        self.name = name
        self.document = document
        line = name.isEmpty ? nil : document.line(ofSection: name, occurrence: occurrence ?? 0)
        isRepeated = occurrence != nil
    }

    // MARK: Tables

    func section(_ key: String) -> ConfigurationSection? {
        guard let value = value(key) else { return nil }
        guard let table = value.table else {
            complain(key, "\(key) is a section; write it as [\(key)]")
            return nil
        }
        return ConfigurationSection(table, name: key, document: document)
    }

    func sections(_ key: String) -> [ConfigurationSection] {
        guard let value = value(key) else { return [] }
        guard let array = value.array, array.allSatisfy({ $0.table != nil }) else {
            complain(key, "\(key) may stand several times; write each as [[\(key)]]")
            return []
        }
        return array.enumerated().map {
            ConfigurationSection($1.table!, name: key, document: document, occurrence: $0)
        }
    }

    // MARK: Values

    func string(_ key: String) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else {
            complain(key, "\(key) needs a text in quotes")
            return nil
        }
        guard !text.isEmpty else {
            complain(key, "\(key) is empty; give a text, or leave the line out")
            return nil
        }
        return text
    }

    func strings(_ key: String) -> [String]? {
        guard let value = value(key) else { return nil }
        let texts = value.array.map { array in array.compactMap(\.string) }
        guard let texts, texts.count == value.array?.count else {
            complain(key, "\(key) needs a list of texts, such as [\"192.0.2.1\"]")
            return nil
        }
        return texts
    }

    /// A text, or a list of texts of which one is enough.
    func alternatives(_ key: String) -> [String]? {
        guard let value = value(key) else { return nil }
        let texts = value.string.map { [$0] } ?? value.array.map { array in array.compactMap(\.string) }
        guard let texts, texts.count == value.array?.count ?? 1, !texts.isEmpty, !texts.contains("") else {
            complain(key, "\(key) needs a text, or a list of texts of which one is enough, such as [\"CT*\", \"PT\"]")
            return nil
        }
        return texts
    }

    func integer(_ key: String, _ range: ClosedRange<Int>) -> Int? {
        guard let value = value(key) else { return nil }
        guard let number = value.int, range.contains(number) else {
            complain(key, "\(key) needs a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    func seconds(_ key: String, _ range: ClosedRange<Double>) -> Double? { number(key, range, of: " of seconds") }

    func number(_ key: String, _ range: ClosedRange<Double>, of unit: String = "") -> Double? {
        guard let value = value(key) else { return nil }
        guard let number = value.double ?? value.int.map(Double.init), range.contains(number) else {
            complain(key, "\(key) needs a number\(unit) from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    func boolean(_ key: String) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let flag = value.bool else {
            complain(key, "\(key) needs true or false")
            return nil
        }
        return flag
    }

    /// One of some words.
    func word(_ key: String, of words: [String]) -> String? {
        guard let text = string(key) else { return nil }
        guard words.contains(text) else {
            complain(key, "\(key) needs one of \(words.joined(separator: ", "))")
            return nil
        }
        return text
    }

    /// One of the cases of a kind, by its word.
    func choice<Choice: CaseIterable & RawRepresentable<String>>(_ key: String) -> Choice? {
        word(key, of: Choice.allCases.map(\.rawValue)).flatMap(Choice.init)
    }

    /// A list of texts, each of which is to be a value.
    /// - Parameter kind: what each is, for the complaint.
    func values<Value>(_ key: String, _ kind: String, _ read: (String) -> Value?) -> [Value]? {
        strings(key)?.compactMap { text in
            guard let value = read(text) else {
                complain(key, "\"\(text)\" is no \(kind)")
                return nil
            }
            return value
        }
    }

    func aeTitles(_ key: String) -> [AETitle]? {
        values(key, "AE title: 1 to 16 characters, no backslash, not only spaces") { AETitle($0) }
    }

    func aeTitle(_ key: String) -> AETitle? {
        guard let text = string(key) else { return nil }
        guard let title = AETitle(text) else {
            complain(key, "\"\(text)\" is no AE title: 1 to 16 characters, no backslash, not only spaces")
            return nil
        }
        return title
    }

    /// As it stands in the file.
    private var title: String { isRepeated ? "[[\(name)]]" : "[\(name)]" }

    /// Whether a key stands here, whatever its value.
    func has(_ key: String) -> Bool { table[key] != nil || document.isWritten(key, below: line) }

    /// Notes the absence of a value that has no default; a value that is there but wrong has been noted already.
    func required<Value>(_ key: String, _ value: Value?) -> Value? {
        if value == nil, !has(key) { complain(nil, "\(title) needs \(key)") }
        return value
    }

    /// What the sections of a name call themselves, also those in which something is wrong.
    func names(of sections: String) -> Set<String> {
        Set(table[sections]?.array?.compactMap { $0.table?["name"]?.string } ?? [])
    }

    // MARK: Problems

    /// Notes what is no error but worth a look, at the section as a whole.
    func warn(_ message: String) { document.warn(line, message) }

    /// Notes a problem at a key; nil for the section as a whole.
    func complain(_ key: String?, _ message: String) {
        let place = key.flatMap { document.line(ofKey: $0, below: line) }
        // At the top of the file a key may be a section.
        let section = name.isEmpty ? key.flatMap { document.line(ofSection: $0) } : line
        document.add(place ?? section, message)
    }

    /// Notes that something is missing elsewhere in the file, unless it may stand where that is no TOML.
    func complainOfAbsence(_ key: String, _ message: String) { if !document.isTorn { complain(key, message) } }

    /// Notes every key that nobody asked for.
    func refuseUnknownKeys() {
        for key in table.keys where !asked.contains(key) {
            let known = asked.sorted().joined(separator: ", ")
            complain(key, "unknown key \(key); here may stand \(known)")
        }
    }

    private func value(_ key: String) -> (any TOMLValueConvertible)? {
        asked.insert(key)
        return table[key]
    }
}
