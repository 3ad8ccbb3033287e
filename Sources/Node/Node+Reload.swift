import DICOMNetwork
import Foundation
import Logging

extension Node {
    /// Takes up a changed configuration file, whole or not at all: peers, sources, what is fetched, destinations, rules and
    /// certificates.
    ///
    /// Associations, deliveries and readings in hand go on as they began.
    /// - Throws: `ConfigurationError` with every problem; then what was in force stays so, and the log says so too.
    public func reload(path: String) throws(ConfigurationError) {
        do throws(ConfigurationError) {
            try follow(file: path)
        } catch {
            for problem in error.problems {
                log.error("the changed configuration is refused as a whole: \(problem)")
            }
            throw error
        }
    }

    private func follow(file path: String) throws(ConfigurationError) {
        var next = try NodeConfiguration(checking: path)
        var problems = next.problems(reloadedOver: current.now)
        // Last of what may fail, as it puts the certificates in force.
        if problems.isEmpty { problems = renewCertificates() }
        guard problems.isEmpty else { throw ConfigurationError(path: path, problems: problems) }
        next.credentials = current.now.credentials
        for warning in next.warnings { log.warning("configuration: \(warning)") }
        follow(next)
        log.notice(
            "configuration reloaded",
            metadata: [
                "peers": "\(next.peers.count)", "sources": "\(next.sources.count)",
                "destinations": "\(next.destinations.count)", "rules": "\(next.rules.count)",
            ])
    }

    private func renewCertificates() -> [ConfigurationProblem] {
        do throws(TLSFilesError) {
            try renewal?.renew()
            return []
        } catch { return [.init(line: nil, message: "[tls]: \(error)")] }
    }

    /// Puts a configuration in force that can be taken up.
    func follow(_ configuration: NodeConfiguration) {
        current.replace(with: configuration)
        counts.follow(configuration)
        fetching.follow(configuration)
        commitments.follow(configuration)
        deliveries.follow(configuration)
    }
}
