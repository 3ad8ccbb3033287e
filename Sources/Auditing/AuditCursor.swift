import Foundation

/// How far an audit trail has been forwarded; kept beside its files.
struct AuditCursor: Equatable {
    /// The number of a file.
    var number: Int
    /// Where in it the next line begins, in bytes.
    var offset: Int

    /// The place in a folder's file; nil where nothing has been forwarded yet.
    init?(readFrom directory: String) {
        guard let text = try? String(contentsOfFile: Self.path(in: directory), encoding: .utf8) else { return nil }
        let numbers = text.split { $0.isWhitespace }.compactMap { Int($0) }
        guard numbers.count == 2 else { return nil }
        self.init(number: numbers[0], offset: numbers[1])
    }

    init(number: Int, offset: Int) { (self.number, self.offset) = (number, offset) }

    /// Keeps the place, at one stroke.
    ///
    /// After a power cut an older place may come back; then lines are sent twice, which at-least-once allows.
    func write(to directory: String) throws(AuditError) {
        let path = Self.path(in: directory)
        let text = "\(number) \(offset)\n"
        guard (try? text.write(toFile: path + ".new", atomically: false, encoding: .utf8)) != nil,
            rename(path + ".new", path) == 0
        else { throw .last("write", path) }
    }

    private static func path(in directory: String) -> String { directory + "/forwarded" }
}

/// Lines of an audit trail, and the place behind them.
struct AuditBatch {
    var lines: [[UInt8]] = []
    var next: AuditCursor
    /// Files that went before they could be read.
    var droppedFiles = 0

    /// Most bytes that are read at once; a line is shorter.
    private static let limit = 1 << 20

    /// Reads what follows a place; without one, from the oldest file on.
    init(after cursor: AuditCursor?, in directory: String) throws(AuditError) {
        let numbers = AuditTrail.numbers(in: directory)
        next = cursor ?? AuditCursor(number: numbers.first ?? 1, offset: 0)
        if let oldest = numbers.first, next.number < oldest {
            droppedFiles = oldest - next.number
            next = AuditCursor(number: oldest, offset: 0)
        }
        try read(from: directory)
        // A file behind this one says that this one grows no more.
        if lines.isEmpty, numbers.contains(where: { $0 > next.number }) {
            next = AuditCursor(number: next.number + 1, offset: 0)
            try read(from: directory)
        }
    }

    private mutating func read(from directory: String) throws(AuditError) {
        let path = AuditTrail.path(next.number, in: directory)
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return }
            throw .last("open", path)
        }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: Self.limit)
        let count = pread(file, &bytes, bytes.count, off_t(next.offset))
        guard count >= 0 else { throw .last("read", path) }
        guard let end = bytes[..<count].lastIndex(of: UInt8(ascii: "\n")) else { return }
        lines = bytes[...end].split(separator: UInt8(ascii: "\n")).map(Array.init)
        next.offset += end + 1
    }
}
