/// What can go wrong with patients from elsewhere.
public enum ImportError: Error, Equatable, CustomStringConvertible {
    /// A file that is not what it should be.
    case unreadable(path: String, reason: String)
    /// A folder in which no study of a known layout lies.
    case noStudies(path: String)
    /// A collection of which no segment or region is called as lesions were said to be.
    case noLesions(path: String, name: String, found: [String])
    /// A study without something that it needs.
    case incomplete(study: String, reason: String)
    /// A study whose files do not tell something that whoever gives the collection has to say, of this and all like it.
    case unsaid(study: String, reason: String)

    /// One line that says what is wrong and what to do.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path) cannot be used: \(reason)"
        case .noStudies(let path):
            "\(path) holds no labelled study: give a folder of a layout named in docs/science/train-on-patients.md"
        case .noLesions(let path, let name, let found):
            "no segment or region in \(path) has \"\(name)\" in its name, so that nothing would be a lesion; give "
                + "--lesion-name as one of: \(found.prefix(20).joined(separator: ", "))"
        case .incomplete(let study, let reason), .unsaid(let study, let reason):
            "study \(study) cannot be used: \(reason)"
        }
    }
}
