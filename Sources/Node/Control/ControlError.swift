import Foundation

/// What can go wrong with the control socket.
package enum ControlError: Error, Equatable, CustomStringConvertible {
    /// The socket's path is longer than an address can hold.
    case pathTooLong(path: String, maximumBytes: Int)
    /// A system call failed; `code` is the system's errno.
    case system(operation: String, path: String, code: Int32)
    /// Nobody listens: no node runs on that state directory.
    case noNode(directory: String)
    /// The other side did not read or write in time.
    case timedOut
    /// The other side closed the connection.
    case closed
    /// A line is longer than agreed, or a response has more lines.
    case tooLong(maximumBytes: Int)
    /// What came is not what was agreed, as between two versions.
    case malformed(String)
    /// The node says that it cannot be done, and why.
    case refused(String)

    package var description: String {
        switch self {
        case .pathTooLong(let path, let maximum):
            "\(path) is longer than the \(maximum) bytes of a socket's address: give state_directory a shorter path"
        case .system(let operation, let path, let code):
            "cannot \(operation) \(path): \(String(cString: strerror(code)))"
        case .noNode(let directory):
            "no node runs on \(directory): start it with uptake serve, then try again"
        case .timedOut: "the node did not answer in time: look at its load and its log, then try again"
        case .closed: "the node closed the connection: look at its log, then try again"
        case .tooLong(let maximum): "more than \(maximum) bytes on the control socket: ask for less at a time"
        case .malformed(let what):
            "not understood on the control socket: \(what); use the command of the version that the node runs"
        case .refused(let reason): reason
        }
    }
}
