import DICOM
import Foundation
import Imaging
import Testing

/// The reference data, unpacked once for all tests.
///
/// They lie in the folder that `UPTAKE_REFERENCE_DATA` names, or else in `../shared/data` beside the package.
enum ReferenceData {
    static let folder: String = {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return ProcessInfo.processInfo.environment["UPTAKE_REFERENCE_DATA"]
            ?? package.deletingLastPathComponent().appendingPathComponent("shared/data").path
    }()

    /// Missing or broken reference data.
    struct Absent: Error, CustomStringConvertible {
        let description: String
    }

    /// Where an archive was unpacked.
    static func unpacked(_ archive: Archive) throws -> String {
        switch archive {
        case .ibsi: try ibsi.get()
        case .sts001: try sts001.get()
        case .sts005: try sts005.get()
        }
    }

    enum Archive: String {
        case ibsi = "ibsi-suv.tar.xz"
        case sts001 = "sts-001.tar.xz"
        case sts005 = "sts-005-gml.tar.xz"
    }

    /// The bytes of a file of the folder.
    static func contents(of name: String) throws -> Data {
        let path = folder + "/" + name
        guard let data = FileManager.default.contents(atPath: path) else { throw absent(path) }
        return data
    }

    private static let ibsi = Result { try unpack(.ibsi) }
    private static let sts001 = Result { try unpack(.sts001) }
    private static let sts005 = Result { try unpack(.sts005) }

    private static func absent(_ path: String) -> Absent {
        Absent(description: "\(path) is absent: set UPTAKE_REFERENCE_DATA to the folder of the reference data")
    }

    private static let scratch: String = {
        let path = NSTemporaryDirectory() + "uptake-reference-\(ProcessInfo.processInfo.processIdentifier)"
        // Left behind, the folder would only fill the disk.
        atexit { try? FileManager.default.removeItem(atPath: ReferenceData.scratch) }
        return path
    }()

    private static func unpack(_ archive: Archive) throws -> String {
        let path = folder + "/" + archive.rawValue
        guard FileManager.default.isReadableFile(atPath: path) else { throw absent(path) }
        let target = scratch + "/" + archive.rawValue.prefix { $0 != "." }
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = ["tar", "-xJf", path, "-C", target]
        try tar.run()
        tar.waitUntilExit()
        guard tar.terminationStatus == 0 else { throw Absent(description: "\(path) cannot be unpacked by tar") }
        return target
    }

    /// The instances below a folder of an archive.
    static func instances(_ archive: Archive, below folder: String = "") throws -> [StudyInstance] {
        try DICOMFolder.read(try unpacked(archive) + "/" + folder).map(StudyInstance.init)
    }

    /// The voxels of a gzipped NIfTI-1 mask of 16-bit integers whose axes run like those of its image.
    static func mask(_ archive: Archive, at path: String) throws -> [Int] {
        let gzip = Process()
        let output = Pipe()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-dc", try unpacked(archive) + "/" + path]
        gzip.standardOutput = output
        try gzip.run()
        let bytes = [UInt8](try output.fileHandleForReading.readToEnd() ?? Data())
        gzip.waitUntilExit()
        guard gzip.terminationStatus == 0, bytes.count > 352, bytes[70] == 4 else {
            throw Absent(description: "\(path) is no NIfTI-1 mask of 16-bit integers")
        }
        return stride(from: 352, to: bytes.count - 1, by: 2).filter { bytes[$0] != 0 || bytes[$0 + 1] != 0 }
            .map { ($0 - 352) / 2 }
    }
}
