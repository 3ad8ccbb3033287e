import Archive
import ArgumentParser
import Foundation
import Node

/// `uptake jobs`: what the node has to do, did, and could not do.
struct JobsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "List the node's jobs.",
        discussion: """
            Example:
              uptake jobs --config /etc/uptake/uptake.toml --json

            Looks at the index without changing it, while the node runs or not.
            """)

    @Option(help: "Configuration file.")
    var config: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let configuration = try NodeConfiguration(path: config)
        let jobs = try Archive.inspect(directory: configuration.local.stateDirectory).jobs()
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.dateEncodingStrategy = .iso8601
            print(String(decoding: try encoder.encode(jobs), as: UTF8.self))
        } else if jobs.isEmpty {
            print("no jobs")
        } else {
            for job in jobs { print(Self.row(job)) }
        }
    }

    private static func row(_ job: Job) -> String {
        let progress = job.progress
        let attempt = "attempt \(progress.attempt) of \(progress.maxAttempts)"
        let due = progress.state == .waiting ? ", due \(progress.due.formatted(.iso8601))" : ""
        let place = job.destination.map { " to \($0)" } ?? ""
        let reason = progress.reason.map { ": \($0)" } ?? ""
        let subject = job.studyInstanceUID.map { "study \($0)" } ?? "request \(job.commitmentID ?? 0)"
        return
            "\(job.id)  \(job.kind.rawValue)\(place)  \(progress.state.rawValue)  \(subject)  \(attempt)\(due)\(reason)"
    }
}
