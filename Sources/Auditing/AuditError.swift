import Foundation

/// What can go wrong with the files of an audit trail.
public enum AuditError: Error, Hashable, CustomStringConvertible {
    /// A system call failed.
    case system(action: String, path: String, code: Int32)
    /// What has not been forwarded was dropped to make room.
    case dropped(files: Int)

    /// What happened, and what to do.
    public var description: String {
        switch self {
        case .system(let action, let path, let code):
            "cannot \(action) \(path): \(String(cString: strerror(code))); make room, or let the node's user write there"
        case .dropped(let files):
            "\(files) files of the audit trail were dropped before they could be forwarded; bring the collector back, or "
                + "raise maximum_files"
        }
    }

    static func last(_ action: String, _ path: String) -> AuditError {
        .system(action: action, path: path, code: errno)
    }
}
