import ArgumentParser
import Foundation
import Node

/// `uptake status`: how the running node is.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show associations, counters, jobs, destinations and disk of the running node.",
        discussion: """
            Examples:
              uptake status --config /etc/uptake/uptake.toml
              uptake status --json --config /etc/uptake/uptake.toml

            Counters begin with the node's start. The node has to run.
            """)

    @OptionGroup var node: NodeOptions

    func run() throws {
        let status = try node.ask(ShowStatus())
        if node.json { return try printJSON(status) }
        for line in Self.lines(status) { print(line) }
    }

    private static func lines(_ status: ShowStatus.Answer) -> [String] {
        let open = status.associations.values.reduce(0, +)
        var lines = [
            "\(status.aeTitles.joined(separator: ", ")), up since \(status.startedAt.formatted(.iso8601))",
            "port \(status.port.map(String.init) ?? "none"), under TLS \(status.securePort.map(String.init) ?? "none")",
            "\(open) of \(status.maximumAssociations) associations open\(list(status.associations))",
        ]
        for (kind, states) in status.jobs.sorted(by: { $0.key < $1.key }) {
            lines.append("\(kind) jobs\(list(states))")
        }
        lines += status.destinations.map { destination in
            guard let outage = destination.outage else { return "destination \(destination.name): no outage" }
            return """
                destination \(destination.name): away since \(outage.since.formatted(.iso8601)), called next \
                \(outage.until.formatted(.iso8601)): \(outage.reason)
                """
        }
        lines.append("\(status.freeBytes >> 20) MiB free; below \(status.reserveBytes >> 20) nothing is received")
        return lines + status.counters.map { "\($0.count)  \($0.peer ?? "unknown peers")  \($0.event.rawValue)" }
    }

    private static func list(_ counts: [String: Int]) -> String {
        let parts = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
    }
}
