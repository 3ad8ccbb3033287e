import Foundation
import Logging
import Synchronization

/// Writes the log to systemd's journal, with its facts as fields that can be searched for.
///
/// The journal is never waited for: where it does not take an entry, the next one says how many were lost.
public struct JournalLogHandler: LogHandler {
    /// Where the journal listens.
    private static let path = "/run/systemd/journal/socket"

    private let label: String
    private let socket: DatagramSocket
    private let lost = Lost()
    /// What every entry says.
    public var metadata: Logger.Metadata = [:]
    /// The least that is written.
    public var logLevel = Logger.Level.info

    private final class Lost: Sendable {
        let count = Mutex(0)
    }

    /// - Returns: nil where this process's standard error does not go to the journal, as in a shell.
    public init?(label: String, environment: [String: String] = ProcessInfo.processInfo.environment) {
        var status = stat()
        // As systemd.exec(5) has it: device and inode, so that a redirected standard error is noticed.
        guard fstat(STDERR_FILENO, &status) == 0,
            environment["JOURNAL_STREAM"] == "\(status.st_dev):\(status.st_ino)"
        else { return nil }
        self.init(label: label, path: Self.path)
    }

    package init?(label: String, path: String) {
        guard let socket = DatagramSocket(path: path) else { return nil }
        (self.label, self.socket) = (label, socket)
    }

    /// One of `metadata`.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Sends an entry.
    public func log(event: LogEvent) {
        let lostBefore = lost.count.withLock { $0 }
        var facts = metadata.merging(event.metadata ?? [:]) { $1 }
        if lostBefore > 0 { facts["lost before"] = "\(lostBefore)" }
        let entry = JournalEntry(
            event.level, "\(event.message)", facts: facts, module: event.source, identifier: label)
        let isTaken = socket.send(entry.bytes)
        lost.count.withLock { $0 = isTaken ? $0 - lostBefore : $0 + 1 }
    }
}
