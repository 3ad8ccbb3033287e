import Foundation
import Imaging

/// Determines a PET's tracer in a child process: its header is a peer's work, and the listener does not parse that.
package struct TracerProbe: Sendable {
    let executable: String
    let children: ChildProcesses
    /// Limits of a look at one header.
    private static let timeoutSeconds = 30.0
    private static let memoryMiB = 2048

    package init(executable: String, children: ChildProcesses) {
        (self.executable, self.children) = (executable, children)
    }

    /// The tracer of a file's header; nil where it does not tell.
    /// - Throws: `ReadingFailure` where the child came to no conclusion.
    package func tracer(ofFile path: String) throws(ReadingFailure) -> Tracer? {
        let outcome: (ending: ChildProcesses.Ending, output: String)
        do {
            outcome = try children.run(
                executable,
                [
                    "tracer", path, "--limit-memory-mib", "\(Self.memoryMiB)", "--limit-cpu-seconds",
                    "\(Int(Self.timeoutSeconds))", "--end-with-input",
                ], timeoutSeconds: Self.timeoutSeconds)
        } catch {
            throw ReadingFailure(description: "the tracer could not be looked for: \(error)")
        }
        switch outcome.ending {
        case .exited(0): return Tracer(rawValue: outcome.output.trimmingCharacters(in: .whitespacesAndNewlines))
        case .exited(3): return nil
        default: throw ReadingFailure(description: "looking for the tracer ended with \(outcome.ending)")
        }
    }
}
