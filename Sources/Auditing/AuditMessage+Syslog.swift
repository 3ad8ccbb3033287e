import Foundation

extension AuditMessage {
    /// The facility of RFC 5424 for security and authorisation messages that are private.
    private static let facility = 10

    /// The message as a line of syslog (RFC 5424, PS3.15 section A.6), without a line feed.
    public func syslog(from source: AuditSource) -> [UInt8] {
        let header = [
            "<\(Self.facility * 8 + severity)>1", date.formatted(.iso8601.withMilliseconds),
            Self.name(source.host, atMost: 255), "uptake", "\(source.processID)", "DICOM+RFC3881", "-",
        ]
        // The byte order mark says that UTF-8 follows.
        return Array((header.joined(separator: " ") + " \u{FEFF}" + xml(from: source)).utf8)
    }

    private var severity: Int {
        switch outcome {
        case .success: 5
        case .minorFailure: 4
        case .seriousFailure: 3
        case .majorFailure: 2
        }
    }

    /// A field of the header: printable ASCII without blanks, or a hyphen.
    private static func name(_ text: String, atMost length: Int) -> String {
        let printable = text.unicodeScalars.filter { (0x21...0x7E).contains($0.value) }.prefix(length)
        return printable.isEmpty ? "-" : String(String.UnicodeScalarView(printable))
    }
}
