/// An application entity title (value representation AE, PS3.5 section 6.2).
///
/// 1 to 16 characters of ASCII without backslash and control characters; spaces at either end are no part of it.
public struct AETitle: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// The title without padding.
    public let description: String

    /// Takes a title as configured or received.
    /// - Returns: nil where nothing is left without padding, or where it is too long or has another character.
    public init?(_ text: String) {
        let bytes = text.utf8.drop { $0 == space }
        let title = bytes.prefix(
            bytes.lastIndex { $0 != space }.map { bytes.distance(from: bytes.startIndex, to: $0) + 1 } ?? 0)
        guard (1...16).contains(title.count), title.allSatisfy({ (0x20...0x7E).contains($0) && $0 != backslash }) else {
            return nil
        }
        description = String(decoding: title, as: UTF8.self)
    }

    /// Orders titles by their characters.
    public static func < (left: AETitle, right: AETitle) -> Bool { left.description < right.description }

    /// Decodes a title from its text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let title = AETitle(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not an AE title of 1 to 16 characters: \(text)")
        }
        self = title
    }

    /// Encodes a title as its text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

private let space = UInt8(ascii: " ")
private let backslash = UInt8(ascii: "\\")
