import Archive
import DICOM
import DICOMNetwork
import Foundation
import Testing

/// Pixel data that is small on the wire and enormous once it is unpacked: stored bit for bit, and at reading it costs one
/// child process within its limits.
@Suite struct BombTests {
    enum Bomb: String, CaseIterable, Sendable {
        case deflate, rle, jpeg, jpegLS, jpeg2000, rows

        var transferSyntax: UID {
            switch self {
            case .deflate: UID("1.2.840.10008.1.2.1.99")!
            case .rle: UID("1.2.840.10008.1.2.5")!
            case .jpeg: UID("1.2.840.10008.1.2.4.70")!
            case .jpegLS: UID("1.2.840.10008.1.2.4.80")!
            case .jpeg2000: UID("1.2.840.10008.1.2.4.90")!
            case .rows: .explicitVRLittleEndian
            }
        }
    }

    @Test(arguments: Bomb.allCases)
    func bombCostsOneChild(bomb: Bomb) throws {
        let scratch = try Scratch("bomb")
        let study = try Material.edited(
            try Material.pelvis, named: "bomb-\(bomb.rawValue)", in: scratch.path, slices: 12)
        let file = try armed(study.pet[5], bomb, in: scratch)
        let node = try ServedNode(
            .init(incompleteAfterSeconds: 2, reading: ["memory_mib = 1024", "timeout_seconds = 60"]))
        try node.send(study.pet.enumerated().filter { $0.offset != 5 }.map(\.element) + study.ct + [file])
        let uid = try #require(try DICOMFile(path: study.pet[5], extent: .header).dataSet.uid(.sopInstanceUID))
        let kept = try #require(try node.look { try $0.instance(uid) })
        #expect(try dataSetBytes(of: kept.path) == dataSetBytes(of: file))

        // Declined, or an attempt that failed within its limits.
        try wait(until: "the end of an attempt", seconds: 120) {
            #expect(try VerificationSCU.echo(node.peer()) == .success)
            return try node.look { try $0.jobs(kinds: [.read]) }.contains {
                $0.progress.state != .running && $0.progress.reason != nil
            }
        }
        #expect(node.process.isRunning)
        #expect(try Vitals(of: node.process.identifier).residentKiB < 200 << 10)
        let further = try Material.edited(
            try Material.pelvis, named: "after-\(bomb.rawValue)", in: scratch.path, slices: 2)
        try node.send(further.files)
    }

    /// To be sent in another transfer syntax an object is parsed and unpacked: by a child, and not by the listener.
    @Test(arguments: [Bomb.deflate, .rle, .jpeg, .jpegLS, .jpeg2000, nil])
    func retrievingItCostsOneChild(bomb: Bomb?) throws {
        let scratch = try Scratch("retrieved-bomb")
        let slice = try Material.edited(try Material.pelvis, named: "retrieved", in: scratch.path, slices: 1).pet[0]
        let file = try bomb.map { try armed(slice, $0, in: scratch) } ?? nested(slice, in: scratch)
        let node = try ServedNode()
        try node.send([file])
        let header = try DICOMFile(path: slice, extent: .header).dataSet
        func key(_ name: String, _ attribute: Attribute) throws -> [String] {
            ["-k", "\(name)=\(try #require(header.uid(attribute)))"]
        }
        let folder = scratch.path + "/got"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let resident = try Vitals(of: node.process.identifier).residentKiB
        _ = try Child.run(
            "getscu",
            [
                "-S", "-aet", ServedNode.sender, "-aec", ServedNode.aeTitle, "+xe", "-od", folder, "127.0.0.1",
                "\(node.port)", "-k", "QueryRetrieveLevel=IMAGE",
            ] + key("StudyInstanceUID", .studyInstanceUID) + key("SeriesInstanceUID", .seriesInstanceUID)
                + key("SOPInstanceUID", .sopInstanceUID))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty, "it cannot be had unpacked")
        #expect(node.process.isRunning, "\(node.process.errors.suffix(2000))")
        #expect(try VerificationSCU.echo(node.peer()) == .success)
        #expect(try Vitals(of: node.process.identifier).residentKiB < resident + 100 << 10)
    }

    /// A deflated PET slice with sequences within sequences behind its pixels, where no header is looked for.
    private func nested(_ path: String, in scratch: Scratch) throws -> String {
        let plain = scratch.path + "/plain.dcm"
        let data = try DICOMFile(path: path).dataSet
        try data.write(to: plain)
        let opened: [UInt8] = [
            0xE1, 0x7F, 0x01, 0x10, 0x53, 0x51, 0, 0, 255, 255, 255, 255, 254, 255, 0, 0xE0, 255, 255, 255, 255,
        ]
        let nest = Array([[UInt8]](repeating: opened, count: 100_000).joined())
        let dataSet = [UInt8](try dataSetBytes(of: plain)) + nest
        var stream: [UInt8] = []
        for start in stride(from: 0, to: dataSet.count, by: 65_535) {
            let block = dataSet[start..<min(start + 65_535, dataSet.count)]
            let length = UInt16(block.count)
            stream.append(start + 65_535 >= dataSet.count ? 1 : 0)
            for word in [length, ~length] { stream += [UInt8(word & 255), UInt8(word >> 8)] }
            stream += block
        }
        let armed = scratch.path + "/nested.dcm"
        try Part10.file(
            sopClass: try #require(data.uid(.sopClassUID)), sopInstance: try #require(data.uid(.sopInstanceUID)),
            transferSyntax: .deflatedExplicitVRLittleEndian,
            dataSet: stream + [UInt8](repeating: 0, count: stream.count % 2)
        ).write(to: URL(fileURLWithPath: armed))
        return armed
    }

    /// A PET slice that claims 65,535 rows and columns and keeps its promise in its own way.
    private func armed(_ path: String, _ bomb: Bomb, in scratch: Scratch) throws -> String {
        var data = try DICOMFile(path: path).dataSet
        data.set(.rows, 65_535)
        data.set(.columns, 65_535)
        data.remove(.pixelData)
        let plain = scratch.path + "/plain.dcm"
        try data.write(to: plain)
        let header = [UInt8](try dataSetBytes(of: plain))
        let instance = data.uid(.sopInstanceUID)!, sopClass = data.uid(.sopClassUID)!
        let dataSet: [UInt8] =
            switch bomb {
            case .rows: header + Self.pixelData(length: 2000) + [UInt8](repeating: 0, count: 2000)
            case .rle: header + Self.encapsulated(Self.rleFrame)
            case .jpeg: header + Self.encapsulated(Self.jpegFrame)
            case .jpegLS: header + Self.encapsulated(Self.jpegLSFrame)
            case .jpeg2000: header + Self.encapsulated(Self.jpeg2000Frame)
            case .deflate: Self.deflated(header + Self.pixelData(length: 0xFFFF_0000))
            }
        let armed = scratch.path + "/armed.dcm"
        try Part10.file(
            sopClass: sopClass, sopInstance: instance, transferSyntax: bomb.transferSyntax, dataSet: dataSet
        ).write(to: URL(fileURLWithPath: armed))
        return armed
    }

    private static func little(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// (7FE0,0010) in Explicit VR, OW.
    private static func pixelData(length: UInt32) -> [UInt8] {
        [0xE0, 0x7F, 0x10, 0, 0x4F, 0x57, 0, 0] + little(length)
    }

    /// Pixel data of one fragment, with an empty offset table (PS3.5 section A.4).
    private static func encapsulated(_ frame: [UInt8]) -> [UInt8] {
        [0xE0, 0x7F, 0x10, 0, 0x4F, 0x42, 0, 0, 255, 255, 255, 255] + [0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0]
            + [0xFE, 0xFF, 0x00, 0xE0] + little(UInt32(frame.count + frame.count % 2)) + frame
            + [UInt8](repeating: 0, count: frame.count % 2) + [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]
    }

    /// Two segments of runs of 128 zeros (PS3.5 annex G): a hundredth of what the rows ask for.
    private static let rleFrame: [UInt8] = {
        let runs = [[UInt8]](repeating: [0x81, 0], count: 300_000).flatMap { $0 }
        let offsets: [UInt32] = [2, 64, 64 + UInt32(runs.count)] + [UInt32](repeating: 0, count: 13)
        return offsets.flatMap(little) + runs + runs
    }()

    /// A lossless JPEG (process 14) that claims 65,535 by 65,535 samples of 16 bits and has a few bytes of them.
    private static let jpegFrame: [UInt8] =
        [0xFF, 0xD8, 0xFF, 0xC3, 0, 11, 16, 0xFF, 0xFF, 0xFF, 0xFF, 1, 1, 0x11, 0]
        + [0xFF, 0xC4, 0, 20, 0, 1] + [UInt8](repeating: 0, count: 15) + [0]
        + [0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 0, 0] + [UInt8](repeating: 0, count: 1000) + [0xFF, 0xD9]

    /// A lossless JPEG-LS (ISO 14495-1) of the same claim.
    private static let jpegLSFrame: [UInt8] =
        [0xFF, 0xD8, 0xFF, 0xF7, 0, 11, 16, 0xFF, 0xFF, 0xFF, 0xFF, 1, 1, 0x11, 0]
        + [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 1000) + [0xFF, 0xD9]

    /// A lossless JPEG 2000 codestream (ISO 15444-1 annex A) of the same claim, in one tile.
    private static let jpeg2000Frame: [UInt8] = {
        let size: [UInt8] = [0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF], origin = [UInt8](repeating: 0, count: 8)
        return [0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0] + size + origin + size + origin + [0, 1, 15, 1, 1]
            // No decomposition, reversible, code blocks of 64 by 64; no quantisation.
            + [0xFF, 0x52, 0, 12, 0, 0, 0, 1, 0, 0, 4, 4, 0, 1] + [0xFF, 0x5C, 0, 4, 0x40, 0x80]
            + [0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1] + [0xFF, 0x93] + [UInt8](repeating: 0, count: 1000)
            + [0xFF, 0xD9]
    }()

    /// A stored block with the header, then runs of 258 zeros in fixed codes (RFC 1951): 1:1000 and more.
    private static func deflated(_ header: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = []
        for start in stride(from: 0, to: header.count, by: 65_535) {
            let block = header[start..<min(start + 65_535, header.count)]
            let length = UInt16(block.count)
            for word in [length, ~length] { stream += [UInt8(word & 255), UInt8(word >> 8)] }
            stream.insert(0, at: stream.count - 4)
            stream += block
        }
        // Final block, fixed codes; literal 0 is 00110000, length 258 is 11000101, distance 1 is 00000. From the third
        // byte on, what eight runs come to repeats itself every thirteen.
        var bits: [UInt8] = [1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0]
        for _ in 0..<20 { bits += [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0] }
        let bytes = stride(from: 0, to: 15 * 8, by: 8).map { start in
            (0..<8).reduce(UInt8(0)) { $0 | bits[start + $1] << UInt8($1) }
        }
        stream += bytes[..<2]
        for _ in 0..<625_000 { stream += bytes[2...] }
        return stream + [UInt8](repeating: 0, count: stream.count % 2)
    }
}

/// Part 10 files put together by hand.
enum Part10 {
    /// Meta information (PS3.10 section 7.1) and a data set as it is.
    static func file(sopClass: UID, sopInstance: UID, transferSyntax: UID, dataSet: [UInt8]) -> Data {
        func element(_ number: UInt8, _ value: [UInt8]) -> [UInt8] {
            let padded = value.count.isMultiple(of: 2) ? value : value + [0]
            return [2, 0, number, 0, 0x55, 0x49, UInt8(padded.count), 0] + padded
        }
        let group =
            [2, 0, 1, 0, 0x4F, 0x42, 0, 0, 2, 0, 0, 0, 0, 1] + element(0x02, Array(sopClass.description.utf8))
            + element(0x03, Array(sopInstance.description.utf8))
            + element(0x10, Array(transferSyntax.description.utf8))
        let length: [UInt8] = [2, 0, 0, 0, 0x55, 0x4C, 4, 0, UInt8(group.count & 255), UInt8(group.count >> 8), 0, 0]
        return Data([UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + length + group + dataSet)
    }
}
