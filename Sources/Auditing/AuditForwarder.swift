import DICOMNetwork
import Foundation

/// Sends an audit trail to a syslog collector over TLS (RFC 5425), line by line and in order.
///
/// Every line is sent at least once: the place moves on when the collector's system has acknowledged what was sent. Syslog
/// has no acknowledgement of its own, so that a collector that dies with lines in its memory loses those.
/// Used by one thread.
public final class AuditForwarder {
    private let trail: AuditTrail
    private let target: TLSStream.Target
    private let credentials: TLSCredentials
    private var stream: TLSStream?

    /// Lines that go out before the place is moved on.
    private static let batchLines = 64

    /// Follows a trail.
    public init(_ trail: AuditTrail, to target: TLSStream.Target, credentials: TLSCredentials) {
        (self.trail, self.target, self.credentials) = (trail, target, credentials)
    }

    /// Whether there is a connection, so that little time is lost by trying.
    public var isConnected: Bool { stream != nil }

    /// Sends what has not been sent.
    /// - Parameter progress: called whenever the collector's system has taken some of it, of which there may be hours' worth.
    /// - Returns: how many lines went out.
    /// - Throws: `TLSStream.Failure` where the collector is away, and `AuditError.dropped` once where lines went unsent.
    public func forward(progress: () -> Void = {}) throws -> Int {
        var sent = 0
        while true {
            let cursor = AuditCursor(readFrom: trail.directory)
            let batch = try AuditBatch(after: cursor, in: trail.directory)
            if batch.droppedFiles > 0 {
                // What is left begins with the oldest file.
                let oldest = AuditTrail.numbers(in: trail.directory).first ?? batch.next.number
                try AuditCursor(number: oldest, offset: 0).write(to: trail.directory)
                throw AuditError.dropped(files: batch.droppedFiles)
            }
            guard !batch.lines.isEmpty else { return sent }
            do throws(TLSStream.Failure) {
                try send(batch.lines, progress)
            } catch {
                stream = nil
                throw error
            }
            try batch.next.write(to: trail.directory)
            sent += batch.lines.count
        }
    }

    private func send(_ lines: [[UInt8]], _ progress: () -> Void) throws(TLSStream.Failure) {
        // One that was closed meanwhile would take the next lines without a word.
        if stream?.isOver == true { stream = nil }
        let stream = if let stream { stream } else { try TLSStream(to: target, credentials: credentials) }
        self.stream = stream
        for start in stride(from: 0, to: lines.count, by: Self.batchLines) {
            let part = lines[start..<min(start + Self.batchLines, lines.count)]
            try stream.send(part.flatMap(Self.frame))
            progress()
        }
    }

    /// MSG-LEN SP SYSLOG-MSG (RFC 5425 section 4.3).
    static func frame(_ line: [UInt8]) -> [UInt8] { Array("\(line.count) ".utf8) + line }
}
