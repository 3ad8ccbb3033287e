import Anatomy
import Classification
import Detection
import Foundation
import Imaging
import Phantom

/// A candidate focus with its features and what the phantom knows of it.
public struct LabelledFocus: Sendable {
    /// What the classifier sees.
    public let features: FocusFeatures
    /// Where the focus lies.
    public let location: AnatomicalLocation
    /// Whether it is a lesion.
    public let suspicious: Bool
    /// Seed of the patient.
    public let patient: UInt64

    /// Labels a focus.
    package init(features: FocusFeatures, location: AnatomicalLocation, suspicious: Bool, patient: UInt64) {
        (self.features, self.location) = (features, location)
        (self.suspicious, self.patient) = (suspicious, patient)
    }
}

extension LabelledFocus {
    /// The labelled candidate foci of a digital patient, on the phantom's own voxels (no DICOM between).
    ///
    /// Foci of mere noise, under which nothing was drawn, are left out.
    public static func of(_ study: PhantomStudy, withCT: Bool = true) -> [LabelledFocus] {
        let (uptake, scan) = study.detected(withCT: withCT)
        return zip(uptake.foci, FocusFeatures.of(uptake, in: scan)).compactMap { focus, features in
            study.truth.site(of: focus).map {
                LabelledFocus(
                    features: features, location: $0.location, suspicious: $0.suspicious, patient: study.truth.seed)
            }
        }
    }
}

extension PhantomStudy {
    /// Detection on the phantom's volumes, and the scan it ran on.
    func detected(
        withCT: Bool, by detection: FocusDetection = FocusDetection()
    ) -> (DetectedUptake, ScanVolumes) {
        let scan = ScanVolumes(
            pet: pet, ct: withCT ? ct.resampled(to: pet.geometry, outside: .nan) : nil, tracer: truth.tracer)
        return (detection.detect(in: scan), scan)
    }
}
