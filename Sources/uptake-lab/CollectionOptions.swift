import ArgumentParser
import Imaging
import Training

/// What a collection of patients from elsewhere does not tell (docs/science/train-on-patients.md).
struct CollectionOptions: ParsableArguments {
    @Option(help: "Tracer of studies that say no more than PSMA, or nothing.")
    var ligand: String?

    @Option(help: "Only segments and regions whose name holds this text are lesions; all if not given.")
    var lesionName: String?

    func validate() throws {
        if let ligand, Tracer(rawValue: ligand) == nil {
            throw ValidationError(
                "unknown tracer \(ligand); one of \(Tracer.allCases.map(\.rawValue).joined(separator: ", "))")
        }
    }

    /// The options as they were given, each after a space.
    var words: String {
        (ligand.map { " --ligand \($0)" } ?? "") + (lesionName.map { " --lesion-name '\($0)'" } ?? "")
    }

    var assumptions: StudySource.Assumptions {
        StudySource.Assumptions(ligand: ligand.flatMap(Tracer.init), lesionName: lesionName)
    }
}

/// Refuses what can only be a slip of the hand.
func atLeastOne(_ value: Int, _ option: String) throws {
    guard value >= 1 else { throw ValidationError("\(option): at least 1") }
}
