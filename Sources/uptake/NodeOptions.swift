import Archive
import ArgumentParser
import Foundation
import Node

/// The options of commands that ask a node.
struct NodeOptions: ParsableArguments {
    @Option(help: "Configuration file.")
    var config: String

    @Flag(help: "Print JSON.")
    var json = false

    /// The state directory that is configured.
    func stateDirectory() throws -> String { try NodeConfiguration(path: config).local.stateDirectory }

    /// The names of the destinations that are configured.
    func destinations() throws -> Set<String> { Set(try NodeConfiguration(path: config).destinations.map(\.name)) }

    /// Has the running node perform a command.
    func ask<Command: ControlCommand>(
        _ command: Command, progress: (String) -> Void = { _ in }
    ) throws -> Command.Answer {
        try ControlClient(stateDirectory: try stateDirectory()).ask(command, progress: progress)
    }

    /// Asks the running node or, where none runs, looks into its index, and says so.
    func look<Command: ControlCommand>(
        _ command: Command, withoutNode: (Archive) throws -> Command.Answer
    ) throws -> Command.Answer {
        do {
            return try ask(command)
        } catch ControlError.noNode(let directory) {
            let archive = try Archive.inspect(directory: directory)
            FileHandle.standardError.write(Data("no node runs; this is from the index it left\n".utf8))
            return try withoutNode(archive)
        }
    }
}

/// Prints a value as JSON, moments in ISO 8601.
func printJSON(_ value: some Encodable) throws { try printJSON(value, [.prettyPrinted]) }

/// Prints a value as one line of JSON, at once.
func printJSONLine(_ value: some Encodable) throws {
    try printJSON(value, [])
    fflush(nil)
}

private func printJSON(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
    encoder.dateEncodingStrategy = .iso8601
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
