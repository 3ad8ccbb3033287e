import DICOMNetwork
import Foundation

extension Node {
    /// Tells a service manager that peers are served, once the node has answered itself, and gives it signs of life.
    /// - Parameter hungAfterSeconds: how long a worker may be silent before there are no more of them.
    /// - Returns: what gives them; nil where nobody watches, or asks for none.
    /// - Throws: `SupervisionError` where the node does not answer itself.
    package func beWatched(by supervisor: Supervisor, hungAfterSeconds: Double) throws -> Watchdog? {
        guard supervisor.isThere else { return nil }
        do throws(NetworkError) { try checkItself() } catch { throw SupervisionError.unanswered("\(error)") }
        let ports = [port == 0 ? nil : "port \(port)", securePort.map { "port \($0) under TLS" }].compactMap(\.self)
        supervisor.ready("listening on \(ports.joined(separator: ", "))")
        return Watchdog(supervisor, log: log) { [self] in
            try checkItself()
            let hung = roster.hung(after: hungAfterSeconds)
            guard hung.isEmpty else { throw SupervisionError.hung(hung.map { "\($0.name) for \($0.seconds) s" }) }
        }
    }

    /// The same, where a worker may be silent for a quarter of an hour.
    public func beWatched(by supervisor: Supervisor) throws -> Watchdog? {
        try beWatched(by: supervisor, hungAfterSeconds: WorkerRoster.longestSilenceSeconds)
    }
}

/// What keeps the service manager from being told that the node is well.
public enum SupervisionError: Error, CustomStringConvertible {
    /// The node does not answer its own C-ECHO at the start; why.
    case unanswered(String)
    /// Threads give no sign of life; which, and for how long.
    case hung([String])

    /// Why, and what helps.
    public var description: String {
        switch self {
        case .unanswered(let reason):
            """
            the node does not answer itself: \(reason); where it listens under TLS alone, the issuer of its certificate \
            has to be among its trusted_certificates
            """
        case .hung(let workers):
            "there is no sign of life of \(workers.joined(separator: ", ")); look at the disk, and at the log before"
        }
    }
}
