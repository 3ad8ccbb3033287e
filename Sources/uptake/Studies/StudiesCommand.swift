import Archive
import ArgumentParser
import DICOM
import Node

/// `uptake studies`: how far the studies are.
struct StudiesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "studies",
        abstract: "List the node's studies: how far each is, what it waits for, which signals closed it.",
        discussion: """
            Examples:
              uptake studies --config /etc/uptake/uptake.toml
              uptake studies list --status incomplete --json --config /etc/uptake/uptake.toml
              uptake studies show 1.2.840.113619.2.55.3 --config /etc/uptake/uptake.toml

            Studies are named by UID and Accession Number; who the patient is is not shown. Works without a running node too.
            """,
        subcommands: [StudiesListCommand.self, StudiesShowCommand.self], defaultSubcommand: StudiesListCommand.self)
}

/// `uptake studies list`.
struct StudiesListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List studies, those that received last in front.",
        discussion: """
            Examples:
              uptake studies list --config /etc/uptake/uptake.toml
              uptake studies list --status receiving --status incomplete --config /etc/uptake/uptake.toml
            """)

    @OptionGroup var node: NodeOptions

    @Option(
        help:
            "Only studies of a status, again for another: \(StudyStatus.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var status: [StudyStatus] = []

    @OptionGroup var list: ListOptions

    func run() throws {
        let command = ListStudies(states: Set(status), limit: list.limit)
        let studies = try node.look(command, withoutNode: command.answer)
        if node.json { return try printJSON(studies) }
        studies.forEach { print(StudyText.row($0)) }
        if studies.isEmpty { print("no studies") }
        list.tellIfCut(shown: studies.count)
    }
}

/// `uptake studies show`.
struct StudiesShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one study: its revisions, results, and jobs that are not done.",
        discussion: """
            Example:
              uptake studies show 1.2.840.113619.2.55.3 --config /etc/uptake/uptake.toml
            """)

    @Argument(help: "Study Instance UID.")
    var study: String

    @OptionGroup var node: NodeOptions

    func run() throws {
        guard let uid = UID(study) else { throw ValidationError("\(study) is no UID") }
        let command = ShowStudy(uid)
        let answer = try node.look(command, withoutNode: command.answer)
        if node.json { return try printJSON(answer) }
        let destinations = try node.destinations()
        StudyText.lines(answer, destinations: destinations).forEach { print($0) }
    }
}

extension StudyStatus: ExpressibleByArgument {}
