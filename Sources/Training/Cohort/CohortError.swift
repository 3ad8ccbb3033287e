/// What can go wrong with the files of a cohort.
public enum CohortError: Error, Equatable, CustomStringConvertible {
    /// A folder or file that cannot be made.
    case unwritable(path: String, reason: String)
    /// A file that is not there, or is not what it should be.
    case unreadable(path: String, reason: String)
    /// A cohort of which patients are missing, or were drawn as they are drawn no more.
    case unfinished(path: String, whole: Int, of: Int)
    /// A folder that holds another cohort than the one that is to be drawn into it.
    case another(path: String, held: String)
    /// A folder that holds neither a cohort nor a collection from elsewhere that can be used.
    case notACollection(ImportError)

    /// One line that says what is wrong and what to do.
    public var description: String {
        switch self {
        case .unwritable(let path, let reason):
            "\(path) cannot be written: \(reason); choose a folder that you may write to, with space left"
        case .unreadable(let path, let reason):
            "\(path) cannot be read: \(reason); delete the patient's folder and run uptake-lab cohort again"
        case .unfinished(let path, let whole, let count):
            "\(path) holds \(whole) whole patients of \(count): give the command that drew it, uptake-lab cohort, again"
        case .another(let path, let held):
            "\(path) holds another cohort (\(held)): name another folder, or delete this one"
        case .notACollection(let error): error.description
        }
    }
}

extension CohortError {
    /// Whether a study from elsewhere is at fault, without which the others can be used.
    var isOfOneStudy: Bool {
        switch self {
        case .notACollection(.unreadable), .notACollection(.incomplete): true
        case .notACollection, .unwritable, .unreadable, .unfinished, .another: false
        }
    }
}
