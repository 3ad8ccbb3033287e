import Anatomy
import Staging

/// Why patients are staged wrongly: what became of the lesions that a stage lacks, or what the foci are that it has too many.
///
/// Of each patient one cause counts: the lesion that came nearest to being counted, or the likeliest focus that should not
/// have been.
public struct StageErrors: Sendable {
    /// Which part of the stage.
    public enum Part: String, Sendable, CaseIterable {
        /// Pelvic nodes.
        case miN
        /// Distant metastases.
        case miM
    }

    /// Patients staged too low, by cause.
    public private(set) var tooLow: [String: Int] = [:]
    /// Patients staged too high, or in another category, by what their focus is.
    public private(set) var tooHigh: [String: Int] = [:]

    /// Looks for the causes.
    public init(_ results: [PatientResult], _ part: Part) {
        for result in results {
            guard let stage = result.stage, let truth = result.truth.stage else { continue }
            let (said, true_) = part == .miN ? (stage.miN, truth.miN) : (stage.miM, truth.miM)
            if said < true_ {
                tooLow[Self.causeOfLack(result, part), default: 0] += 1
            } else if said > true_ {
                tooHigh[Self.causeOfExcess(result, part), default: 0] += 1
            }
        }
    }

    /// Whether a lesion at a location counts for a part of the stage.
    private static func counts(_ location: AnatomicalLocation, _ part: Part) -> Bool {
        switch StagingSite.of(location).role {
        case .pairedPelvicNode, .unpairedPelvicNode, .commonIliacNode: part == .miN
        case .extrapelvicNode, .bone, .distantOrgan: part == .miM
        case .prostate, .tumourBed, .seminalVesicle, .adjacentOrgan, .notStaged: false
        }
    }

    private static func causeOfLack(_ result: PatientResult, _ part: Part) -> String {
        let called = result.foci.filter(\.isSuspicious)
        let lacking = result.truth.lesions.filter { lesion in
            counts(lesion.location, part)
                && !called.contains { $0.location == lesion.location && $0.laterality == lesion.laterality }
        }
        func has(_ test: (TrainingPatient.Truth.Lesion) -> Bool) -> Bool { lacking.contains(where: test) }
        if has({ lesion in called.contains { $0.label.lesion == lesion.id } }) {
            return "called suspicious, placed elsewhere"
        }
        if has({ lesion in result.foci.contains { $0.label.lesion == lesion.id } }) {
            return "a candidate, below the operating point"
        }
        return has(\.isDetectable) ? "can be seen, but is no candidate" : "cannot be seen"
    }

    private static func causeOfExcess(_ result: PatientResult, _ part: Part) -> String {
        let wrong = result.foci.filter { focus in
            focus.isSuspicious && counts(focus.location, part)
                && !(focus.label.suspicious == true && focus.label.location == focus.location
                    && focus.label.laterality == focus.laterality)
        }
        guard let worst = wrong.max(by: { $0.probability < $1.probability }) else { return "several foci together" }
        let place = worst.label.location?.displayName ?? "nothing drawn"
        return worst.label.suspicious == true ? "a lesion placed elsewhere (\(place))" : "no disease (\(place))"
    }

    /// The causes, a line each, the commonest first.
    public var text: String {
        func lines(_ title: String, _ causes: [String: Int]) -> [String] {
            let ranked = causes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            return ["  \(title): \(causes.values.reduce(0, +)) patients"]
                + ranked.map { "    \($0.value)  \($0.key)" }
        }
        return (lines("too low", tooLow) + lines("too high", tooHigh)).joined(separator: "\n")
    }
}
