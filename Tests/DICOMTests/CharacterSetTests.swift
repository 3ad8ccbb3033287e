import DICOM
import Testing

@Suite struct CharacterSetTests {
    /// What a conformance statement claims on Debian 12.
    @Test func theSetsOfEuropeAndEastAsiaAreDecoded() {
        let decoded = CharacterSets.decoded
        for term in [
            "ISO_IR 100", "ISO_IR 101", "ISO_IR 144", "ISO_IR 126", "ISO_IR 138", "ISO_IR 13", "ISO_IR 166",
            "ISO 2022 IR 87", "ISO 2022 IR 149", "ISO 2022 IR 58", "ISO_IR 192", "GB18030",
        ] { #expect(decoded.contains(term), "\(term)") }
        #expect(Set(decoded).isDisjoint(with: CharacterSets.undecoded))
    }
}
