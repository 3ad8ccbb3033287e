import COpenSSL
import Foundation

/// A DICOM unique identifier (PS3.5 section 9): digits and dots, at most 64 characters.
public struct UID: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// The dotted form.
    public let description: String

    /// Takes a UID as written in a data set; trailing NULs and spaces are padding.
    ///
    /// Leading zeros in a component are forbidden by the standard yet met in real studies, so they are let through:
    /// an identifier is only compared. Whatever could leave a directory or a line (slashes, letters) is not.
    /// - Returns: nil where the text is empty, too long, or has any other character.
    public init?(_ text: String) {
        let trimmed = Text.withoutPadding(text[...])
        guard (1...64).contains(trimmed.utf8.count) else { return nil }
        var isAfterDigit = false
        for byte in trimmed.utf8 {
            guard (48...57).contains(byte) || (byte == 46 && isAfterDigit) else { return nil }
            isAfterDigit = byte != 46
        }
        guard isAfterDigit else { return nil }
        description = trimmed
    }

    /// A UID known to be well formed, for constants.
    public init(constant: StaticString) {
        description = constant.description
    }

    private init(unchecked: String) { description = unchecked }

    /// The UID named by `parts`: `2.25.` and a name-based UUID (PS3.5 section B.2; RFC 9562 version 8 over SHA-256).
    ///
    /// The same parts give the same UID on every machine, so that a repeated reading makes the same objects.
    public static func derived(from parts: [String]) -> UID {
        // A unit separator cannot occur in an identifier, so no two lists of parts read alike.
        var bytes = Array(SHA256Digest(of: Array(parts.joined(separator: "\u{1F}").utf8)).bytes.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return UID(unchecked: "2.25." + decimal(bytes))
    }

    /// A new random UID under `2.25.`.
    public static func random() -> UID { random(using: &systemGenerator) }

    /// A new UID under `2.25.` drawn from a generator, so that a seeded phantom repeats.
    public static func random<G: RandomNumberGenerator>(using generator: inout G) -> UID {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        return UID(unchecked: "2.25." + decimal(bytes))
    }

    private static var systemGenerator: SystemRandomNumberGenerator {
        get { SystemRandomNumberGenerator() }
        set {}
    }

    /// The unsigned integer of 16 big-endian bytes, in decimal.
    private static func decimal(_ bytes: [UInt8]) -> String {
        String(bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) })
    }

    public static func < (left: UID, right: UID) -> Bool { left.description < right.description }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let uid = UID(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a DICOM UID: \(text)")
        }
        self = uid
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
