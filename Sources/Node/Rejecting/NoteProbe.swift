import DICOM
import Foundation

/// Reads a Key Object Selection in a child process: it is a peer's work, and the listener does not parse that.
package struct NoteProbe: Sendable {
    let executable: String
    let children: ChildProcesses
    /// Limits of a look at one document.
    private static let timeoutSeconds = 30.0
    private static let memoryMiB = 2048

    package init(executable: String, children: ChildProcesses) {
        (self.executable, self.children) = (executable, children)
    }

    /// The rejection note that a file is; nil where it is none.
    /// - Parameter scratch: a path that nobody uses: a note may name thousands of instances, more than a pipe is read for.
    /// - Throws: `ReadingFailure` where the child came to no conclusion.
    package func note(inFile path: String, by scratch: String) throws(ReadingFailure) -> RejectionNote? {
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let outcome: (ending: ChildProcesses.Ending, output: String)
        do {
            outcome = try children.run(
                executable,
                [
                    "rejection", path, "--output", scratch, "--limit-memory-mib", "\(Self.memoryMiB)",
                    "--limit-cpu-seconds", "\(Int(Self.timeoutSeconds))", "--end-with-input",
                ], timeoutSeconds: Self.timeoutSeconds)
        } catch {
            throw ReadingFailure(description: "a Key Object Selection could not be looked at: \(error)")
        }
        switch outcome.ending {
        case .exited(0):
            guard let data = FileManager.default.contents(atPath: scratch),
                let note = try? JSONDecoder().decode(RejectionNote.self, from: data)
            else {
                throw ReadingFailure(description: "looking at a Key Object Selection gave no note")
            }
            return note
        case .exited(3): return nil
        default: throw ReadingFailure(description: "looking at a Key Object Selection ended with \(outcome.ending)")
        }
    }
}
