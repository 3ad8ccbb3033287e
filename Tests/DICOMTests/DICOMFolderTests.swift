import DICOM
import Foundation
import Testing

@Suite struct DICOMFolderTests {
    /// A folder that is gone when the test is.
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "dicom-folder-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/b/c", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func object(_ name: String) -> DataSet {
        var set = DataSet()
        set.set(.sopClassUID, UID.ctImageStorage)
        set.set(.sopInstanceUID, UID.derived(from: [name]))
        set.set(.patientID, name)
        set.set(.rows, 1)
        set.set(.columns, 2)
        set.setBytes(.pixelData, [1, 2, 3, 4])
        return set
    }

    private func names(_ entries: [DICOMFolder.Entry]) -> [String?] {
        entries.map { $0.file.dataSet.string(.patientID) }
    }

    @Test func anyTreeIsReadInOrderOfItsPaths() throws {
        try withFolder { folder in
            try object("3").write(to: folder + "/z.dcm")
            try object("1").write(to: folder + "/A")
            try object("2").write(to: folder + "/b/c/no-extension")
            var seen: [[Int]] = []
            let entries = try DICOMFolder.read(folder) { seen.append([$0, $1]) }
            #expect(names(entries) == ["1", "2", "3"])
            #expect(entries.allSatisfy { $0.file.dataSet.bytes(.pixelData) == nil })
            #expect(seen == [[1, 3], [2, 3], [3, 3]])
        }
    }

    @Test func whatIsNoDICOMIsPassedOver() throws {
        try withFolder { folder in
            try object("1").write(to: folder + "/one.dcm")
            try Data("Hello".utf8).write(to: URL(fileURLWithPath: folder + "/readme.txt"))
            try Data([0x89, 0x50, 0x4E, 0x47] + [UInt8](repeating: 7, count: 400))
                .write(to: URL(fileURLWithPath: folder + "/picture.png"))
            try Data().write(to: URL(fileURLWithPath: folder + "/empty.dcm"))
            try Data([UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + [1, 2, 3])
                .write(to: URL(fileURLWithPath: folder + "/broken.dcm"))
            try object("hidden").write(to: folder + "/.hidden.dcm")
            #expect(names(try DICOMFolder.read(folder)) == ["1"])
        }
    }

    @Test func linksAreNotFollowed() throws {
        try withFolder { folder in
            try object("1").write(to: folder + "/b/one.dcm")
            try FileManager.default.createSymbolicLink(atPath: folder + "/b/loop", withDestinationPath: folder)
            try FileManager.default.createSymbolicLink(atPath: folder + "/two.dcm", withDestinationPath: "b/one.dcm")
            #expect(names(try DICOMFolder.read(folder)) == ["1"])
        }
    }

    /// Data sets without the Part 10 preamble are met on old media.
    @Test func aBareDataSetIsRead() throws {
        try withFolder { folder in
            try object("1").write(to: folder + "/one.dcm")
            let whole = try Data(contentsOf: URL(fileURLWithPath: folder + "/one.dcm"))
            // The first element of the data set, SOP Class UID (0008,0016) with VR UI.
            let start = try #require(whole.range(of: Data([0x08, 0, 0x16, 0]))).lowerBound
            try whole[start...].write(to: URL(fileURLWithPath: folder + "/bare"))
            #expect(names(try DICOMFolder.read(folder)) == ["1", "1"])
            #expect(names(try DICOMFolder.read(folder + "/bare")) == ["1"])
        }
    }

    @Test func aMissingFolderIsSaid() {
        #expect(throws: DICOMError.noSuchFolder(path: "/nowhere/at/all")) { try DICOMFolder.read("/nowhere/at/all") }
    }
}
