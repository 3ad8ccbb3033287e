import ArgumentParser
import Foundation
import Node

/// `uptake status`: how the running node is.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show listener, associations, throughput, queues, disk and certificate of the running node.",
        discussion: """
            Examples:
              uptake status --config /etc/uptake/uptake.toml
              uptake status --watch 2 --config /etc/uptake/uptake.toml
              uptake status --json --config /etc/uptake/uptake.toml

            Counters begin with the node's start. The node has to run. With --watch the view refreshes until Ctrl-C, and with \
            --json besides each refreshing is one line.
            """)

    @OptionGroup var node: NodeOptions

    @Option(help: "Look again every so many seconds, 1 to 3600.")
    var watch: Int?

    func validate() throws {
        guard (1...3600).contains(watch ?? 1) else { throw ValidationError("--watch is a number from 1 to 3600") }
    }

    func run() throws {
        guard let watch else { return try show(try node.ask(ShowStatus())) }
        while true {
            // A node that is being started anew is looked for again; what else is wrong will stay so.
            do {
                try refresh(StatusText.lines(try answer()))
            } catch let error as ControlError { try refresh(["\(error)"]) }
            sleep(UInt32(watch))
        }
    }

    private func answer() throws -> ShowStatus.Answer {
        let answer = try node.ask(ShowStatus())
        if node.json { try printJSONLine(answer) }
        return answer
    }

    private func show(_ answer: ShowStatus.Answer) throws {
        if node.json { return try printJSON(answer) }
        StatusText.lines(answer).forEach { print($0) }
    }

    /// Draws the view over the last one; where standard output is no terminal, below it.
    private func refresh(_ lines: [String]) throws {
        guard !node.json else { return }
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let clear = isTerminal ? "\u{1B}[H\u{1B}[J" : ""
        print(clear + (["\(Date().formatted(.iso8601))"] + lines).joined(separator: "\n"))
        if !isTerminal { print() }
        fflush(nil)
    }
}
