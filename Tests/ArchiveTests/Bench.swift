import Archive
import DICOM
import Foundation

/// A state directory of its own for a test, and objects to put into it.
final class Bench {
    let directory: String
    private(set) var archive: Archive!
    /// A moment from which tests count.
    static let start = Date(timeIntervalSince1970: 1_700_000_000)
    static let quietPeriodSeconds = 60.0

    init() throws {
        directory = NSTemporaryDirectory() + "archive-" + UUID().uuidString
        archive = try Archive.open(directory: directory)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// Closes the archive and opens it anew.
    func reopen(attempts: Archive.AttemptLimits = .init()) throws {
        release()
        archive = try Archive.open(directory: directory, attempts: attempts)
    }

    func release() {
        try? archive?.close()
        archive = nil
    }

    /// Takes a slice in at `seconds` after the start.
    @discardableResult
    func accept(_ slice: Slice, at seconds: Double = 0, from sender: String = "SCANNER") throws -> Acceptance {
        try archive.accept(
            slice.written(in: archive, from: sender), now: Self.moment(seconds),
            quietPeriodSeconds: Self.quietPeriodSeconds)
    }

    static func moment(_ seconds: Double) -> Date { start.addingTimeInterval(seconds) }

    /// A file of some bytes in `incoming/`.
    func incomingFile(_ bytes: [UInt8]) throws -> String {
        let path = archive.incomingPath()
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// The names in a folder of the state directory, at any depth.
    func files(in folder: String) -> [String] {
        let found = FileManager.default.enumerator(atPath: "\(directory)/\(folder)")?.allObjects as? [String] ?? []
        return found.filter { !isDirectory("\(directory)/\(folder)/\($0)") }.sorted()
    }

    private func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    /// Closes and claims for reading: a study that has just become quiet.
    func closedStudy(at seconds: Double = 100) throws -> Job {
        let close = try archive.claimNextJob(kinds: [.close], now: Self.moment(seconds))!
        _ = try archive.closeStudy(close, signal: "quiet", now: Self.moment(seconds))
        return try archive.claimNextJob(kinds: [.read], now: Self.moment(seconds))!
    }

    /// A result of a reading.
    func result(_ uid: String, _ bytes: [UInt8] = [1, 2, 3]) throws -> IncomingResult {
        IncomingResult(
            kind: "report", path: try incomingFile(bytes + Array(uid.utf8)), sopClassUID: .comprehensive3DSRStorage,
            sopInstanceUID: UID(uid)!)
    }
}

extension Bench {
    /// A result of a reading that can be read as DICOM.
    func dicomResult(_ uid: String, study: String = "1.2.1") throws -> IncomingResult {
        let object = Slice(
            study: study, series: "\(study).9", instance: uid, sopClass: .comprehensive3DSRStorage)
        return IncomingResult(
            kind: "report", path: try object.written(in: archive).path, sopClassUID: object.sopClass,
            sopInstanceUID: UID(uid)!)
    }
}

/// A small PET slice.
struct Slice {
    var study = "1.2.1"
    var series = "1.2.1.1"
    var instance = "1.2.1.1.1"
    var sopClass = UID.positronEmissionTomographyImageStorage
    var patientID = "P1"
    var issuer = ""
    var studyDate = "20240102"
    var pixels: [UInt8] = [1, 2, 3, 4]
    /// What a transfer leaves in the meta information.
    var version = "TEST"
    var sender = "SENDER"

    static func numbered(_ number: Int, study: String = "1.2.1") -> Slice {
        Slice(study: study, series: "\(study).1", instance: "\(study).1.\(number)", pixels: [UInt8(number & 255), 0])
    }

    var bytes: [UInt8] {
        var meta: [UInt8] = []
        element(.mediaStorageSOPInstanceUID, instance, into: &meta)
        element(.transferSyntaxUID, UID.explicitVRLittleEndian.description, into: &meta)
        element(.implementationVersionName, version, into: &meta)
        element(.sourceApplicationEntityTitle, sender, into: &meta)
        var set: [UInt8] = []
        element(.imageType, "ORIGINAL\\PRIMARY", into: &set)
        element(.sopClassUID, sopClass.description, into: &set)
        element(.sopInstanceUID, instance, into: &set)
        element(.studyDate, studyDate, into: &set)
        element(.modality, "PT", into: &set)
        element(.patientName, "Test^Patient", into: &set)
        element(.patientID, patientID, into: &set)
        element(.issuerOfPatientID, issuer, into: &set)
        element(.studyInstanceUID, study, into: &set)
        element(.seriesInstanceUID, series, into: &set)
        element(.instanceNumber, "3", into: &set)
        element(.imagePositionPatient, "0\\-1.5\\20", into: &set)
        set += [0x54, 0, 0x81, 0, 0x55, 0x53, 2, 0, 89, 0]
        element(.seriesType, "WHOLE BODY\\IMAGE", into: &set)
        set += [0xE0, 0x7F, 0x10, 0, 0x4F, 0x42, 0, 0, UInt8(pixels.count), 0, 0, 0] + pixels
        return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + meta + set
    }

    private func element(_ attribute: Attribute, _ text: String, into bytes: inout [UInt8]) {
        let value = Array(text.utf8) + (text.utf8.count.isMultiple(of: 2) ? [] : [attribute.vr == .UI ? 0 : 0x20])
        let tag = attribute.tag
        bytes += [UInt8(tag.group & 255), UInt8(tag.group >> 8), UInt8(tag.element & 255), UInt8(tag.element >> 8)]
        bytes += Array(attribute.vr.rawValue.utf8) + [UInt8(value.count), 0] + value
    }

    /// The slice as a file in `incoming/`.
    func written(in archive: Archive, from sender: String = "SCANNER") throws -> IncomingInstance {
        let path = archive.incomingPath()
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return IncomingInstance(path: path, header: try InstanceHeader(path: path), sourceAETitle: sender)
    }
}

/// A repeatable source of chance (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
