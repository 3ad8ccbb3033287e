import Foundation
import Testing

/// What house style can be told by a program.
@Suite struct HouseTests {
    // MARK: Size

    /// Files that are tables by nature, and may be longer.
    private static let tables: Set<String> = []

    @Test func filesAreShort() {
        let long = Project.code.filter { $0.lines.count > 600 && !Self.tables.contains($0.path) }
        #expect(long.map(\.path) == [])
    }

    /// Counted from the header to the brace of the same indentation.
    @Test func functionsAreShort() {
        var long: [String] = []
        for file in Project.swiftSources {
            var header: (index: Int, line: Project.Line)?
            for (index, line) in file.lines.enumerated() {
                if let open = header, line.text == "}", line.indentation == open.line.indentation {
                    if index - open.index >= 70 { long.append(open.line.place) }
                    header = nil
                } else if header == nil, Self.beginsFunction(line) {
                    header = (index, line)
                }
            }
        }
        #expect(long == [])
    }

    private static func beginsFunction(_ line: Project.Line) -> Bool {
        guard !line.isComment, !line.text.hasSuffix("}") else { return false }
        return line.words.contains { $0 == "func" || $0.hasPrefix("init(") || $0.hasPrefix("init?(") }
    }

    // MARK: Content

    /// All but this folder, where the words looked for stand.
    private static var everything: [Project.File] {
        Project.code.filter { $0.target != "HouseTests" } + Project.files(in: "docs", ["md"])
            + Project.files(in: "Packaging", ["", "sh", "service", "conf"]) + Project.files(in: "Config", ["toml"])
    }

    @Test func nothingPointsAtSomebodysMachine() {
        let places = ["/home/", "/Users/", "/root/", "/work/", "/private/tmp/", ":\\Users"]
        #expect(Self.everything.places { $0.contains(anyOf: places) } == [])
    }

    @Test func nothingIsLeftForLater() {
        let marks: Set<Substring> = ["TODO", "FIXME", "XXX", "HACK"]
        let found = Self.everything.places { line in
            line.words.contains { marks.contains($0.prefix { $0.isLetter }) }
        }
        #expect(found == [])
    }

    // MARK: Words

    @Test func noFileIsForEverythingElse() {
        let names = ["Utils", "Utilities", "Helper", "Common", "Misc", "Manager"]
        let found = Project.swiftSources.map(\.path).filter { path in
            names.contains { path.split(separator: "/").last!.contains($0) }
        }
        #expect(found == [])
    }

    /// Main types of modules that define nothing else by which they could be called.
    private static let namesakes: Set<String> = ["Archive", "Node"]

    /// A type of its module's name would hide the module from all who import it.
    @Test func noTypeBearsTheNameOfAModule() {
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "actor", "typealias"]
        let found = Project.swiftSources.places { line in
            guard line.indentation == 0, ["public", "package"].contains(line.words.first),
                let kind = line.words.firstIndex(where: kinds.contains), kind + 1 < line.words.count
            else { return false }
            let name = String(line.words[kind + 1].prefix { $0.isLetter || $0.isNumber })
            return Project.targets[name] != nil && !Self.namesakes.contains(name)
        }
        #expect(found == [])
    }

    // MARK: Documentation

    @Test func whatIsPublicIsDocumented() {
        var bare: [String] = []
        for file in Project.swiftSources {
            let witnesses = Witnesses(of: file)
            for (index, line) in file.lines.enumerated() where Self.needsDocumentation(line) {
                let above = file.lines[..<index].last { !$0.text.hasPrefix("@") }
                if above?.text.hasPrefix("///") != true, !witnesses.contains(line) { bare.append(line.place) }
            }
        }
        #expect(bare == [])
    }

    /// Operators and what the language's protocols ask for are known by their protocols, attributes by their keywords.
    private static func needsDocumentation(_ line: Project.Line) -> Bool {
        let words = line.words.drop { $0.hasPrefix("@") }
        guard words.first == "public", let next = words.dropFirst().first, next != "extension", next != "import" else {
            return false
        }
        let isOperator = words.firstIndex(of: "func").map {
            words.indices.contains($0 + 1) && !words[$0 + 1].first!.isLetter
        }
        let witnesses = [
            "var description:", "func hash(into", "func encode(to", "init(from decoder", " = Attribute(",
        ]
        return isOperator != true && !line.contains(anyOf: witnesses)
    }
}

/// The members by which the types of a file meet protocols of the house: documented where the protocol is.
private struct Witnesses {
    private let names: Set<Substring>

    /// What each protocol of the house asks for.
    private static let requirements: [Substring: Set<Substring>] = {
        var requirements: [Substring: Set<Substring>] = [:]
        for file in Project.swiftSources {
            var current: Substring?
            for line in file.lines {
                if line.indentation == 0, let kind = line.words.firstIndex(of: "protocol") {
                    current = line.words[kind + 1].prefix { $0.isLetter }
                }
                if line.indentation == 0, line.text == "}" { current = nil }
                if let current, let name = name(line) { requirements[current, default: []].insert(name) }
            }
        }
        return requirements
    }()

    init(of file: Project.File) {
        let conformances = file.lines.filter { $0.words.contains { $0.hasSuffix(":") } && $0.text.hasSuffix("{") }
            .flatMap { $0.text.split { !$0.isLetter } }
        names = Self.requirements.filter { conformances.contains($0.key) }.reduce(into: []) { $0.formUnion($1.value) }
    }

    func contains(_ line: Project.Line) -> Bool { Self.name(line).map(names.contains) ?? false }

    /// The name of the function or property that a line declares.
    private static func name(_ line: Project.Line) -> Substring? {
        guard let kind = line.words.firstIndex(where: { ["func", "var", "let"].contains($0) }),
            kind + 1 < line.words.count
        else { return nil }
        return line.words[kind + 1].prefix { $0.isLetter || $0.isNumber }
    }
}
