import DICOM
import Foundation
import Testing

@Suite struct InstanceHeaderTests {
    static let nativeSyntaxes: [UID] = [
        .implicitVRLittleEndian, .explicitVRLittleEndian, .explicitVRBigEndian,
        UID(constant: "1.2.840.10008.1.2.4.70"),
    ]

    @Test(arguments: nativeSyntaxes)
    func readsTheIndexAttributesInEverySyntax(syntax: UID) throws {
        let dataSet = ObjectBytes.slice(syntax)
        let file = ObjectBytes.file(syntax, dataSet: dataSet)
        let header = try InstanceHeader(bytes: file)
        #expect(header.transferSyntaxUID == syntax)
        #expect(header.sopClassUID == .ctImageStorage)
        #expect(header.sopInstanceUID.description == ObjectBytes.instance)
        #expect(header.studyInstanceUID.description == ObjectBytes.study)
        #expect(header.seriesInstanceUID.description == ObjectBytes.series)
        #expect(header.dataSetOffset == file.count - dataSet.count)
        let attributes = header.attributes
        #expect(attributes.string(.patientName) == "Müller^A")
        #expect(attributes.string(.patientID) == "P-1")
        #expect(attributes.strings(.imageType) == ["ORIGINAL", "PRIMARY"])
        #expect(attributes.numbers(.imagePositionPatient) == [-10.5, 20, -300])
        #expect(attributes.integer(.rows) == 258)
        #expect(attributes.integer(.numberOfSlices) == 89)
        #expect(attributes.integer(.instanceNumber) == 7)
        #expect(!attributes.hasValue(.pixelData))
        #expect(attributes.string(.codeValue) == nil, "an item's attributes are not the object's")
    }

    @Test func aFileReadsAsItsBytes() throws {
        try withTemporaryFile { path in
            // A private value far longer than the window stands between.
            var set = ObjectBytes()
            set.element(.sopClassUID, text: UID.ctImageStorage.description)
            set.element(.sopInstanceUID, text: ObjectBytes.instance)
            set.element(Attribute(0x0009, 0x1001, .OB), bytes: [UInt8](repeating: 1, count: 100_000))
            set.element(.studyInstanceUID, text: ObjectBytes.study)
            set.element(.seriesInstanceUID, text: ObjectBytes.series)
            set.element(.pixelData, bytes: [UInt8](repeating: 1, count: 50_000))
            let bytes = ObjectBytes.file(.explicitVRLittleEndian, dataSet: set.bytes)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            #expect(try InstanceHeader(path: path) == InstanceHeader(bytes: bytes))
        }
        #expect(throws: InstanceHeaderError.unreadable(path: "/nonexistent/x", code: ENOENT)) {
            try InstanceHeader(path: "/nonexistent/x")
        }
        #expect(throws: InstanceHeaderError.unreadable(path: "/", code: EINVAL)) { try InstanceHeader(path: "/") }
    }

    @Test(arguments: [
        UID.implicitVRLittleEndian, .explicitVRLittleEndian, .explicitVRBigEndian, .deflatedExplicitVRLittleEndian,
    ])
    func agreesWithDCMTK(syntax: UID) throws {
        var set = DataSet()
        set.set(.specificCharacterSet, "ISO_IR 192")
        set.set(.sopClassUID, .positronEmissionTomographyImageStorage)
        set.set(.sopInstanceUID, ObjectBytes.instance)
        set.set(.modality, "PT")
        set.set(.studyDescription, String(repeating: "Ganzkörper ", count: 5))
        set.set(.patientName, "Müller^Ångström")
        set.set(.patientID, "0815")
        set.set(.studyInstanceUID, ObjectBytes.study)
        set.set(.seriesInstanceUID, ObjectBytes.series)
        set.set(.imageOrientationPatient, numbers: [1, 0, 0, 0, 1, 0])
        set.set(.rows, 168)
        set.set(.radiopharmaceuticalInformationSequence, [DataSet(), set])
        set.set(.numberOfSlices, 299)
        set.set(.seriesType, "WHOLE BODY", "IMAGE")
        set.setBytes(.pixelData, (0..<40_000).map { UInt8(truncatingIfNeeded: $0 / 7 ^ $0 % 13) })
        try withTemporaryFile { path in
            try set.write(to: path, transferSyntax: syntax)
            let header = try InstanceHeader(path: path)
            let file = try DICOMFile(path: path, extent: .header)
            #expect(header.transferSyntaxUID == syntax)
            for attribute in InstanceHeader.indexedAttributes {
                #expect(header.attributes.bytes(attribute) == file.dataSet.bytes(attribute), "\(attribute.keyword)")
            }
        }
    }

    @Test func ofTwoElementsWithOneTagTheFirstCountsAsInDCMTK() throws {
        var set = ObjectBytes()
        set.element(.sopClassUID, text: UID.ctImageStorage.description)
        set.element(.sopInstanceUID, text: ObjectBytes.instance)
        set.element(.patientID, text: "FIRST ")
        set.element(.patientID, text: "SECOND")
        set.element(.studyInstanceUID, text: ObjectBytes.study)
        set.element(.seriesInstanceUID, text: ObjectBytes.series)
        let bytes = ObjectBytes.file(.explicitVRLittleEndian, dataSet: set.bytes)
        #expect(try InstanceHeader(bytes: bytes).attributes.string(.patientID) == "FIRST")
        try withTemporaryFile { path in
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            #expect(try DICOMFile(path: path).dataSet.string(.patientID) == "FIRST")
        }
    }
}

/// Gives a path in a fresh directory that is removed afterwards.
func withTemporaryFile(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appendingPathComponent("object.dcm").path)
}

/// The bytes of a file.
func readFile(_ path: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(fileURLWithPath: path))) }
