import DICOM

/// One instance of a study: its header at hand, its pixel data on demand.
public struct StudyInstance: Sendable {
    /// The data set without pixel data.
    public let header: DataSet
    /// Reads the whole data set, pixel data decompressed.
    private let source: @Sendable () throws(DICOMError) -> DataSet

    /// An instance in memory.
    public init(dataSet: DataSet) {
        var header = dataSet
        header.remove(.pixelData)
        self.header = header
        source = { () throws(DICOMError) -> DataSet in dataSet }
    }

    /// An instance in a file whose header has been read; the pixel data stay in the file until they are asked for.
    public init(path: String, header: DataSet) {
        self.header = header
        source = { () throws(DICOMError) -> DataSet in try DICOMFile(path: path).dataSet }
    }

    /// An instance in a file.
    public init(path: String) throws(DICOMError) {
        self.init(path: path, header: try DICOMFile(path: path, extent: .header).dataSet)
    }

    /// An entry of a folder.
    public init(_ entry: DICOMFolder.Entry) {
        self.init(path: entry.path, header: entry.file.dataSet)
    }

    /// The whole data set.
    public func load() throws(Refusal) -> DataSet {
        do {
            return try source()
        } catch {
            throw Refusal(.unreadable, "The image cannot be read: \(error)")
        }
    }
}
