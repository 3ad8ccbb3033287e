import Foundation

/// The DICOM files under a folder.
public enum DICOMFolder {
    /// A file with its header.
    public struct Entry: Sendable {
        /// Where the file lies.
        public let path: String
        /// Its file meta information and its data set up to the pixel data.
        public let file: DICOMFile
    }

    /// Reads the header of every DICOM file below `path`, or of the one file that `path` is.
    ///
    /// Any tree will do: hidden files and whatever is no DICOM object with a SOP Instance UID are passed over.
    /// Symbolic links below `path` are not followed, so that no loop and no way out of the folder exists.
    /// - Parameter progress: told how many files have been looked at, and how many there are.
    /// - Returns: the entries in ascending order of their paths (compared by code point).
    /// - Throws: `DICOMError.noSuchFolder` where there is nothing at `path`.
    public static func read(
        _ path: String, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(DICOMError) -> [Entry] {
        let candidates = try files(under: path)
        var entries: [Entry] = []
        for (index, candidate) in candidates.enumerated() {
            if mayBeDICOM(candidate), let file = try? DICOMFile(path: candidate, extent: .header),
                file.dataSet.uid(.sopInstanceUID) != nil, file.dataSet.uid(.sopClassUID) != nil
            {
                entries.append(Entry(path: candidate, file: file))
            }
            progress(index + 1, candidates.count)
        }
        return entries
    }

    /// Every regular file below a path, ascending.
    static func files(under path: String) throws(DICOMError) -> [String] {
        let manager = FileManager.default
        var isFolder: ObjCBool = false
        guard manager.fileExists(atPath: path, isDirectory: &isFolder) else { throw .noSuchFolder(path: path) }
        guard isFolder.boolValue else { return [path] }
        var found: [String] = []
        var folders = [path]
        while let folder = folders.popLast() {
            for name in (try? manager.contentsOfDirectory(atPath: folder)) ?? [] where !name.hasPrefix(".") {
                let item = folder.hasSuffix("/") ? folder + name : folder + "/" + name
                // attributesOfItem does not follow a link: a link is a link here, whatever it points at.
                switch (try? manager.attributesOfItem(atPath: item))?[.type] as? FileAttributeType {
                case .typeDirectory?: folders.append(item)
                case .typeRegular?: found.append(item)
                default: break
                }
            }
        }
        return found.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    }

    /// Whether a file's first bytes allow a DICOM object: the Part 10 prefix, or a data set that begins without one.
    ///
    /// DCMTK would read almost anything as a data set; this keeps a folder's pictures and texts from it.
    package static func mayBeDICOM(_ path: String) -> Bool {
        guard let handle = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: 132), data.count >= 12 else { return false }
        let bytes = [UInt8](data)
        if bytes.count == 132, Array(bytes[128...]) == Array("DICM".utf8) { return true }
        // A bare data set starts with group 0002 or 0008, little endian, and an element of a small number.
        return (bytes[0] == 0x08 || bytes[0] == 0x02) && bytes[1] == 0 && bytes[3] == 0
    }
}
