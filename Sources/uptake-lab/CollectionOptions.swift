import ArgumentParser
import Imaging
import Training

/// What a collection of patients from elsewhere does not tell (docs/science/train-on-patients.md).
struct CollectionOptions: ParsableArguments {
    @Option(
        help: """
            Tracer of studies that say no more than PSMA, or nothing; give it again for several, each for the studies with its \
            radionuclide.
            """)
    var ligand: [String] = []

    @Option(help: "Only segments and regions whose name holds this text are lesions; all if not given.")
    var lesionName: String?

    func validate() throws {
        for name in ligand where Tracer(rawValue: name) == nil {
            throw ValidationError("unknown tracer \(name); one of \(Tracer.names)")
        }
    }

    /// The options as they were given, each after a space.
    var words: String {
        ligand.map { " --ligand \($0)" }.joined() + (lesionName.map { " --lesion-name '\($0)'" } ?? "")
    }

    var assumptions: StudySource.Assumptions {
        StudySource.Assumptions(ligands: ligand.compactMap(Tracer.init), lesionName: lesionName)
    }
}

/// Refuses what can only be a slip of the hand.
func atLeastOne(_ value: Int, _ option: String) throws {
    guard value >= 1 else { throw ValidationError("\(option): at least 1") }
}

/// Refuses a number that is none, or lies outside of what an option means.
func within<Number: BinaryFloatingPoint>(_ range: ClosedRange<Number>, _ value: Number, _ option: String) throws {
    guard range.contains(value) else {
        throw ValidationError("\(option): from \(range.lowerBound) to \(range.upperBound)")
    }
}

/// Refuses seeds that run over their end.
func seeds(from first: UInt64, count: Int) throws {
    guard first <= .max - UInt64(clamping: count) else {
        throw ValidationError("--seed: at most 2⁶⁴ less the patients")
    }
}

/// So many patients, in words.
func countOfPatients(_ count: Int) -> String { count == 1 ? "1 patient" : "\(count) patients" }
