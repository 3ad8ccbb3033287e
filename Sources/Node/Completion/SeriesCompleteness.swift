import Archive
import DICOM

/// What the images of one series say of its completeness.
struct SeriesCompleteness {
    let uid: UID
    let images: [StoredInstance]

    init(_ uid: UID, _ images: [StoredInstance]) { (self.uid, self.images) = (uid, images) }

    private var name: String { "\(images[0].modality == "PT" ? "PET" : images[0].modality) series \(uid)" }

    /// Number of Slices (0054,0081), times Number of Time Slices (0054,0101) of a dynamic series; scanners write the latter
    /// into static series too, where it counts something else. Nil where the series does not state it.
    var countOfSlices: CompletionDeficit?? {
        guard let slices = images.compactMap(\.numberOfSlices).max(), slices > 0 else { return nil }
        let isDynamic = images.contains { ["DYNAMIC", "GATED"].contains($0.seriesType.first) }
        let times = isDynamic ? max(images.compactMap(\.numberOfTimeSlices).max() ?? 1, 1) : 1
        // Both come from a peer: what they promise may be absurd.
        let (expected, isAbsurd) = slices.multipliedReportingOverflow(by: times)
        guard !isAbsurd else { return nil }
        return .some(missing(of: expected, "slices"))
    }

    /// What a source counts in the series; nil where it was not asked about it.
    func count(against expected: [UID: Int]) -> CompletionDeficit?? {
        expected[uid].map { missing(of: $0, "images at the source") }
    }

    private func missing(of expected: Int, _ what: String) -> CompletionDeficit? {
        images.count >= expected ? nil : .certain("\(name) has \(images.count) of \(expected) \(what)")
    }

    /// Slice positions along the normal, evenly spaced but for a gap of more than one and a half times the usual: nil where
    /// there is no stack to look at, a text where it has a gap.
    ///
    /// Images of different orientations, such as a turning projection, are no stack.
    var gap: String?? {
        let orientations = images.map(\.imageOrientationPatient)
        guard orientations.allSatisfy({ zip($0, orientations[0]).allSatisfy { abs($0 - $1) < 0.01 } }) else {
            return nil
        }
        let positions = Set(images.compactMap(\.slicePosition).map { ($0 * 100).rounded() / 100 }).sorted()
        guard positions.count > 2 else { return nil }
        let gaps = zip(positions.dropFirst(), positions).map { $0 - $1 }
        let usual = gaps.sorted()[gaps.count / 2]
        guard let wide = gaps.firstIndex(where: { $0 > 1.5 * usual }) else { return .some(nil) }
        return "\(name) has a gap of \(decimalString((gaps[wide] * 10).rounded() / 10)) mm "
            + "at \(decimalString(positions[wide])) mm"
    }
}

extension StoredInstance {
    /// Whether this is a single PET slice.
    var isPETImage: Bool { sopClassUID == .positronEmissionTomographyImageStorage }

    /// Whether this is a CT image of a volume, not a localizer.
    var isCTVolumeImage: Bool { modality == "CT" && !imageType.contains("LOCALIZER") }

    /// Whether it lies in one of some frames of reference.
    func lies(in frames: Set<UID>) -> Bool { frameOfReferenceUID.map(frames.contains) ?? false }

    /// Millimetres along the normal of the slice; nil without position and orientation.
    var slicePosition: Double? {
        guard imagePositionPatient.count == 3, imageOrientationPatient.count == 6 else { return nil }
        let (p, o) = (imagePositionPatient, imageOrientationPatient)
        return p[0] * (o[1] * o[5] - o[2] * o[4]) + p[1] * (o[2] * o[3] - o[0] * o[5])
            + p[2] * (o[0] * o[4] - o[1] * o[3])
    }
}
