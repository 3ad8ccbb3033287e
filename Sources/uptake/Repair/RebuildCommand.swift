import Archive
import ArgumentParser
import Foundation
import Logging
import Node

/// `uptake rebuild`: a new index from the files alone.
struct RebuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Make a new index from the files alone, when the old one is torn or lost.",
        discussion: """
            Example:
              uptake rebuild --config /etc/uptake/uptake.toml

            The node must not run. Files that are not what they are named after go to quarantine. Studies without results are \
            read when the node starts. Studies with results count as read; whether they were delivered nobody knows, so the \
            deliveries of their last reading that the rules and the objects of a destination want are listed as failed: \
            uptake jobs retry sends them, under the UIDs they had, uptake jobs cancel lets them go. A sound index is left \
            alone, unless --anyway is given; the old one is kept under another name.
            """)

    @OptionGroup var node: NodeOptions

    @Flag(help: "Also where the index is sound; the history of its jobs is lost.")
    var anyway = false

    func run() throws {
        // What is made is of patients: nobody else's to read.
        umask(0o027)
        let configuration = try NodeConfiguration(path: node.config)
        let line = ProgressLine()
        let log = Logger(label: "uptake") { StreamLogHandler.standardError(label: $0) }
        let report = try Archive.rebuild(
            directory: configuration.local.stateDirectory,
            policy: RebuildPolicy(configuration, executable: ownExecutable(), log: log), anyway: anyway, now: Date()
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
            print(
                "\(report.doubtfulDeliveries) deliveries are in doubt: uptake jobs list --failed, then jobs retry or cancel"
            )
        }
        if report.keptAsPrevious > 0 {
            print("\(report.keptAsPrevious) studies are kept as previous studies that were fetched, and not read")
        }
        if let old = report.oldIndex { print("the old index is \(old)") }
    }
}
