import DICOM

/// A series assembled into a stack: its headers in the order of the geometry's slices.
public struct ImageSeries: Sendable {
    /// Where the slices lie; slice `k` belongs to `headers[k]`.
    public let geometry: VolumeGeometry
    /// The data set of every slice without pixel data, ascending along the geometry's normal.
    public let headers: [DataSet]

    /// Makes a series.
    /// - Precondition: one header for each slice, each with study, series and instance UID.
    public init(geometry: VolumeGeometry, headers: [DataSet]) {
        precondition(headers.count == geometry.slices)
        self.geometry = geometry
        self.headers = headers
    }

    /// The study the series belongs to.
    public var studyInstanceUID: UID { headers[0].uid(.studyInstanceUID)! }

    /// The series.
    public var seriesInstanceUID: UID { headers[0].uid(.seriesInstanceUID)! }

    /// The SOP class of the slices.
    public var sopClassUID: UID { headers[0].uid(.sopClassUID)! }

    /// The instance of each slice.
    public var sopInstanceUIDs: [UID] { headers.map { $0.uid(.sopInstanceUID)! } }
}
