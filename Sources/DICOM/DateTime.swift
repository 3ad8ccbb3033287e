import Foundation

/// A moment as the scanner's clock tells it: seconds since 1970-01-01 00:00 of that clock.
///
/// DICOM times seldom carry an offset from UTC, and SUV needs differences only; so no time zone is applied. An offset suffix in a
/// DT value (PS3.5 section 6.2) counts where the data set states the offset of its clock, and is left aside else.
public struct DateTime: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Seconds since 1970-01-01 00:00, local to the scanner.
    public let seconds: Double

    /// Makes a moment from seconds.
    public init(seconds: Double) { self.seconds = seconds }

    /// A DA value and a TM value.
    public init?(date: String, time: String) {
        guard let day = Self.day(date), let second = Self.secondOfDay(time) else { return nil }
        seconds = Double(day) * 86_400 + second
    }

    /// A DT value with at least the hour.
    /// - Parameter offset: Timezone Offset From UTC (0008,0201) of the data set, by whose clock the moment is to be; nil where it
    ///   states none.
    public init?(_ text: String, offset: String? = nil) {
        let local = text.prefix { $0 != "+" && $0 != "-" && $0 != "&" }
        guard local.count >= 10, let moment = DateTime(date: String(local.prefix(8)), time: String(local.dropFirst(8)))
        else { return nil }
        let suffix = text.dropFirst(local.count).drop { $0 == "&" }
        guard let offset, let own = Self.offsetSeconds(offset[...]), let stated = Self.offsetSeconds(suffix) else {
            self = moment
            return
        }
        self = moment + (own - stated)
    }

    /// Seconds of an offset as ±ZZXX (PS3.5 section 6.2); nil where it is none.
    private static func offsetSeconds(_ text: Substring) -> Double? {
        let text = text.trimmingCharacters(in: .whitespaces)
        guard text.utf8.count == 5, let sign = ["+": 1.0, "-": -1.0][text.prefix(1)],
            text.dropFirst().utf8.allSatisfy({ (48...57).contains($0) }),
            let hours = Double(text.dropFirst().prefix(2)),
            let minutes = Double(text.suffix(2)), hours <= 14, minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    /// The same moment some seconds later.
    public static func + (moment: DateTime, seconds: Double) -> DateTime {
        DateTime(seconds: moment.seconds + seconds)
    }

    /// Seconds from `start` to `end`.
    public static func - (end: DateTime, start: DateTime) -> Double { end.seconds - start.seconds }

    public static func < (left: DateTime, right: DateTime) -> Bool { left.seconds < right.seconds }

    /// The DA value.
    public var date: String { String(description.prefix(8)) }

    /// The TM value, with a fraction where there is one.
    public var time: String { String(description.dropFirst(8)) }

    /// The DT value.
    public var description: String {
        // To a tenth of a millisecond, rounded once so that 59.99999 s carries over.
        let ticks = Int64((seconds * 10_000).rounded())
        let whole = Int(ticks >= 0 ? ticks / 10_000 : (ticks - 9_999) / 10_000)
        let fraction = Int(ticks - Int64(whole) * 10_000)
        let day = whole >= 0 ? whole / 86_400 : (whole - 86_399) / 86_400
        let second = whole - day * 86_400
        let (year, month, dayOfMonth) = Self.calendar(day)
        let text = String(
            format: "%04d%02d%02d%02d%02d%02d", year, month, dayOfMonth, second / 3600, second / 60 % 60, second % 60)
        return fraction == 0 ? text : text + String(format: ".%04d", fraction)
    }

    /// Days since 1970-01-01 of a DA value (also the old form with dots).
    static func day(_ date: String) -> Int? {
        let digits = date.filter { $0 != "." }.trimmingCharacters(in: .whitespaces)
        guard digits.utf8.count == 8, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let year = Int(digits.prefix(4)), let month = Int(digits.dropFirst(4).prefix(2)),
            let day = Int(digits.suffix(2)), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        // Civil calendar arithmetic with the year starting in March, so that the leap day comes last.
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func calendar(_ day: Int) -> (Int, Int, Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// Seconds since midnight of a TM value of any precision (also the old form with colons).
    static func secondOfDay(_ time: String) -> Double? {
        let text = time.filter { $0 != ":" }.trimmingCharacters(in: .whitespaces)
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let digits = parts[0]
        guard [2, 4, 6].contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let hour = Int(digits.prefix(2)), hour < 24
        else { return nil }
        let minute = Int(digits.dropFirst(2).prefix(2)) ?? 0
        let second = Int(digits.dropFirst(4).prefix(2)) ?? 0
        guard minute < 60, second <= 60 else { return nil }
        var fraction = 0.0
        if parts.count == 2, !parts[1].isEmpty {
            guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let value = Double("0.\(parts[1])") else {
                return nil
            }
            fraction = value
        }
        return Double(hour * 3600 + minute * 60 + second) + fraction
    }
}

extension DataSet {
    /// The moment given by a date attribute and a time attribute together.
    public func dateTime(_ date: Attribute, _ time: Attribute) -> DateTime? {
        guard let date = string(date), let time = string(time) else { return nil }
        return DateTime(date: date, time: time)
    }

    /// The moment given by a DT attribute.
    public func dateTime(_ attribute: Attribute) -> DateTime? {
        string(attribute).flatMap { DateTime($0, offset: string(.timezoneOffsetFromUTC)) }
    }
}
