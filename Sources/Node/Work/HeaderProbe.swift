import Foundation

/// Looks at one received file in a child process: its header is a peer's work, and the listener does not parse that.
package struct HeaderProbe: Sendable {
    let executable: String
    let children: ChildProcesses
    /// Limits of a look at one file.
    private static let timeoutSeconds = 30.0
    private static let memoryMiB = 2048

    package init(executable: String, children: ChildProcesses) {
        (self.executable, self.children) = (executable, children)
    }

    /// Has a subcommand of the program look at a file.
    /// - Parameters:
    ///   - what: what is looked for, for a failure's description.
    ///   - arguments: what the subcommand is given besides.
    /// - Returns: what it printed; nil where it ended with 3: there is nothing of that kind in the file.
    /// - Throws: `ReadingFailure` where the child came to no conclusion.
    func look(
        for what: String, by subcommand: String, at path: String, _ arguments: [String] = []
    ) throws(ReadingFailure) -> String? {
        let limits = [
            "--limit-memory-mib", "\(Self.memoryMiB)", "--limit-cpu-seconds", "\(Int(Self.timeoutSeconds))",
            "--end-with-input",
        ]
        let outcome: (ending: ChildProcesses.Ending, output: String)
        do {
            outcome = try children.run(
                executable, [subcommand, path] + arguments + limits, timeoutSeconds: Self.timeoutSeconds)
        } catch {
            throw ReadingFailure(description: "\(what) could not be looked for: \(error)")
        }
        switch outcome.ending {
        case .exited(0): return outcome.output
        case .exited(3): return nil
        default: throw ReadingFailure(description: "looking for \(what) ended with \(outcome.ending)")
        }
    }
}
