import CZlib
import DICOM
import Foundation
import Imaging

/// A volume of whole numbers in a file that others read too: NRRD with gzip (teem.sourceforge.net/nrrd/format.html).
///
/// The header is text: the grid in LPS millimetres, and what else the volume needs in `key:=value` lines.
enum NRRDFile {
    /// A kind of number that a file may hold.
    protocol Element: FixedWidthInteger {
        /// Its name in the header.
        static var nrrdType: String { get }
    }

    /// Writes a volume, columns fastest.
    /// - Throws: `CohortError.unwritable`.
    static func write<Number: Element>(
        _ values: [Number], _ geometry: VolumeGeometry, keys: [String: String] = [:], to path: String
    ) throws(CohortError) {
        precondition(values.count == geometry.count, "a number for each voxel")
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard file >= 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
        let header = Array(header(Number.nrrdType, geometry, keys).utf8)
        // gzclose closes the file too. Level 1: noise does not shrink, labels shrink at any level.
        guard Foundation.write(file, header, header.count) == header.count, let stream = gzdopen(file, "wb1") else {
            close(file)
            throw .unwritable(path: path, reason: String(cString: strerror(errno)))
        }
        let count = UInt32(values.count * MemoryLayout<Number>.size)
        let written = values.withUnsafeBytes { gzwrite(stream, $0.baseAddress!, count) }
        guard gzclose(stream) == Z_OK, written == count else {
            throw .unwritable(path: path, reason: "the file could not be written to its end")
        }
    }

    private static func header(_ type: String, _ geometry: VolumeGeometry, _ keys: [String: String]) -> String {
        func vector(_ point: PatientPoint) -> String { "(\(point.x),\(point.y),\(point.z))" }
        let axes = [
            geometry.rowDirection * geometry.columnSpacing, geometry.columnDirection * geometry.rowSpacing,
            geometry.normal * geometry.sliceSpacing,
        ]
        return """
            NRRD0004
            type: \(type)
            dimension: 3
            sizes: \(geometry.columns) \(geometry.rows) \(geometry.slices)
            space: left-posterior-superior
            space directions: \(axes.map(vector).joined(separator: " "))
            space origin: \(vector(geometry.sliceOrigins[0]))
            endian: little
            encoding: gzip

            """ + keys.sorted { $0.key < $1.key }.map { "\($0.key):=\($0.value)\n" }.joined() + "\n"
    }

    /// Reads a volume that `write` wrote.
    /// - Returns: the numbers, and the header's `key:=value` lines.
    /// - Throws: `CohortError.unreadable`.
    static func read<Number: Element>(
        _ type: Number.Type, count: Int, from path: String
    ) throws(CohortError) -> (values: [Number], keys: [String: String]) {
        guard let data = FileManager.default.contents(atPath: path),
            let end = data.range(of: Data("\n\n".utf8))?.upperBound
        else { throw .unreadable(path: path, reason: "there is no NRRD file") }
        let lines = String(decoding: data[..<end], as: UTF8.self).split(separator: "\n")
        guard lines.contains("type: \(Number.nrrdType)"), lines.contains("encoding: gzip") else {
            throw .unreadable(path: path, reason: "it is no gzip NRRD file of \(Number.nrrdType)")
        }
        let file = open(path, O_RDONLY)
        lseek(file, off_t(end), SEEK_SET)
        guard file >= 0, let stream = gzdopen(file, "rb") else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        defer { gzclose(stream) }
        let bytes = UInt32(count * MemoryLayout<Number>.size)
        var read: Int32 = 0
        let values = [Number](unsafeUninitializedCapacity: count) { buffer, filled in
            read = gzread(stream, buffer.baseAddress!, bytes)
            filled = max(Int(read), 0) / MemoryLayout<Number>.size
        }
        guard read == bytes else { throw .unreadable(path: path, reason: "it ends before its last voxel") }
        let keys = lines.compactMap { line in
            line.range(of: ":=").map { (String(line[..<$0.lowerBound]), String(line[$0.upperBound...])) }
        }
        return (values, Dictionary(keys) { $1 })
    }
}

extension UInt8: NRRDFile.Element { static var nrrdType: String { "unsigned char" } }
extension Int16: NRRDFile.Element { static var nrrdType: String { "short" } }
extension UInt16: NRRDFile.Element { static var nrrdType: String { "unsigned short" } }
