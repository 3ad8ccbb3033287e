import Archive
import ArgumentParser
import Node

/// `uptake jobs`: what the node has to do, did, and could not do.
struct JobsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "List the node's jobs, have them tried again, or cancel them.",
        discussion: """
            Examples:
              uptake jobs --config /etc/uptake/uptake.toml
              uptake jobs list --failed --json --config /etc/uptake/uptake.toml
              uptake jobs retry --destination pacs --config /etc/uptake/uptake.toml

            Lists without a running node too; changes are made by the node, over its control socket.
            """,
        subcommands: [
            JobsListCommand.self, JobsShowCommand.self, JobsRetryCommand.self, JobsCancelCommand.self,
        ],
        defaultSubcommand: JobsListCommand.self)
}

/// `uptake jobs list`.
struct JobsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List jobs, those due first in front.",
        discussion: """
            Examples:
              uptake jobs list --config /etc/uptake/uptake.toml
              uptake jobs list --kind deliver --failed --destination pacs --config /etc/uptake/uptake.toml
            """)

    @OptionGroup var node: NodeOptions

    @Option(help: "Only jobs of a kind: \(Job.Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var kind: Job.Kind?

    @Option(help: "Only jobs in a state: \(JobProgress.State.allCases.map(\.rawValue).joined(separator: ", ")).")
    var state: JobProgress.State?

    @Flag(help: "Only failed jobs: the dead letters.")
    var failed = false

    @Option(help: "Only jobs to a destination, by its name; it need not be configured any more.")
    var destination: String?

    @OptionGroup var list: ListOptions

    func validate() throws {
        if failed, state != nil { throw ValidationError("give --failed or --state, not both") }
    }

    func run() throws {
        var selection = JobSelection(destination: destination)
        if let kind { selection.kinds = [kind] }
        if let state { selection.states = [state] }
        if failed { selection.states = [.failed] }
        let answer = try node.look(ListJobs(selection, limit: list.limit)) {
            try ListJobs.answer(selection, limit: list.limit, from: $0)
        }
        if node.json { return try printJSON(answer.jobs) }
        if answer.jobs.isEmpty { print("no jobs") }
        let known = try node.destinations()
        for job in answer.jobs { print(JobText.row(job, destinations: known)) }
        list.tellIfCut(shown: answer.jobs.count, of: answer.total)
    }
}

/// `uptake jobs show`.
struct JobsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show everything about one job.",
        discussion: """
            Example:
              uptake jobs show 17 --config /etc/uptake/uptake.toml
            """)

    @Argument(help: "The job's number, as uptake jobs lists it.")
    var id: Int64

    @OptionGroup var node: NodeOptions

    func run() throws {
        let job = try node.look(ShowJob(id: id)) { try ShowJob.answer(id, from: $0) }
        if node.json { return try printJSON(job) }
        let known = try node.destinations()
        for (name, value) in JobText.facts(job, destinations: known) {
            print(name.padding(toLength: 13, withPad: " ", startingAt: 0) + value)
        }
    }
}

extension Job.Kind: ExpressibleByArgument {}
extension JobProgress.State: ExpressibleByArgument {}
