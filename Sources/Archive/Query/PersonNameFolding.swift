import Foundation

/// A person's name as it is compared: by its three component groups, alphabetic, ideographic and phonetic (PS3.5 section
/// 6.2.1).
///
/// PS3.4 section C.2.2.2.1 leaves to the SCP what else than case a name may differ in. Here letters match whatever their
/// case and width (NFKC, then lower case, so that half-width katakana match full-width ones); accents count; runs of
/// spaces are one; empty components at the end are none.
struct PersonNameFolding: Equatable {
    /// Three texts, empty where a group is absent.
    let groups: [String]
    /// Whether the text had more than one group.
    let isGrouped: Bool

    init(_ name: String) {
        let parts = name.split(separator: "=", maxSplits: 2, omittingEmptySubsequences: false)
        isGrouped = parts.count > 1
        groups = (0..<3).map { $0 < parts.count ? Self.folded(parts[$0]) : "" }
    }

    private static func folded(_ group: Substring) -> String {
        let letters = String(group).precomposedStringWithCompatibilityMapping.lowercased()
        var components = letters.split(separator: "^", omittingEmptySubsequences: false).map { component in
            component.split(separator: " ").joined(separator: " ")
        }
        while components.last == "" { components.removeLast() }
        return components.joined(separator: "^")
    }
}
