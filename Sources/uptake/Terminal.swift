import Foundation

/// One line of progress on the terminal; silent where standard error is no terminal.
final class ProgressLine {
    private let isTerminal = isatty(STDERR_FILENO) == 1

    /// Replaces the line.
    func show(_ text: String) { write("\r\u{1B}[K\(text)") }

    /// Takes the line away.
    func finish() { write("\r\u{1B}[K") }

    private func write(_ text: String) {
        if isTerminal { FileHandle.standardError.write(Data(text.utf8)) }
    }
}

/// A failure with one clear line.
struct Failure: Error, CustomStringConvertible {
    /// What went wrong and what to do.
    let description: String

    init(_ description: String) { self.description = description }
}

/// This program's own path, so that it can call itself.
func ownExecutable() -> String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
}
