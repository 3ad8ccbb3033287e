import Archive
import DICOM
import DICOMNetwork
import Foundation
import ScriptedPeer
import Testing

/// Objects made to harm: what has no usable header is set aside with a reason, what has one is kept bit for bit.
@Suite struct HostileObjectTests {
    /// An object that cannot be indexed, and a word of the reason that is to be given.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reason: String
        let object: @Sendable () throws -> [UInt8]

        init(_ name: String, reason: String, _ object: @escaping @Sendable () throws -> [UInt8]) {
            (testDescription, self.reason, self.object) = (name, reason, object)
        }
    }

    private static let open: [UInt8] =
        [0x40, 0x00, 0x75, 0x02, 0x53, 0x51, 0, 0, 255, 255, 255, 255, 0xFE, 0xFF, 0x00, 0xE0, 255, 255, 255, 255]
    private static let close: [UInt8] = [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]

    /// The slice with bytes put in before its last element, the pixel data (12 bytes of header, 2048 of value).
    private static func slice(inserting bytes: [UInt8]) throws -> [UInt8] {
        var slice = try Slices.bytes(1)
        slice.insert(contentsOf: bytes, at: slice.count - 2060)
        return slice
    }

    private static func nested(_ depth: Int) throws -> [UInt8] {
        try slice(
            inserting: [[UInt8]](repeating: open, count: depth).flatMap { $0 }
                + [[UInt8]](repeating: close, count: depth).flatMap { $0 })
    }

    /// (0009,1001), OB, of a length that is claimed.
    private static func claim(_ length: UInt32) -> [UInt8] {
        [9, 0, 1, 0x10, 0x4F, 0x42, 0, 0] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    }

    static let cases: [Case] = [
        Case("E5: nested 10,000 deep", reason: "64") { try nested(10_000) },
        Case("E5: nested 100,000 deep", reason: "64") { try nested(100_000) },
        Case("nested and never closed", reason: "64") {
            try slice(inserting: [[UInt8]](repeating: open, count: 50_000).flatMap { $0 })
        },
        Case("a gigabyte claimed", reason: "ends within") { try slice(inserting: claim(1 << 30)) },
        Case("four gigabytes claimed", reason: "ends within") { try slice(inserting: claim(0xFFFF_FFFE)) },
        Case("truncated pixel data", reason: "ends within") { Array(try Slices.bytes(1).dropLast(100)) },
        Case("no Study Instance UID", reason: "StudyInstanceUID") {
            try Slices.bytes(1) { $0.remove(.studyInstanceUID) }
        },
        Case("no Series Instance UID", reason: "SeriesInstanceUID") {
            try Slices.bytes(1) { $0.remove(.seriesInstanceUID) }
        },
        Case("no SOP Instance UID", reason: "SOPInstanceUID") { try Slices.bytes(1) { $0.remove(.sopInstanceUID) } },
        Case("a Study Instance UID that climbs", reason: "StudyInstanceUID") {
            try Slices.bytes(1) { $0.set(.studyInstanceUID, "../../../tmp/1.2") }
        },
        Case("a SOP Instance UID that climbs", reason: "SOPInstanceUID") {
            try Slices.bytes(1) { $0.set(.sopInstanceUID, "../../index.sqlite") }
        },
        Case("another SOP Instance UID than announced", reason: "contradicts") { try Slices.bytes(2) },
        Case("no data set at all", reason: "SOPClassUID") { [] },
        Case("text", reason: "malformed") { Array(String(repeating: "not a data set ", count: 100).utf8) },
    ]

    @Test func whatCannotBeIndexedIsSetAside() throws {
        let node = try ServedNode(.init(quietPeriodSeconds: 3600))
        let peer = RawPeer(port: node.port)
        try #require(peer.associate(calling: ServedNode.sender) == 2)
        for hostile in Self.cases {
            let object = try hostile.object()
            let status = peer.store(object, sopInstance: Slices.instance(1).description, fragment: 16_000)
            #expect(status == 0xC000 || status == 0xA900, "\(hostile.testDescription): \(String(describing: status))")
            let kept = try #require(try node.look { try $0.quarantinedFiles() }.first)
            #expect(kept.reason.contains(hostile.reason), "\(hostile.testDescription): \(kept.reason)")
            let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: kept.path)))
            #expect(file.suffix(object.count).elementsEqual(object), "\(hostile.testDescription)")
            #expect(try VerificationSCU.echo(node.peer()) == .success)
        }
        #expect(try node.look { try $0.quarantinedFiles() }.count == Self.cases.count)
        #expect(try node.look { try $0.study(Slices.study) } == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: node.stateDirectory + "/incoming").isEmpty)
        #expect(try Vitals(of: node.process.identifier).residentKiB < 200 << 10)
        #expect(peer.store(try Slices.bytes(1), sopInstance: Slices.instance(1).description) == 0)
    }

    @Test func hostileUIDsOfTheCommandAreRefused() throws {
        let node = try ServedNode()
        let peer = RawPeer(port: node.port)
        try #require(peer.associate(calling: ServedNode.sender) == 2)
        for uid in ["../../../etc/1.2", "1..2", "1.2/3", "-1", "1.2.a"] {
            #expect(peer.store(try Slices.bytes(1), sopInstance: uid) == 0x0117, "\(uid)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: node.stateDirectory + "/incoming").isEmpty)
        #expect(try node.look { try $0.quarantinedFiles() }.isEmpty)
    }

    /// Text in a character set that is not the one announced, or that nobody knows, is text all the same to be kept.
    @Test(arguments: ["ISO_IR 192", "ISO_IR 999", "ISO 2022 IR 87", "\\ISO 2022 IR 149\\ISO 2022 IR 58", "GB18030"])
    func wrongCharacterSetsAreKeptBitForBit(characterSet: String) throws {
        let node = try ServedNode(.init(quietPeriodSeconds: 3600))
        let peer = RawPeer(port: node.port)
        try #require(peer.associate(calling: ServedNode.sender) == 2)
        let object = try Slices.bytes(1) {
            $0.set(.specificCharacterSet, characterSet)
            $0.setBytes(.patientName, [0xFC, 0x1B, 0x24, 0xFF, 0x5E, 0xC3, 0x28, 0xA0, 0x3D, 0xE2])
        }
        #expect(peer.store(object, sopInstance: Slices.instance(1).description) == 0)
        let kept = try #require(try node.look { try $0.instance(Slices.instance(1)) })
        #expect(try dataSetBytes(of: kept.path) == Data(object))
        #expect(try node.look { try $0.study(Slices.study) } != nil)
    }
}
