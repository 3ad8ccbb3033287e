import Anatomy
import Detection
import Imaging

/// A patient's scan with what is known of it: which voxels are disease and, where someone has said so, where some foci lie.
public struct LabelledStudy: Sendable {
    /// What the study is called in its collection.
    public let name: String
    /// Whose it is: the same for all studies of a patient.
    public let person: String
    /// PET and CT on the PET's grid.
    public let scan: ScanVolumes
    /// For each PET voxel the lesion it belongs to, 1 and up; 0 for no disease. Lesions are pieces connected by faces.
    public let lesions: [Int32]
    /// Number of lesions.
    public let lesionCount: Int
    /// What is known of places; everywhere else the location is unknown.
    public let places: [KnownPlace]

    /// Gathers a study.
    /// - Parameters:
    ///   - person: whose it is; the name where not given.
    ///   - isLesion: one value for each PET voxel.
    public init(
        name: String, person: String? = nil, scan: ScanVolumes, isLesion: [Bool], places: [KnownPlace] = []
    ) {
        let geometry = scan.pet.geometry
        let pieces = ConnectedComponents(
            columns: geometry.columns, rows: geometry.rows, slices: geometry.slices, isMember: isLesion)
        (self.name, self.person, self.scan, self.places) = (name, person ?? name, scan, places)
        (lesions, lesionCount) = (pieces.labels, pieces.sizes.count)
    }

    /// Whether a focus is disease: it is hottest in a lesion, or three tenths of it are lesion.
    ///
    /// The rule of the digital patients (`PhantomTruth.site`): a bladder that touches a lesion is no lesion.
    public func isSuspicious(_ focus: CandidateFocus) -> Bool {
        lesions[focus.peakVoxel] > 0 || focus.voxels.count { lesions[Int($0)] > 0 } * 10 >= focus.voxels.count * 3
    }

    /// How many of the lesions are hit: touched by a focus that is disease.
    public func hits(by foci: [CandidateFocus]) -> Int {
        Set(foci.filter(isSuspicious).flatMap { $0.voxels.map { lesions[Int($0)] } }).subtracting([0]).count
    }

    /// What is known of where a focus lies: a known place within it, or else the nearest within 10 mm of its middle.
    /// - Returns: nil where nobody has said.
    public func place(of focus: CandidateFocus) -> KnownPlace? {
        let geometry = scan.pet.geometry
        let own = Set(focus.voxels)
        let within = places.first { place in
            guard geometry.contains(place.point) else { return false }
            let (i, j, k) = geometry.fractionalVoxel(at: place.point)
            return own.contains(Int32(geometry.index(Int(i.rounded()), Int(j.rounded()), Int(k.rounded()))))
        }
        func distance(_ place: KnownPlace) -> Double { place.point.distance(to: focus.centroid) }
        return within ?? places.filter { distance($0) <= 10 }.min { distance($0) < distance($1) }
    }
}

/// Where someone says that a site of uptake lies.
public struct KnownPlace: Sendable, Equatable {
    /// A point of the site (LPS millimetres).
    public let point: PatientPoint
    /// The location.
    public let location: AnatomicalLocation
    /// The side; nil where not said.
    public let laterality: Laterality?

    /// Makes a place.
    public init(point: PatientPoint, location: AnatomicalLocation, laterality: Laterality?) {
        (self.point, self.location, self.laterality) = (point, location, laterality)
    }
}
