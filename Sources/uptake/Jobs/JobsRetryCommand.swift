import Archive
import ArgumentParser
import Node

/// `uptake jobs retry`.
struct JobsRetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Have jobs tried again at once, with all their attempts.",
        discussion: """
            Examples:
              uptake jobs retry 17 18 --config /etc/uptake/uptake.toml
              uptake jobs retry --destination pacs --config /etc/uptake/uptake.toml
              uptake jobs retry --failed --config /etc/uptake/uptake.toml

            By number: jobs that failed, wait or were cancelled. With --destination: deliveries there that failed or \
            wait. With --failed: whatever failed. The node has to run.
            """)

    @Argument(help: "Numbers of jobs.")
    var ids: [Int64] = []

    @Option(help: "Those to a destination, by its name.")
    var destination: String?

    @Flag(help: "Only those that failed.")
    var failed = false

    @OptionGroup var node: NodeOptions

    func validate() throws {
        let isSelection = destination != nil || failed
        guard ids.isEmpty == isSelection else {
            throw ValidationError("give numbers of jobs, or --destination, or --failed")
        }
        guard ids.count <= 1000 else { throw ValidationError("give at most 1000 numbers at a time") }
    }

    func run() throws {
        let selection = JobSelection(states: failed ? [.failed] : [.failed, .waiting], destination: destination)
        let choice = ids.isEmpty ? RetryJobs.Choice.all(selection) : .these(ids)
        let progress = ProgressLine()
        defer { progress.finish() }
        let answer = try node.ask(RetryJobs(choice)) { progress.show($0) }
        progress.finish()
        if let destination, answer.retried.isEmpty, try !node.destinations().contains(destination) {
            throw Failure("no [[destination]] is named \(destination), and no job waits or has failed under that name")
        }
        if node.json { return try printJSON(answer) }
        print(answer.retried.count == 1 ? "1 job is tried again" : "\(answer.retried.count) jobs are tried again")
    }
}

/// `uptake jobs cancel`.
struct JobsCancelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel a job that waits or has failed.",
        discussion: """
            Example:
              uptake jobs cancel 17 --config /etc/uptake/uptake.toml

            What is cancelled can be had again with uptake jobs retry, as long as retention keeps it. The node has to \
            run.
            """)

    @Argument(help: "The job's number, as uptake jobs lists it.")
    var id: Int64

    @OptionGroup var node: NodeOptions

    func run() throws {
        let job = try node.ask(CancelJob(id: id))
        if node.json { return try printJSON(job) }
        print(JobText.row(job, destinations: try node.destinations()))
    }
}
