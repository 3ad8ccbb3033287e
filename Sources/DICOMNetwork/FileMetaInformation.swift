import DICOM
import Foundation

/// What a Part 10 file says of its data set before the data set begins (PS3.10 section 7.1).
///
/// Only the file meta information is looked at: a data set is sent as it stands, however odd it is inside.
struct FileMetaInformation: Equatable {
    /// Media Storage SOP Class UID.
    let sopClassUID: UID
    /// Media Storage SOP Instance UID.
    let sopInstanceUID: UID
    /// Transfer Syntax UID of the data set.
    let transferSyntaxUID: UID
    /// Where the data set begins, in bytes from the start of the file.
    let dataSetOffset: Int

    /// Reads a file's beginning.
    /// - Throws: a reason in words.
    init(path: String) throws(Reason) {
        guard let file = FileHandle(forReadingAtPath: path) else { throw Reason("cannot be opened") }
        defer { try? file.close() }
        let beginning: Data?
        do { beginning = try file.read(upToCount: Self.longest) } catch { throw Reason("cannot be read") }
        try self.init(beginning: Array(beginning ?? Data()))
    }

    /// Parses a file's beginning.
    init(beginning bytes: [UInt8]) throws(Reason) {
        guard bytes.count > 132, bytes[128..<132].elementsEqual("DICM".utf8) else {
            throw Reason("is no DICOM file: it lacks the prefix DICM")
        }
        var uids: [UInt16: UID] = [:]
        var offset = 132
        // The elements themselves say where the group ends; its stated length is wrong in some writers' files.
        while offset + 8 <= bytes.count, number(bytes, offset, 2) == 2 {
            let long = ["OB", "OW", "UN", "SQ", "UT"].contains { bytes[offset + 4..<offset + 6].elementsEqual($0.utf8) }
            guard !long || offset + 12 <= bytes.count else { break }
            let start = offset + (long ? 12 : 8)
            let end = start + (long ? number(bytes, offset + 8, 4) : number(bytes, offset + 6, 2))
            guard end <= bytes.count else { break }
            uids[UInt16(number(bytes, offset + 2, 2))] = UID(String(decoding: bytes[start..<end], as: UTF8.self))
            offset = end
        }
        guard let sopClass = uids[0x0002], let instance = uids[0x0003], let transferSyntax = uids[0x0010] else {
            throw Reason("lacks Media Storage SOP Class UID, SOP Instance UID or Transfer Syntax UID")
        }
        sopClassUID = sopClass
        sopInstanceUID = instance
        transferSyntaxUID = transferSyntax
        dataSetOffset = offset
    }

    /// Why a file cannot be sent.
    struct Reason: Error, Equatable {
        let text: String
        init(_ text: String) { self.text = text }
    }

    /// Far longer than any file meta information but one with private information of its own.
    private static let longest = 1 << 18
}

/// An unsigned little-endian number of `count` bytes.
private func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
}
