import DICOM
import Reading
import Staging

/// The coding scheme 99UPTAKE: what no standard scheme has a code for, above all miTNM.
///
/// A clinical TNM code would say something else: AJCC knows one N category for the prostate where PROMISE V1 has two,
/// and a stage seen by PET alone is not a clinical stage. So the molecular imaging categories have codes of their own,
/// and each concept names the edition of PROMISE whose rules were followed.
enum PrivateScheme {
    static let designator = "99UPTAKE"
    static let name = "Uptake private codes"
    static let organization = "Uptake project"
    static let uid = UID.derived(from: ["Uptake", "coding scheme", designator])

    static func concept(_ value: String, _ meaning: String) -> CodedConcept { CodedConcept(value, designator, meaning) }

    static let totalUptake = concept("total-uptake", "Total lesion PSMA uptake")
    static let meanTimesVolume = concept("mean-x-volume", "SUVmean multiplied by volume")
    static let focus = concept("focus", "Focus of elevated uptake")
    static let notSuspicious = concept("not-suspicious", "Uptake that is not judged suspicious")
    static let centre = concept("centre", "Centre of the focus: x, y, z in mm, patient coordinates (LPS)")
    static let declined = concept("declined", "Why the study was not read")
    static let warning = concept("warning", "Warning to the reader")
    static let expression = concept("psma-expression", "PSMA expression score (PROMISE)")
    static let referenceRegion = concept("reference", "Reference region of normal uptake")
    static let lesionStatistics = concept("lesion-totals", "All suspicious lesions of the body")

    /// The score of a focus that has one.
    static func expression(of focus: ReadFocus) -> CodedConcept? {
        guard let score = focus.expression else { return nil }
        if focus.expressionIsLowerBound {
            return concept("psma-2-or-3", "Score 2 or 3: at least liver or spleen; parotid not found")
        }
        let meaning =
            switch score {
            case .none: "Score 0: below blood pool"
            case .low: "Score 1: at least blood pool, below liver or spleen"
            case .intermediate: "Score 2: at least liver or spleen, below parotid"
            case .high: "Score 3: at least parotid"
            }
        return concept("psma-\(score.rawValue)", meaning)
    }

    /// The evaluations that state a stage, in the order T, N, M.
    static func evaluations(of stage: MiTNM) -> [(name: CodedConcept, value: CodedConcept)] {
        let edition = stage.edition.rawValue
        func category(_ axis: String, _ value: String, _ edition: String) -> (CodedConcept, CodedConcept) {
            (concept(axis, "\(axis) category, \(edition)"), concept(value, value))
        }
        let distant = stage.miMCategories.isEmpty ? [stage.miM] : stage.miMCategories
        var result = [category("miT", stage.miT.rawValue, edition), category("miN", stage.miN.rawValue, edition)]
        let first = MiTNM.Edition.v1.rawValue
        result.append(
            (concept("miN-V1", "miN category, \(first)"), concept(stage.miNV1.rawValue, stage.miNV1.rawValue)))
        result += distant.map { category("miM", $0.rawValue, edition) }
        if let pattern = stage.miMPattern {
            let value = concept("miM-\(pattern.rawValue)", "Bone metastases: \(pattern.rawValue)")
            result.append((concept("miM-pattern", "miM bone pattern, \(edition)"), value))
        }
        return result
    }
}

extension ReadFocus {
    /// The expression score as tables show it.
    var scoreText: String {
        let text = expression.map { String($0.rawValue) } ?? "\u{2013}"
        return expressionIsLowerBound ? text + "\u{2013}3" : text
    }
}
