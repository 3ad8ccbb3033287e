import DICOM
import Foundation

/// What an SUV may be normalised by other than body weight (PS3.3 section C.8.9.1.1.3, SUV Type).
enum BodyMeasure: String, Sendable, CaseIterable {
    case bodySurfaceArea = "BSA"
    case leanBodyMass = "LBM"
    case leanBodyMassJames128 = "LBMJAMES128"
    case leanBodyMassJanmahasatian = "LBMJANMA"
    case idealBodyWeight = "IBW"

    var name: String {
        switch self {
        case .bodySurfaceArea: "BodySurfaceArea"
        case .idealBodyWeight: "IdealBodyWeight"
        default: "LeanBodyMass"
        }
    }

    var unit: String { self == .bodySurfaceArea ? "cm2" : "g" }

    /// The measure in the unit of its SUV: cm² or grams.
    /// - Parameter sex: Patient's Sex; only M and F have formulae, except for body surface area.
    func value(weightKilograms w: Double, heightMetres: Double, sex: String?) throws(Refusal) -> Double {
        let h = heightMetres * 100
        // Du Bois and Du Bois, Arch Intern Med 1916;17:863: m² from kilograms and centimetres.
        if self == .bodySurfaceArea { return 0.007184 * pow(w, 0.425) * pow(h, 0.725) * 10_000 }
        guard let sex, sex == "M" || sex == "F" else {
            throw Refusal(.noSex, "Patient's Sex is neither M nor F: SUV Type \(rawValue) needs it.")
        }
        let isMale = sex == "M"
        let ratio = (w / h) * (w / h)
        let kilograms: Double
        switch self {
        case .leanBodyMass: kilograms = isMale ? 1.10 * w - 120 * ratio : 1.07 * w - 148 * ratio
        case .leanBodyMassJames128: kilograms = isMale ? 1.10 * w - 128 * ratio : 1.07 * w - 148 * ratio
        case .leanBodyMassJanmahasatian:
            // Janmahasatian et al., Clin Pharmacokinet 2005;44:1051.
            let bodyMassIndex = w / (heightMetres * heightMetres)
            kilograms = 9270 * w / (isMale ? 6680 + 216 * bodyMassIndex : 8780 + 244 * bodyMassIndex)
        default: kilograms = isMale ? 48.0 + 1.06 * (h - 152) : 45.5 + 0.91 * (h - 152)
        }
        guard kilograms > 0 else {
            throw Refusal(.noSize, "Patient's Weight and Size give no sensible \(rawValue): one of them is wrong.")
        }
        return kilograms * 1000
    }
}
