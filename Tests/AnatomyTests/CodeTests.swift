import Anatomy
import DICOM
import Testing

@Suite struct CodeTests {
    /// Codes as read in the concept dictionaries, apart from the table under test.
    static let known: [(AnatomicalLocation, String)] = [
        (.prostate, "41216001"), (.seminalVesicle, "64739004"), (.urinaryBladder, "89837001"), (.rectum, "34402009"),
        (.externalIliacNode, "65349008"), (.internalIliacNode, "69255009"), (.obturatorNode, "36086000"),
        (.mesorectalNode, "21875007"), (.presacralNode, "79926007"), (.inguinalNode, "8928004"),
        (.retroperitonealNode, "91394001"), (.mediastinalNode, "62683002"), (.supraclavicularNode, "76838003"),
        (.axillaryNode, "68171009"), (.sacrum, "54735007"), (.cervicalSpine, "122494005"),
        (.thoracicSpine, "122495006"), (.lumbarSpine, "122496007"), (.rib, "113197003"), (.sternum, "56873002"),
        (.scapula, "79601000"), (.clavicle, "51299004"), (.femur, "71341001"), (.humerus, "85050009"),
        (.skull, "89546000"), (.liver, "10200004"), (.lung, "39607008"), (.adrenalGland, "23451007"),
        (.brain, "12738006"),
    ]

    @Test(arguments: known)
    func siteHasItsKnownCode(location: AnatomicalLocation, value: String) {
        #expect(location.code.value == value)
    }

    @Test(arguments: AnatomicalLocation.allCases)
    func codeFitsItsAttributes(location: AnatomicalLocation) {
        let code = location.code
        #expect(code.scheme == "SCT")
        #expect(code.value.allSatisfy(\.isNumber) && (6...16).contains(code.value.utf8.count))
        #expect((1...64).contains(code.meaning.count) && code.meaning.utf8.allSatisfy { $0 < 0x80 })
        #expect(hasVerhoeffCheckDigit(code.value), "\(code.value) is not a SNOMED CT identifier")
    }

    @Test func noTwoSitesShareACodeOrAName() {
        #expect(Set(AnatomicalLocation.allCases.map(\.code.value)).count == AnatomicalLocation.allCases.count)
        #expect(Set(AnatomicalLocation.allCases.map(\.displayName)).count == AnatomicalLocation.allCases.count)
    }

    @Test(arguments: AnatomicalLocation.allCases)
    func displayNameIsAPlainPhrase(location: AnatomicalLocation) {
        let name = location.displayName
        #expect(name.first?.isUppercase == true && name.dropFirst().allSatisfy { $0.isLowercase || $0 == " " })
        #expect(name.hasSuffix(" lymph node") == (location.group == .lymphNode))
        #expect(name.count <= 64)
    }

    @Test func lateralityCodes() {
        #expect(Laterality.left.code == CodedConcept("7771000", "SCT", "Left"))
        #expect(Laterality.right.code == CodedConcept("24028007", "SCT", "Right"))
        #expect(Laterality.midline.code == nil)
        for code in Laterality.allCases.compactMap(\.code) { #expect(hasVerhoeffCheckDigit(code.value)) }
    }

    @Test func theCheckDigitFindsAWrongDigit() {
        #expect(hasVerhoeffCheckDigit("41216001"))
        #expect(!hasVerhoeffCheckDigit("41216002") && !hasVerhoeffCheckDigit("41261001"))
    }

    /// Whether the last digit is the Verhoeff check digit that every SNOMED CT identifier carries.
    private func hasVerhoeffCheckDigit(_ identifier: String) -> Bool {
        let permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
        var checksum = 0
        for (place, character) in identifier.reversed().enumerated() {
            guard var digit = character.wholeNumberValue else { return false }
            for _ in 0..<(place % 8) { digit = permutation[digit] }
            checksum = product(checksum, digit)
        }
        return checksum == 0
    }

    /// Multiplication in the dihedral group of order 10: rotations 0 to 4, reflections 5 to 9.
    private func product(_ a: Int, _ b: Int) -> Int {
        switch (a < 5, b < 5) {
        case (true, true): (a + b) % 5
        case (true, false): (a + b - 5) % 5 + 5
        case (false, true): (a - 5 - b + 5) % 5 + 5
        case (false, false): (a - b + 5) % 5
        }
    }
}
