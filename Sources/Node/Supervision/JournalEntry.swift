import Logging

/// An entry of systemd's journal in its native protocol: fields, each a name and a value.
package struct JournalEntry: Sendable {
    /// The datagram.
    package private(set) var bytes: [UInt8] = []

    /// No value is longer, in bytes; the datagram has to fit into the socket's buffer.
    static let maximumValueBytes = 16 << 10
    /// What the journal takes at most for the name of a field.
    private static let maximumNameBytes = 64

    /// - Parameters:
    ///   - facts: become fields of their own, under their names behind `UPTAKE_`, and part of the message.
    package init(
        _ level: Logger.Level, _ message: String, facts: Logger.Metadata, module: String, identifier: String
    ) {
        let facts = facts.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        let list = facts.map { "\($0)=\($1)" }.joined(separator: " ")
        add("MESSAGE", list.isEmpty ? message : "\(message) [\(list)]")
        add("PRIORITY", "\(level.journalPriority)")
        add("SYSLOG_IDENTIFIER", identifier)
        add("UPTAKE_MODULE", module)
        for (name, value) in facts { add(Self.fieldName(name), value) }
    }

    /// A fact's name as the journal takes it: capital letters, digits and underscores.
    private static func fieldName(_ fact: String) -> String {
        let letters = fact.uppercased().unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                ? String(scalar) : "_"
        }
        return "UPTAKE_" + letters.prefix(maximumNameBytes - 7).joined()
    }

    /// `NAME=value` and a line's end or, where the value has one itself, the name, the length, and the value.
    private mutating func add(_ name: String, _ value: String) {
        let value = value.utf8.prefix(Self.maximumValueBytes)
        bytes += name.utf8
        if value.contains(0x0A) {
            bytes.append(0x0A)
            withUnsafeBytes(of: UInt64(value.count).littleEndian) { bytes += $0 }
        } else {
            bytes.append(UInt8(ascii: "="))
        }
        bytes += value
        bytes.append(0x0A)
    }
}

extension Logger.Level {
    /// As syslog numbers severities (RFC 5424, table 2).
    fileprivate var journalPriority: Int {
        switch self {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }
}
