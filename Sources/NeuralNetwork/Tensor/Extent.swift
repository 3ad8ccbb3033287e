/// A size along the three axes of a volume, in voxels: depth (slices), height (rows), width (columns).
public struct Extent: Hashable, Sendable {
    /// Number of slices.
    public var depth: Int
    /// Number of rows.
    public var height: Int
    /// Number of columns.
    public var width: Int

    /// Makes an extent.
    public init(_ depth: Int, _ height: Int, _ width: Int) {
        self.depth = depth
        self.height = height
        self.width = width
    }

    /// The same size along each axis.
    public static func cube(_ side: Int) -> Extent { Extent(side, side, side) }

    /// Number of voxels.
    public var count: Int { depth * height * width }

    /// The extent of what a sliding window makes of this one: along each axis
    /// ⌊(size + 2·padding − window) / stride⌋ + 1.
    public func slid(window: Extent, stride: Extent, padding: Extent) -> Extent {
        Extent(
            (depth + 2 * padding.depth - window.depth) / stride.depth + 1,
            (height + 2 * padding.height - window.height) / stride.height + 1,
            (width + 2 * padding.width - window.width) / stride.width + 1)
    }
}
