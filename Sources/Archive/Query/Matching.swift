import DICOM

/// What a value of the index has to be like to match (PS3.4 section C.2.2.2). Several of a key are alternatives.
public enum Matching: Sendable, Equatable {
    /// It is the same.
    case value(String)
    /// It is like the pattern: `*` stands for any characters, `?` for one.
    case pattern(String)
    /// It is a date or a time of day between these, both included; one of them may be open.
    case range(from: String?, to: String?)
    /// It is the same number.
    case number(Int)
    /// One of the groups of a name is like this pattern, or those given are, folded as `PersonNameFolding` does.
    case name(groups: [String], anyGroup: Bool)

    /// How many values a key may list.
    static let maximumValues = 8192

    /// Reads what an identifier says of a key; empty for universal matching.
    ///
    /// A list is allowed of every representation, not only of UIDs, and any of its values may match: scanners and viewers
    /// ask for `PT\CT`.
    static func read(_ values: [String], of attribute: Attribute) throws(QueryError) -> [Matching] {
        let given = values.filter { !$0.isEmpty && $0 != "*" }
        // A list of which one value matches everything matches everything.
        guard given.count == values.count else { return [] }
        guard given.count <= maximumValues else {
            throw .malformed("\(attribute.keyword) has more than \(maximumValues) values")
        }
        var matchings: [Matching] = []
        for value in given { matchings.append(try read(value, of: attribute)) }
        return matchings
    }

    private static func read(_ value: String, of attribute: Attribute) throws(QueryError) -> Matching {
        switch attribute.vr {
        case .UI:
            guard let uid = UID(value) else { throw .malformed("\(attribute.keyword) is not a UID") }
            return .value(uid.description)
        case .DA: return try range(value, attribute, from: date, to: date)
        case .TM: return try range(value, attribute, from: earliest, to: latest)
        case .IS, .US, .UL:
            guard let number = Int(value) else { throw .malformed("\(attribute.keyword) is not a whole number") }
            return .number(number)
        case .PN:
            let name = PersonNameFolding(value)
            return .name(groups: name.groups, anyGroup: !name.isGrouped)
        default:
            let text = attribute.vr == .CS ? value.uppercased() : value
            return text.contains { $0 == "*" || $0 == "?" } ? .pattern(text) : .value(text)
        }
    }

    // MARK: - Dates and times

    private static func range(
        _ value: String, _ attribute: Attribute, from lower: (Substring) -> String?, to upper: (Substring) -> String?
    ) throws(QueryError) -> Matching {
        let ends = value.split(separator: "-", omittingEmptySubsequences: false)
        let trimmed = ends.map { $0.drop { $0 == " " } }.map { $0.prefix { $0 != " " } }
        let first = trimmed[0].isEmpty ? nil : lower(trimmed[0])
        let lastText = trimmed[trimmed.count - 1]
        let last = lastText.isEmpty ? nil : upper(lastText)
        guard trimmed.count <= 2, (first != nil) == !trimmed[0].isEmpty, (last != nil) == !lastText.isEmpty,
            first != nil || last != nil
        else { throw .malformed("\(attribute.keyword) is neither a \(attribute.vr.rawValue) nor a range of them") }
        return .range(from: first, to: last)
    }

    /// A date as it is stored; also of its old form with dots.
    private static func date(_ text: Substring) -> String? {
        let digits = text.filter { $0 != "." }
        return digits.utf8.count == 8 && isDigits(digits) ? String(digits) : nil
    }

    /// The smallest text that a time of day not before this one can have: `1430` stands before `143000`.
    private static func earliest(_ text: Substring) -> String? {
        guard let (whole, fraction) = time(text) else { return nil }
        guard fraction.allSatisfy({ $0 == "0" }) else { return whole + "." + fraction }
        var lowest = whole
        while lowest.count > 2, lowest.hasSuffix("00") { lowest.removeLast(2) }
        return lowest
    }

    /// The largest text that a time of day of this precision can have.
    private static func latest(_ text: Substring) -> String? {
        guard let (whole, fraction) = time(text) else { return nil }
        let seconds = whole + String("5959".suffix(6 - whole.count))
        return seconds + "." + fraction + String(repeating: "9", count: 6 - fraction.count)
    }

    /// Hours, minutes and seconds as far as given, and the fraction; also of the old form with colons.
    private static func time(_ text: Substring) -> (whole: String, fraction: String)? {
        let parts = text.filter { $0 != ":" }.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, [2, 4, 6].contains(whole.utf8.count), isDigits(whole) else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard fraction.utf8.count <= 6, isDigits(fraction), fraction.isEmpty || whole.utf8.count == 6 else {
            return nil
        }
        return (String(whole), String(fraction))
    }

    private static func isDigits(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { (48...57).contains($0) }
    }
}
