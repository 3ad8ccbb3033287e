import Foundation

/// What can go wrong with the state directory and its index.
public enum ArchiveError: Error, Equatable, CustomStringConvertible {
    /// Another process, or another archive in this one, has the directory open.
    case inUse(directory: String)
    /// The index was written by a newer version.
    case newerSchema(directory: String)
    /// No space left, or a quota reached. Nothing was kept of what was being stored.
    case outOfSpace(path: String)
    /// A file operation failed; `code` is the system's errno.
    case file(operation: String, path: String, code: Int32)
    /// A file's header cannot be read, so that nobody can tell where it belongs.
    case header(path: String, reason: String)
    /// A folder cannot be used for what was asked, and why.
    case unsuitable(path: String, reason: String)
    /// The index refused or failed.
    case index(reason: String)
    /// The index is torn: SQLite finds that it is no sound database.
    case torn(reason: String)
    /// No such job, study or revision.
    case unknown(String)
    /// What was asked for is in use at this moment.
    case busy(String)
    /// A job was asked for a step that its state does not allow.
    case transition(job: Int64, JobTransitionError)

    /// What failed and, where someone can help it, what to do.
    public var description: String {
        switch self {
        case .inUse(let directory):
            "\(directory) is in use by another node: stop that one, or give this one a state directory of its own"
        case .newerSchema(let directory):
            "\(directory) was written by a newer version: install that version, or name another state directory"
        case .outOfSpace(let path): "no space left for \(path)"
        case .file(let operation, let path, let code):
            "cannot \(operation) \(path): \(String(cString: strerror(code)))"
        case .header(let path, let reason):
            "the header of \(path) cannot be read: \(reason); correct it and send it again"
        case .unsuitable(let path, let reason): "\(path) is left as it is: \(reason)"
        case .index(let reason): "the index failed: \(reason)"
        case .torn(let reason):
            "the index is torn: \(reason); restore a backup, or have uptake rebuild make a new one from the files"
        case .unknown(let what): "no such \(what)"
        case .busy(let what): "\(what) is in use: try again in a moment"
        case .transition(let job, let error): "job \(job): \(error)"
        }
    }

    /// Whether the same call may succeed later, without anyone's doing.
    public var isTransient: Bool {
        switch self {
        case .outOfSpace, .file, .index, .busy: true
        case .inUse, .newerSchema, .header, .unsuitable, .torn, .unknown, .transition: false
        }
    }

    static func system(_ operation: String, _ path: String, code: Int32 = errno) -> ArchiveError {
        code == ENOSPC || code == EDQUOT
            ? .outOfSpace(path: path) : .file(operation: operation, path: path, code: code)
    }
}
