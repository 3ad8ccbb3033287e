import Foundation

/// The project's own files, as text.
enum Project {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A file of the project.
    struct File: Sendable {
        /// From the root, such as `Sources/DICOM/UID.swift`.
        let path: String
        let lines: [Line]

        /// The target it belongs to: its folder, but that benchmarks lie in one of their own.
        var target: String {
            let folders = path.split(separator: "/")
            return folders[1] == "Benchmarks" ? "benchmark-" + folders[2].lowercased() : String(folders[1])
        }
    }

    /// A line of a file.
    struct Line: Sendable {
        /// File and number, to be found by.
        let place: String
        /// Blanks at its beginning.
        let indentation: Int
        /// The rest of it.
        let text: Substring
        /// What stands between blanks.
        let words: [Substring]

        init(_ line: Substring, path: String, number: Int) {
            place = "\(path):\(number)"
            text = line.drop { $0 == " " }
            indentation = line.utf8.count - text.utf8.count
            words = text.split(separator: " ")
        }

        var isComment: Bool { text.hasPrefix("//") }

        /// Whether one of some texts stands in it.
        func contains(anyOf texts: [String]) -> Bool { texts.contains { text.contains($0) } }
    }

    static func text(_ path: String) -> String {
        (try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)) ?? ""
    }

    /// Every text file of some kinds below a folder, ascending by path.
    static func files(in folder: String, _ kinds: Set<String>) -> [File] {
        let base = root.appendingPathComponent(folder).path
        let paths = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
        return paths.filter { kinds.contains(URL(fileURLWithPath: $0).pathExtension) }.sorted().map { name in
            let path = "\(folder)/\(name)"
            let lines = text(path).split(separator: "\n", omittingEmptySubsequences: false)
            return File(path: path, lines: lines.enumerated().map { Line($1, path: path, number: $0 + 1) })
        }
    }

    static let swiftSources = files(in: "Sources", ["swift"])
    static let swiftTests = files(in: "Tests", ["swift"])
    static let code = swiftSources + swiftTests + files(in: "Sources", ["h", "hpp", "cpp", "c"])

    /// The targets of Package.swift with the modules that each names as its dependencies.
    static let targets: [String: Set<String>] = {
        let manifest = Self.text("Package.swift")
        guard let start = manifest.range(of: "targets: [\n")?.upperBound else { return [:] }
        let text = manifest[start...].replacing(/\/\/.*/, with: "").replacing(/(?:pkgConfig|resources):.*/, with: "")
        var targets: [String: Set<String>] = [:]
        // A target is a call with a name, and reaches to where the next begins.
        let heads = text.matches(
            of: /(module|tests|\.target|\.executableTarget|\.testTarget|\.systemLibrary)\(\s*(?:name:\s*)?"([^"]+)"/)
        for (index, head) in heads.enumerated() {
            let end = index + 1 < heads.count ? heads[index + 1].range.lowerBound : text.endIndex
            let body = text[head.range.upperBound..<end]
            let products = body.matches(of: /\.product\(name:\s*"([^"]+)"/).map { String($0.1) }
            let modules = body.replacing(/\.product\([^)]*\)/, with: "").matches(of: /"([^"]+)"/).map { String($0.1) }
            targets[head.1 == "tests" ? "\(head.2)Tests" : String(head.2)] = Set(products + modules)
        }
        return targets
    }()
}

extension [Project.File] {
    /// The places of the lines for which something is true.
    func places(where isSo: (Project.Line) -> Bool) -> [String] {
        flatMap { $0.lines.filter(isSo).map(\.place) }
    }
}
