import DICOM
import Foundation
import Testing

@Suite struct DataSetTests {
    /// A data set with every kind of value.
    static func specimen() -> DataSet {
        var item = DataSet()
        item.set(.codeValue, "C118961")
        item.set(.codingSchemeDesignator, "NCIt")
        item.set(.codeMeaning, "Ga-68 Gozetotide")
        var outer = DataSet()
        outer.set(.radionuclideTotalDose, number: 1.5e8)
        outer.set(.radiopharmaceuticalCodeSequence, [item])
        var data = DataSet()
        data.set(.sopClassUID, .positronEmissionTomographyImageStorage)
        data.set(.sopInstanceUID, UID("1.2.3.4")!)
        data.set(.specificCharacterSet, "ISO_IR 192")
        data.set(.patientName, "Müller^Jürgen")
        data.set(.imageType, "ORIGINAL", "PRIMARY", "AXIAL")
        data.set(.imagePositionPatient, numbers: [-1.25, 0.1 + 0.2, 1.0 / 3])
        data.set(.rows, 2)
        data.set(.columns, 2)
        data.set(.bitsAllocated, 16)
        data.set(.pixelRepresentation, 0)
        data.set(.recommendedDisplayCIELabValue, 1, 2, 65535)
        data.set(.radiopharmaceuticalInformationSequence, [outer])
        data.setEmpty(.studyID)
        data.setEmpty(.referencedStudySequence)
        data.setBytes(.pixelData, [1, 0, 2, 0, 3, 0, 255, 255])
        return data
    }

    static let transferSyntaxes: [UID] = [
        .implicitVRLittleEndian, .explicitVRLittleEndian, .explicitVRBigEndian, .deflatedExplicitVRLittleEndian,
    ]

    @Test(arguments: transferSyntaxes) func survivesAFile(syntax: UID) throws {
        let path = NSTemporaryDirectory() + "/\(UUID().uuidString).dcm"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let written = Self.specimen()
        try written.write(to: path, transferSyntax: syntax)
        let file = try DICOMFile(path: path)
        #expect(file.dataSet == written)
        #expect(file.metaInformation.uid(.transferSyntaxUID) == syntax)
        let header = try DICOMFile(path: path, extent: .header).dataSet
        #expect(header.bytes(.pixelData) == nil)
        #expect(header.string(.patientName) == "Müller^Jürgen")
    }

    @Test func readsBackWhatWasSet() {
        let data = Self.specimen()
        #expect(data.strings(.imageType) == ["ORIGINAL", "PRIMARY", "AXIAL"])
        #expect(data.integer(.rows) == 2)
        #expect(data.numbers(.recommendedDisplayCIELabValue) == [1, 2, 65535])
        let position = data.numbers(.imagePositionPatient)
        #expect(position[0] == -1.25 && abs(position[1] - 0.3) < 1e-12 && abs(position[2] - 1.0 / 3) < 1e-12)
        let agent = data.items(.radiopharmaceuticalInformationSequence)[0].code(.radiopharmaceuticalCodeSequence)
        #expect(agent == CodedConcept("C118961", "NCIt", "Ga-68 Gozetotide"))
        #expect(!data.hasValue(.studyID) && data[Attribute.studyID.tag] != nil)
    }

    @Test func elementsStaySortedWhateverTheOrder() {
        var generator = SystemRandomNumberGenerator()
        var data = DataSet()
        for element in Self.specimen().elements.shuffled(using: &generator) { data.set(element) }
        #expect(data == Self.specimen())
    }

    @Test func decimalStringsFitAndKeepTheirValue() {
        for value in [0, -0.1, 1e-20, 123456789.123456789, -1.0 / 3, 6.02214076e23, 1e15, -1234567890123456.0] {
            let text = decimalString(value)
            #expect(text.utf8.count <= 16)
            #expect(abs(Double(text)! - value) <= abs(value) * 1e-8, "\(value) became \(text)")
        }
    }

    @Test func textIsDecodedByItsCharacterSet() {
        var data = DataSet()
        data.set(.specificCharacterSet, "ISO_IR 100")
        data.setBytes(.patientName, [0x4D, 0xFC, 0x6C, 0x6C, 0x65, 0x72])
        #expect(data.string(.patientName) == "Müller")
        // PS3.5 annex H.3, example 1: Yamada^Tarou in romaji, kanji and kana
        var japanese = DataSet()
        japanese.set(.specificCharacterSet, "", "ISO 2022 IR 87")
        japanese.setBytes(
            .patientName,
            Array("Yamada^Tarou=".utf8) + [0x1B, 0x24, 0x42, 0x3B, 0x33, 0x45, 0x44, 0x1B, 0x28, 0x42, 0x5E]
                + [0x1B, 0x24, 0x42, 0x42, 0x40, 0x4F, 0x3A, 0x1B, 0x28, 0x42])
        #expect(japanese.string(.patientName) == "Yamada^Tarou=山田^太郎")
    }

    @Test func anUnreadableFileSaysSo() {
        #expect(throws: DICOMError.self) { try DICOMFile(path: "/nonexistent/file.dcm") }
    }
}
