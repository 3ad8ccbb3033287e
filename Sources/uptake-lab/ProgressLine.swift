import Foundation

/// One line on the terminal that tells how far the work is; silent where standard error is no terminal.
final class ProgressLine: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) == 1

    /// Replaces the line.
    func show(_ text: String) {
        if isTerminal { write("\r\u{1B}[K" + text) }
    }

    /// Takes the line away.
    func finish() {
        if isTerminal { write("\r\u{1B}[K") }
    }

    /// Says something that stays.
    func note(_ text: String) {
        finish()
        write(text + "\n")
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
