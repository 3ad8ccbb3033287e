import Foundation
import Synchronization

/// The audit trail on the disk: a line of syslog for each message, in numbered files of which the oldest go.
///
/// The files are the record and the queue of what is to be forwarded at the same time: `AuditForwarder` follows them.
public final class AuditTrail: Sendable {
    /// How much is kept.
    public struct Limits: Sendable, Hashable {
        /// Length of a file at which the next one begins, in bytes.
        public var fileBytes = 16 << 20
        /// Number of files; the oldest is removed.
        public var files = 20

        /// The defaults.
        public init() {}
    }

    /// The folder of the files.
    public let directory: String
    /// Who reports.
    public let source: AuditSource
    private let limits: Limits
    private let state: Mutex<State>

    private struct State {
        /// The number of the file that grows.
        var number: Int
        var file: Int32
        var length: Int
        var isDirty = false
    }

    /// Opens the trail of a folder, which is made where it is missing. A line that was cut short by a crash is removed.
    public init(directory: String, source: AuditSource, limits: Limits = Limits()) throws(AuditError) {
        guard mkdir(directory, 0o750) == 0 || errno == EEXIST else { throw .last("make", directory) }
        let number = Self.numbers(in: directory).last ?? 1
        let (file, length) = try Self.open(number, in: directory)
        (self.directory, self.source, self.limits) = (directory, source, limits)
        state = Mutex(State(number: number, file: file, length: length))
    }

    deinit { state.withLock { _ = close($0.file) } }

    /// Writes a message. It outlives this process at once, and the machine after `synchronize`.
    public func record(_ message: AuditMessage) throws(AuditError) {
        let line = message.syslog(from: source) + [UInt8(ascii: "\n")]
        try state.withLock { (state) throws(AuditError) in
            if state.length > 0, state.length + line.count > limits.fileBytes { try beginNextFile(&state) }
            try append(line, &state)
        }
    }

    /// Waits until what was recorded is on the disk.
    public func synchronize() throws(AuditError) {
        // On a descriptor of its own: nobody waits for the disk in order to record.
        let (file, number): (Int32?, Int) = state.withLock { state in
            guard state.isDirty else { return (nil, 0) }
            let file = fcntl(state.file, F_DUPFD_CLOEXEC, 0)
            if file >= 0 { state.isDirty = false }
            return (file, state.number)
        }
        guard let file else { return }
        guard file >= 0 else { throw .last("synchronise", Self.path(number, in: directory)) }
        defer { close(file) }
        guard fdatasync(file) == 0 else { throw .last("synchronise", Self.path(number, in: directory)) }
    }

    // MARK: - Files

    private func append(_ line: [UInt8], _ state: inout State) throws(AuditError) {
        var written = 0
        while written < line.count {
            let part = line.withUnsafeBytes { write(state.file, $0.baseAddress! + written, $0.count - written) }
            if part < 0, errno == EINTR { continue }
            guard part > 0 else {
                let error = AuditError.last("write", Self.path(state.number, in: directory))
                // Half a line would spoil the next one.
                ftruncate(state.file, off_t(state.length))
                throw error
            }
            written += part
        }
        state.length += line.count
        state.isDirty = true
    }

    private func beginNextFile(_ state: inout State) throws(AuditError) {
        guard fdatasync(state.file) == 0 else { throw .last("synchronise", Self.path(state.number, in: directory)) }
        let (file, length) = try Self.open(state.number + 1, in: directory)
        close(state.file)
        (state.number, state.file, state.length) = (state.number + 1, file, length)
        for number in Self.numbers(in: directory).dropLast(limits.files) {
            unlink(Self.path(number, in: directory))
        }
    }

    private static func open(_ number: Int, in directory: String) throws(AuditError) -> (Int32, Int) {
        let path = path(number, in: directory)
        let file = Glibc.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw .last("open", path) }
        let bytes = FileManager.default.contents(atPath: path) ?? Data()
        let length = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        guard length == bytes.count || ftruncate(file, off_t(length)) == 0 else {
            let error = AuditError.last("shorten", path)
            close(file)
            throw error
        }
        return (file, length)
    }

    /// The path of a file, by its number.
    static func path(_ number: Int, in directory: String) -> String {
        let digits = String(number)
        return "\(directory)/trail-\(String(repeating: "0", count: max(0, 8 - digits.count)))\(digits).log"
    }

    /// The numbers of the files that are there, ascending.
    static func numbers(in directory: String) -> [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.compactMap { $0.wholeMatch(of: /trail-(\d+)\.log/).flatMap { Int($0.1) } }.sorted()
    }
}
