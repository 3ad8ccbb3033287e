/// A pattern as in DICOM's wild card matching (PS3.4 section C.2.2.2.4), but case-insensitive: `*` stands for any number of
/// characters, `?` for one.
public struct WildcardPattern: Sendable, Equatable, Hashable {
    /// The pattern as written.
    public let text: String
    private let characters: [Character]

    /// Takes a pattern as written.
    public init(_ text: String) {
        self.text = text
        characters = Array(text.lowercased())
    }

    /// Whether it has a wild card.
    var isWild: Bool { characters.contains("*") || characters.contains("?") }

    /// Whether a value matches, the spaces around it apart. In time proportional to both lengths, whatever the pattern: on a
    /// mismatch only the last `*` is tried again.
    public func matches(_ value: String) -> Bool {
        let value = Array(value.lowercased().trimmedOfSpaces)
        var (v, p) = (0, 0)
        var retry: (pattern: Int, value: Int)?
        while v < value.count {
            if p < characters.count, characters[p] == "*" {
                retry = (p + 1, v)
                p += 1
            } else if p < characters.count, characters[p] == "?" || characters[p] == value[v] {
                (p, v) = (p + 1, v + 1)
            } else if let (pattern, from) = retry {
                retry = (pattern, from + 1)
                (p, v) = (pattern, from + 1)
            } else {
                return false
            }
        }
        return characters[p...].allSatisfy { $0 == "*" }
    }

    /// Whether every value that `other` matches is matched by this one too. Never said without being so; of two patterns
    /// with wild cards only the plain cases are seen.
    func covers(_ other: WildcardPattern) -> Bool {
        if characters == other.characters || (!characters.isEmpty && characters.allSatisfy { $0 == "*" }) {
            return true
        }
        return !other.isWild && matches(other.text)
    }
}

extension String {
    fileprivate var trimmedOfSpaces: Substring {
        let start = drop { $0 == " " }
        return start.last == " " ? start[...start.lastIndex { $0 != " " }!] : start
    }
}
