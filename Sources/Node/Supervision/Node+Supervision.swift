import DICOMNetwork
import Foundation

extension Node {
    /// Tells a service manager that peers are served, once the node has answered itself, and gives it signs of life.
    /// - Returns: what gives them; nil where nobody watches, or asks for none.
    /// - Throws: `SupervisionError` where the node does not answer itself.
    public func beWatched(by supervisor: Supervisor) throws -> Watchdog? {
        guard supervisor.isThere else { return nil }
        do throws(NetworkError) { try checkItself() } catch { throw SupervisionError(description: "\(error)") }
        let ports = [port == 0 ? nil : "port \(port)", securePort.map { "port \($0) under TLS" }].compactMap(\.self)
        supervisor.ready("listening on \(ports.joined(separator: ", "))")
        return Watchdog(supervisor, log: log) { [self] in try checkItself() }
    }
}

/// The node does not answer its own C-ECHO at the start.
public struct SupervisionError: Error, CustomStringConvertible {
    /// Why, and what helps.
    public let description: String

    fileprivate init(description reason: String) {
        description = """
            the node does not answer itself: \(reason); where it listens under TLS alone, the issuer of its certificate \
            has to be among its trusted_certificates
            """
    }
}
