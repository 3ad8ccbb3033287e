import DICOM
import Foundation
import Testing

@Suite struct IdentifierTests {
    @Test(arguments: [
        "", ".", "1..2", "1.2.", ".1", "1.2/3", "../../etc/passwd", "1.a", String(repeating: "1", count: 65),
    ])
    func malformedUIDsAreRefused(text: String) { #expect(UID(text) == nil) }

    @Test func paddingIsNoPartOfAUID() { #expect(UID("1.2.840\0")?.description == "1.2.840") }

    @Test func derivedUIDsRepeatAndDiffer() {
        let one = UID.derived(from: ["1.2", "sr"])
        #expect(one == UID.derived(from: ["1.2", "sr"]))
        #expect(one != UID.derived(from: ["1.2s", "r"]))
        #expect(UID.derived(from: ["ab", "c"]) != UID.derived(from: ["a", "bc"]))
        #expect(one.description.hasPrefix("2.25.") && one.description.utf8.count <= 64)
        #expect(UID(one.description) == one)
    }

    @Test func digestIsThePublishedOne() {
        // FIPS 180-4 example: "abc"
        #expect(
            SHA256Digest(of: Array("abc".utf8)).description
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}

@Suite struct DateTimeTests {
    @Test func differencesCrossMidnightsAndLeapDays() {
        let before = DateTime(date: "20240228", time: "235959.5")!
        let after = DateTime(date: "20240301", time: "000000.25")!
        #expect(after - before == 86_400 + 0.75)
    }

    @Test(arguments: ["20240229120000", "19700101000000", "19691231235959", "20261123155500.1250", "20000301000000"])
    func printsWhatItRead(text: String) { #expect(DateTime(text)?.description == text) }

    @Test func agreesWithTheCalendarOfFoundation() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "UTC")!
        for day in stride(from: -30_000, through: 40_000, by: 37) {
            let moment = DateTime(seconds: Double(day) * 86_400)
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(day) * 86_400))
            #expect(moment.date == String(format: "%04d%02d%02d", parts.year!, parts.month!, parts.day!))
            #expect(DateTime(date: moment.date, time: "00")?.seconds == moment.seconds)
        }
    }

    @Test(arguments: ["", "2024", "20241301000000", "20240101250000", "2024010112xx"])
    func nonsenseIsNoTime(text: String) { #expect(DateTime(text) == nil) }

    /// By the clock of a data set that states how far that is from UTC; as written by others.
    @Test(
        arguments: [
            ("20260301080000+0000", "+0200", "20260301100000"), ("20260301080000-0330", "+0100", "20260301123000"),
            ("20260301233000.5+0100", "+0200", "20260302003000.5000"), ("20260301080000", "+0200", "20260301080000"),
            ("20260301080000+0000", "nonsense", "20260301080000"), ("20260301080000+0000", nil, "20260301080000"),
        ])
    func anOffsetCountsWhereTheClockHasOne(text: String, offset: String?, expected: String) {
        #expect(DateTime(text, offset: offset)?.description == expected)
    }
}
