import DICOM
import Foundation
import Imaging

/// A volume of a NIfTI-1 file (`.nii`, `.nii.gz`), as public collections of patients keep them.
///
/// The grid is turned from NIfTI's axes (right, front, head positive) to LPS millimetres, and slices follow the normal.
public struct NIfTIImage: Sendable {
    /// Where the voxels lie.
    public let geometry: VolumeGeometry
    /// One value for each voxel: column, row, slice; scaled by the file's slope and intercept.
    public let values: [Float]

    /// Reads a file.
    /// - Parameter frame: the frame of reference of the patient; NIfTI knows none.
    /// - Throws: `ImportError` with the file's name and what is wrong with it.
    public init(path: String, frame: UID) throws(ImportError) {
        let file = try GzipFile(path)
        let header = try NIfTIHeader(try file.read(NIfTIHeader.size, "its header"), path: path)
        _ = try file.read(header.voxelOffset - NIfTIHeader.size, "what follows its header")
        let stored = header.values(in: try file.read(header.count * header.type.size, "its \(header.count) voxels"))
        let grid = try header.grid(frame: frame)
        geometry = grid.geometry
        values = grid.isFlipped ? Self.reversed(stored, slices: geometry.slices) : stored
    }

    private static func reversed(_ values: [Float], slices: Int) -> [Float] {
        let slice = values.count / slices
        return (0..<slices).reversed().flatMap { values[$0 * slice..<($0 + 1) * slice] }
    }

    /// As a volume of some quantity, which the file does not tell.
    public func volume<Measured>(of _: Measured.Type = Measured.self) -> Volume<Measured> {
        Volume(geometry: geometry, voxels: values)
    }
}
