import CDCMTK

extension DICOMFile {
    /// Writes the object of a file into a new file in another transfer syntax; compressed pixels are decompressed.
    ///
    /// Parses the whole object: not for a process that must outlive a hostile one.
    /// - Throws: `DICOMError.unconvertible` where it cannot be read, not be converted, or not be written.
    public static func convert(_ path: String, to transferSyntax: UID, as target: String) throws(DICOMError) {
        var error = cd_error()
        guard cd_file_convert(path, transferSyntax.description, target, &error) == 1 else {
            throw .unconvertible(path: path, Condition(error))
        }
    }
}
