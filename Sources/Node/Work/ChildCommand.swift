import Foundation

/// Runs a subcommand of this program on one received file, in a child process with limits: what is in it is a peer's work,
/// and the listener does not parse that.
package struct ChildCommand: Sendable {
    let executable: String
    let children: ChildProcesses
    /// Limits of work on one file.
    private static let timeoutSeconds = 30.0
    private static let memoryMiB = 2048

    package init(executable: String, children: ChildProcesses) {
        (self.executable, self.children) = (executable, children)
    }

    /// Has a subcommand work on a file.
    /// - Parameters:
    ///   - task: what it is to do, for a failure's description.
    ///   - arguments: what the subcommand is given besides.
    /// - Returns: what it printed; nil where it ended with 3: what is looked for is not there.
    /// - Throws: `ReadingFailure` where the child came to no conclusion.
    func run(
        _ subcommand: String, on path: String, _ arguments: [String] = [], to task: String
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
            throw ReadingFailure(description: "the process to \(task) could not begin: \(error)", isPassing: true)
        }
        switch outcome.ending {
        case .exited(0): return outcome.output
        case .exited(3): return nil
        default:
            // Its own limits end it otherwise: killed it was for want of memory, and for time a disk may stand still.
            throw ReadingFailure(
                description: "the process to \(task) ended with \(outcome.ending)",
                isPassing: [.killed(signal: SIGKILL), .timedOut].contains(outcome.ending))
        }
    }
}
