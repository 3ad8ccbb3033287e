import Archive
import Foundation
import Node

/// The state of a node as lines for people.
enum StatusText {
    /// All of it.
    static func lines(_ status: ShowStatus.Answer, now: Date = Date()) -> [String] {
        let open = status.associations.values.reduce(0, +)
        var lines = [
            "\(status.aeTitles.joined(separator: ", ")), up since \(status.startedAt.formatted(.iso8601))",
            [status.port.map { "port \($0)" }, status.securePort.map { "port \($0) under TLS" }].compactMap(\.self)
                .joined(separator: ", "),
        ]
        if let certificate = status.certificate { lines.append(line(certificate)) }
        lines.append("\(open) of \(status.maximumAssociations) associations open\(list(status.associations))")
        lines.append("received " + status.received.map(text).joined(separator: ", "))
        for (kind, states) in status.jobs.sorted(by: { $0.key < $1.key }) {
            lines.append("\(kind) jobs\(list(states))")
        }
        lines += status.destinations.map { line($0, now) }
        lines += status.orphanedQueues.map {
            "destination \($0.destination), not configured any more: \(text($0, now))"
        }
        lines += status.hungWorkers.map { "HANGS: \($0.name), for \($0.seconds) s; restart the node" }
        lines.append(line(status.disk))
        if status.quarantined > 0 { lines.append("\(status.quarantined) files in quarantine") }
        return lines + status.counters.map { "\($0.count)  \($0.peer ?? "unknown peers")  \($0.event.rawValue)" }
    }

    private static func line(_ certificate: ShowStatus.Certificate) -> String {
        let warning = certificate.warning.map { "; \($0)" } ?? ""
        return "certificate \(certificate.subject) until \(certificate.validUntil.formatted(.iso8601))\(warning)"
    }

    private static func text(_ received: ShowStatus.Received) -> String {
        let time = received.minutes == 1 ? "in this minute" : "in \(received.minutes)"
        return "\(time) \(received.amount.instances) images (\(received.amount.bytes >> 20) MiB)"
    }

    private static func line(_ destination: ShowStatus.Destination, _ now: Date) -> String {
        let queue = destination.queue.map { text($0, now) } ?? "nothing waits"
        guard let outage = destination.outage else { return "destination \(destination.name): \(queue)" }
        return """
            destination \(destination.name): \(queue); away since \(outage.since.formatted(.iso8601)), called next \
            \(outage.until.formatted(.iso8601)): \(outage.reason)
            """
    }

    private static func text(_ queue: DeliveryQueue, _ now: Date) -> String {
        let age = queue.oldestSince.map { ", the oldest for \(Self.age($0, now))" } ?? ""
        let failed = queue.failed > 0 ? ", \(queue.failed) given up" : ""
        return "\(queue.open) wait\(age)\(failed)"
    }

    private static func age(_ since: Date, _ now: Date) -> String {
        let seconds = max(Int(now.timeIntervalSince(since)), 0)
        if seconds < 120 { return "\(seconds) s" }
        return seconds < 7200 ? "\(seconds / 60) min" : "\(seconds / 3600) h"
    }

    private static func line(_ disk: ShowStatus.Disk) -> String {
        """
        \(disk.free >> 20) of \(disk.total >> 20) MiB free; below \(disk.reserve >> 20) nothing is received; \
        inputs \(disk.inputs >> 20) MiB, results \(disk.results >> 20) MiB
        """
    }

    private static func list(_ counts: [String: Int]) -> String {
        let parts = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
    }
}
