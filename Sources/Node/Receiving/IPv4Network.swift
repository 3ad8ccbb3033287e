/// An IPv4 address, or all addresses that begin with the same bits (CIDR, RFC 4632).
public struct IPv4Network: Sendable, Hashable, CustomStringConvertible {
    private let address: UInt32
    private let prefixLength: Int

    /// Reads `192.0.2.10` or `192.0.2.0/24`; nil for anything else, also where bits after the prefix are not zero, as then
    /// one of the two is a mistake.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = Self.address(parts[0]) else { return nil }
        var length = 32
        if parts.count == 2 {
            guard let number = Self.number(parts[1], upTo: 32) else { return nil }
            length = number
        }
        guard address & ~Self.mask(length) == 0 else { return nil }
        (self.address, prefixLength) = (address, length)
    }

    /// Whether an address in numbers belongs to it.
    public func contains(_ text: String) -> Bool {
        Self.address(text[...]).map { $0 & Self.mask(prefixLength) == address } ?? false
    }

    /// As in a configuration.
    public var description: String {
        let bytes = stride(from: 24, through: 0, by: -8).map { String(address >> UInt32($0) & 255) }
        return bytes.joined(separator: ".") + (prefixLength == 32 ? "" : "/\(prefixLength)")
    }

    private static func mask(_ length: Int) -> UInt32 { length == 0 ? 0 : ~0 << UInt32(32 - length) }

    private static func address(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard let byte = number(part, upTo: 255) else { return nil }
            address = address << 8 | UInt32(byte)
        }
        return address
    }

    /// A decimal number without leading zeros, which some programs read as octal.
    private static func number(_ text: Substring, upTo limit: Int) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            text == "0" || text.first != "0", let number = Int(text), number <= limit
        else { return nil }
        return number
    }
}
