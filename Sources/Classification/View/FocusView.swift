import Imaging

/// What the network sees of a focus, beside the scan around it.
public struct FocusView: Sendable, Equatable {
    /// A cell of 5 mm (`ScanView.near`) that the focus fills in part or whole.
    public struct Cell: Sendable, Equatable {
        /// Its place in the grid.
        public let index: Int32
        /// How much of it is the focus, 255 for all.
        public let share: UInt8

        /// Gathers a cell.
        public init(index: Int32, share: UInt8) { (self.index, self.share) = (index, share) }
    }

    /// The hottest voxel (LPS, mm): the centroid of a curved focus may lie outside of it.
    public let middle: PatientPoint
    /// The cells it fills.
    public let cells: [Cell]
    /// Its figures.
    public var features: FocusFeatures
    /// What organ its middle lies in; nil where no map was asked.
    public let organs: OrganShares?

    /// Gathers a view.
    public init(middle: PatientPoint, cells: [Cell], features: FocusFeatures, organs: OrganShares? = nil) {
        (self.middle, self.cells, self.features, self.organs) = (middle, cells, features, organs)
    }
}
