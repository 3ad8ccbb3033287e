import Foundation
import GRDB
import Synchronization

/// Turns what the index throws into errors of ours, and remembers that it is torn once anything has shown it.
final class IndexFailures: Sendable {
    private let path: String
    private let torn = Mutex<ArchiveError?>(nil)

    init(path: String) { self.path = path }

    /// The first sign that the index is torn.
    var damage: ArchiveError? { torn.withLock { $0 } }

    func failure(_ error: any Error) -> ArchiveError {
        let failure = ArchiveError(error, index: path)
        if case .torn = failure { torn.withLock { $0 = $0 ?? failure } }
        return failure
    }
}

extension Archive {
    /// How long a start looks whether the index is sound, in seconds: some ten million rows.
    static let longestCheckSeconds = 10.0

    /// Has SQLite look whether the index is sound, as far as it comes within a time. A node that served with a part of its
    /// index gone would take nothing in, and say of what it holds that it is not there.
    /// - Throws: `ArchiveError.torn` where it is not.
    func checkIndex(withinSeconds limit: Double) throws(ArchiveError) {
        let clock = DispatchQueue(label: "check of the index")
        let interruption = DispatchWorkItem { [weak index] in index?.interrupt() }
        clock.asyncAfter(deadline: .now() + limit, execute: interruption)
        defer {
            interruption.cancel()
            // One in hand has to be over before anybody else asks the index.
            clock.sync {}
        }
        let finding: String?
        do {
            finding = try index.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
            return
        } catch { throw failures.failure(error) }
        if let finding, finding != "ok" { throw .torn(reason: finding) }
    }
}
