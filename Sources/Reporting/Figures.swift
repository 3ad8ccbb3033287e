import DICOM
import Foundation

/// A number with a fixed count of decimals, for people.
func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }

/// A probability as whole percent; what is not certain is shown neither as 0 nor as 100.
func percent(_ probability: Double) -> String {
    let rounded = Int((probability * 100).rounded())
    if rounded >= 100, probability < 1 { return ">99" }
    if rounded <= 0, probability > 0 { return "<1" }
    return String(rounded)
}

/// A measured value as a decimal string: seven significant digits, beyond what any of them means.
func measured(_ value: Double) -> String { decimalString(Double(String(format: "%.7g", value))!) }

/// A coordinate in millimetres as a decimal string: four decimals, at most 16 characters (PS3.5 section 6.2).
func coordinateString(_ millimetres: Double) -> String {
    // Hundred-nanometre ticks as an integer, so that no negative zero and no exponent can appear.
    let ticks = Int64((millimetres * 10_000).rounded())
    var fraction = String(ticks.magnitude % 10_000 + 10_000).dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    return (ticks < 0 ? "-" : "") + String(ticks.magnitude / 10_000) + (fraction.isEmpty ? "" : "." + fraction)
}

/// Text in ASCII, so that it is valid under whatever character set the study declares.
func ascii(_ text: String) -> String {
    if text.utf8.allSatisfy({ (32..<128).contains($0) || $0 == 10 }) { return text }
    let replaced = text.map { asciiReplacements[$0] ?? String($0) }.joined()
    let folded = replaced.applyingTransform(StringTransform("Any-Latin; Latin-ASCII"), reverse: false) ?? replaced
    return String(folded.unicodeScalars.map { $0.isASCII && ($0.value >= 32 || $0 == "\n") ? Character($0) : "?" })
}

/// ASCII text of at most `limit` characters, for attributes that hold no more.
func ascii(_ text: String, limit: Int) -> String { String(ascii(text).prefix(limit)) }

/// What a transliteration would drop or make unreadable.
private let asciiReplacements: [Character: String] = [
    "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8", "⁹": "9",
    "–": "-", "—": "-", "−": "-", "×": "x", "·": "*", "≤": "<=", "≥": ">=", "≈": "~", "±": "+/-", "°": " deg",
    "‘": "'", "’": "'", "“": "\"", "”": "\"", "µ": "u", "μ": "u", "λ": "lambda", "\t": " ",
]
