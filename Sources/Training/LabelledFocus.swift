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

extension PhantomTruth {
    /// The site a focus belongs to: a lesion that covers at least three tenths of it, else the site of most of its voxels.
    /// - Returns: nil where nothing was drawn under it.
    public func site(of focus: CandidateFocus) -> Site? {
        var counts: [UInt16: Int] = [:]
        for voxel in focus.voxels where labels[Int(voxel)] > 0 { counts[labels[Int(voxel)], default: 0] += 1 }
        let ranked = counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
        func site(_ label: UInt16) -> Site { sites[Int(label) - 1] }
        let lesion = ranked.first { site($0.key).suspicious && $0.value * 10 >= focus.voxels.count * 3 }
        return (lesion ?? ranked.first).map { site($0.key) }
    }
}
