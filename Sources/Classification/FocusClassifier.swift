import Detection
import Imaging

/// Judges foci: the seam behind which one model replaces another.
public protocol FocusClassifier: Sendable {
    /// Which model this is.
    var identity: ModelIdentity { get }

    /// Judges every focus of a scan.
    /// - Parameter uptake: what detection found in the same scan.
    /// - Returns: one classified focus for each candidate, in the same order.
    func classify(_ uptake: DetectedUptake, in scan: ScanVolumes) -> [ClassifiedFocus]
}
