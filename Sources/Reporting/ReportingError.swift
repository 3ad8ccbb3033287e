import DICOM

/// Why a reading could not be reported.
public enum ReportingError: Error, Equatable, CustomStringConvertible {
    /// A lesion without voxels.
    case emptyFocus(id: Int)
    /// A lesion with voxels that the PET does not have, or not in ascending order.
    case focusOutsideGrid(id: Int)
    /// A lesion with a figure that is infinite or no number.
    case figureNotFinite(id: Int)
    /// More lesions than a Segmentation can number.
    case tooManyLesions(Int)
    /// DCMTK refused a value.
    case refused(object: String, Condition)
    /// The summary page could not be written.
    case unwritable(path: String, reason: String)

    /// What went wrong and what to do.
    public var description: String {
        switch self {
        case .emptyFocus(let id): "focus \(id) has no voxels: detection must drop it before it is reported"
        case .focusOutsideGrid(let id):
            "focus \(id) has voxels outside the PET or out of order: it was found on another grid than the reading's"
        case .figureNotFinite(let id):
            "focus \(id) has a figure that is no finite number: detection must drop it before it is reported"
        case .tooManyLesions(let count): "\(count) lesions are more than the 65535 segments of a Segmentation"
        case .refused(let object, let condition): "DCMTK refused a value of the \(object): \(condition)"
        case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
        }
    }
}
