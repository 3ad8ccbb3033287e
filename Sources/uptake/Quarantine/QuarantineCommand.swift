import Archive
import ArgumentParser
import Foundation
import Node

/// `uptake quarantine`: what could not be taken in.
struct QuarantineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "List what could not be taken in and why, take it in all the same, or throw it away.",
        discussion: """
            Examples:
              uptake quarantine --config /etc/uptake/uptake.toml
              uptake quarantine show 16089c30 --config /etc/uptake/uptake.toml
              uptake quarantine release 16089c30 --config /etc/uptake/uptake.toml

            A file is named by its digest, or as much of it as tells it from the others.
            """,
        subcommands: [
            QuarantineListCommand.self, QuarantineShowCommand.self, QuarantineReleaseCommand.self,
            QuarantineDropCommand.self,
        ],
        defaultSubcommand: QuarantineListCommand.self)
}

/// `uptake quarantine list`.
struct QuarantineListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what was set aside, newest first.",
        discussion: """
            Example:
              uptake quarantine list --limit 20 --config /etc/uptake/uptake.toml
            """)

    @OptionGroup var node: NodeOptions

    @OptionGroup var list: ListOptions

    func run() throws {
        let command = ListQuarantine(limit: list.limit)
        let files = try node.look(command, withoutNode: command.answer)
        if node.json { return try printJSON(files) }
        for file in files {
            print(
                "\(file.digest.prefix(12))  \(file.sourceAETitle)  \(file.lastSeenAt.formatted(.iso8601))  "
                    + "\(file.occurrences) times  \(file.reason)")
        }
        if files.isEmpty { print("nothing is in quarantine") }
        list.tellIfCut(shown: files.count)
    }
}

/// `uptake quarantine show`.
struct QuarantineShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one file: why it was set aside, from whom, and where it lies.",
        discussion: """
            Example:
              uptake quarantine show 16089c30 --config /etc/uptake/uptake.toml
            """)

    @Argument(help: "The digest, or how it begins.")
    var digest: String

    @OptionGroup var node: NodeOptions

    func run() throws {
        let file = try node.look(ShowQuarantined(digest: digest)) { try $0.quarantinedFile(digest) }
        if node.json { return try printJSON(file) }
        let facts: [(String, String?)] = [
            ("digest", file.digest), ("reason", file.reason), ("from", file.sourceAETitle),
            ("instance", file.sopInstanceUID?.description), ("bytes", "\(file.size)"),
            ("first", file.firstSeenAt.formatted(.iso8601)), ("last", file.lastSeenAt.formatted(.iso8601)),
            ("times", "\(file.occurrences)"), ("file", file.path),
        ]
        for (name, value) in facts {
            if let value { print(name.padding(toLength: 10, withPad: " ", startingAt: 0) + value) }
        }
    }
}

/// `uptake quarantine release`.
struct QuarantineReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Take a file in as if it had just come, on your word that it is what it says.",
        discussion: """
            Example:
              uptake quarantine release 16089c30 --config /etc/uptake/uptake.toml

            What still contradicts the archive stays in quarantine, and so does what cannot be read.
            """)

    @Argument(help: "The digest, or how it begins.")
    var digest: String

    @OptionGroup var node: NodeOptions

    func run() throws {
        let answer = try node.ask(ReleaseQuarantined(digest: digest))
        if node.json { return try printJSON(answer) }
        print("\(answer.file.digest) released: \(answer.outcome)")
    }
}

/// `uptake quarantine drop`.
struct QuarantineDropCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop", abstract: "Throw a file away.",
        discussion: """
            Example:
              uptake quarantine drop 16089c30 --config /etc/uptake/uptake.toml

            Nothing brings it back but its sender.
            """)

    @Argument(help: "The digest, or how it begins.")
    var digest: String

    @OptionGroup var node: NodeOptions

    func run() throws {
        let file = try node.ask(DropQuarantined(digest: digest))
        if node.json { return try printJSON(file) }
        print("\(file.digest) is gone")
    }
}
