import Foundation
import Synchronization

/// One line on the terminal that tells how far the work is; where standard error is no terminal, a line a minute.
final class ProgressLine: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let next = Mutex(ContinuousClock.now + ProgressLine.pause)
    private static let pause = Duration.seconds(60)

    /// Replaces the line.
    func show(_ text: String) {
        if isTerminal { return write("\r\u{1B}[K" + text) }
        let isDue = next.withLock { next in
            guard ContinuousClock.now >= next else { return false }
            next = .now + Self.pause
            return true
        }
        if isDue { write(text + "\n") }
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
