import Archive
import ArgumentParser
import Foundation
import Node

/// `uptake rebuild`: a new index from the files alone.
struct RebuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Make a new index from the files alone, when the old one is torn or lost.",
        discussion: """
            Example:
              uptake rebuild --config /etc/uptake/uptake.toml

            The node must not run. Files that are not what they are named after go to quarantine. Studies without results are
            read when the node starts. Studies with results count as read; of their deliveries nobody knows whether they were
            made, so they are listed as failed: uptake jobs retry --failed sends them, under the UIDs they had, uptake jobs
            cancel lets them go. A sound index is left alone, unless --anyway is given; the old one is kept under another name.
            """)

    @OptionGroup var node: NodeOptions

    @Flag(help: "Also where the index is sound; the history of its jobs is lost.")
    var anyway = false

    func run() throws {
        let configuration = try NodeConfiguration(path: node.config)
        let line = ProgressLine()
        let report = try Archive.rebuild(
            directory: configuration.local.stateDirectory, destinations: configuration.destinations.map(\.name),
            anyway: anyway, quietPeriodSeconds: configuration.completion.quietPeriodSeconds, now: Date()
        ) { line.show("\($0) files") }
        line.finish()
        if node.json { return try printJSON(report) }
        print(
            "\(report.instances) instances and \(report.results) results are indexed, \(report.quarantined) files in "
                + "quarantine listed")
        if !report.setAside.isEmpty { print("\(report.setAside.count) files set aside; uptake quarantine lists them:") }
        report.setAside.forEach { print("  \($0)") }
        if report.unassigned > 0 { print("\(report.unassigned) files, such as pictures, belong to no study any more") }
        if report.doubtfulDeliveries > 0 {
            print("\(report.doubtfulDeliveries) deliveries are in doubt: uptake jobs retry --failed, or jobs cancel")
        }
        if let old = report.oldIndex { print("the old index is \(old)") }
    }
}
