/// What can go wrong with the files of a cohort.
public enum CohortError: Error, Equatable, CustomStringConvertible {
    /// A folder or file that cannot be made.
    case unwritable(path: String, reason: String)
    /// A file that is not there, or is not what it should be.
    case unreadable(path: String, reason: String)
    /// A folder that holds neither a cohort nor a collection from elsewhere that can be used.
    case notACollection(ImportError)

    /// One line that says what is wrong and what to do.
    public var description: String {
        switch self {
        case .unwritable(let path, let reason):
            "\(path) cannot be written: \(reason); choose a folder that you may write to, with space left"
        case .unreadable(let path, let reason):
            "\(path) cannot be read: \(reason); delete the patient's folder and run uptake-lab cohort again"
        case .notACollection(let error): error.description
        }
    }
}

extension CohortError {
    /// Whether a study from elsewhere is at fault, without which the others can be used.
    var isOfOneStudy: Bool {
        switch self {
        case .notACollection(.unreadable), .notACollection(.incomplete): true
        case .notACollection(.unsaid), .notACollection(.noStudies), .unwritable, .unreadable: false
        }
    }
}
