import Anatomy
import DICOM
import Staging

/// The parts of the body by which totals are given, after the regions of PROMISE.
enum TumourRegion: String, Sendable, CaseIterable {
    case local, pelvicNodes, otherNodes, bone, organs

    /// The region of a location. Common iliac nodes count to the pelvis, whatever their part in the stage.
    init(_ location: AnatomicalLocation) {
        switch StagingSite.of(location).role {
        case .prostate, .tumourBed, .seminalVesicle: self = .local
        case .pairedPelvicNode, .unpairedPelvicNode, .commonIliacNode: self = .pelvicNodes
        case .extrapelvicNode: self = .otherNodes
        case .bone: self = .bone
        case .adjacentOrgan, .distantOrgan, .notStaged: self = .organs
        }
    }

    /// What people call it.
    var title: String {
        switch self {
        case .local: "Prostate or its bed"
        case .pelvicNodes: "Pelvic lymph nodes"
        case .otherNodes: "Lymph nodes outside the pelvis"
        case .bone: "Bone"
        case .organs: "Other organs and soft tissue"
        }
    }

    /// The finding under which its totals stand.
    var finding: CodedConcept {
        let value =
            switch self {
            case .local: "totals-local"
            case .pelvicNodes: "totals-pelvic-ln"
            case .otherNodes: "totals-other-ln"
            case .bone: "totals-bone"
            case .organs: "totals-organs"
            }
        return PrivateScheme.concept(value, "All suspicious lesions: \(title)")
    }

    /// Its site; nil where no code means the whole region.
    var site: CodedConcept? {
        switch self {
        case .local: CodedConcept(of: .prostate)
        case .pelvicNodes: CodedConcept("54268001", "SCT", "Pelvic lymph node")
        case .otherNodes: CodedConcept("59441001", "SCT", "Lymph node")
        case .bone: CodedConcept("3138006", "SCT", "Bone")
        case .organs: nil
        }
    }
}

/// The figures of some lesions together.
struct LesionTotals: Sendable, Equatable {
    let count: Int
    /// Millilitres.
    let volumeMl: Double
    /// Grams: SUVmean times volume, summed.
    let uptake: Double

    init(_ lesions: [ReportedLesion]) {
        count = lesions.count
        volumeMl = lesions.reduce(0) { $0 + $1.focus.volumeMl }
        uptake = lesions.reduce(0) { $0 + $1.focus.totalUptake }
    }

    /// The totals of each region that has a lesion, in the order of `TumourRegion`.
    static func byRegion(_ lesions: [ReportedLesion]) -> [(region: TumourRegion, totals: LesionTotals)] {
        let groups = Dictionary(grouping: lesions) { TumourRegion($0.verdict.location) }
        return TumourRegion.allCases.compactMap { region in groups[region].map { (region, LesionTotals($0)) } }
    }
}
