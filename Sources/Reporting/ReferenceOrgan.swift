import Anatomy
import DICOM
import Detection

/// The organs whose normal uptake the report states, in the order in which PROMISE compares with them.
enum ReferenceOrgan: CaseIterable {
    case bloodPool, liver, parotid, spleen

    var title: String {
        switch self {
        case .bloodPool: "Blood pool"
        case .liver: "Liver"
        case .parotid: "Parotid glands"
        case .spleen: "Spleen"
        }
    }

    /// Where it was measured.
    var site: CodedConcept {
        switch self {
        case .bloodPool: Concepts.aorta
        case .liver: .init(of: .liver)
        case .parotid: .init(of: .parotidGland)
        case .spleen: .init(of: .spleen)
        }
    }

    /// What was measured; nil where the organ was not found.
    func region(in reference: ReferenceUptake) -> ReferenceUptake.Region? {
        switch self {
        case .bloodPool: reference.bloodPool
        case .liver: reference.liver
        case .parotid: reference.parotid
        case .spleen: reference.spleen
        }
    }
}
