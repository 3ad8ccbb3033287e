import Archive
import Foundation

/// `jobs retry`: jobs that failed, were cancelled or wait are tried anew at once, with all their attempts.
package struct RetryJobs: ControlCommand {
    package static let name = "jobs retry"

    /// Which.
    package enum Choice: Codable, Sendable {
        /// These, whatever they wait for.
        case these([Int64])
        /// All of a selection that failed or wait.
        case all(JobSelection)
    }

    package let choice: Choice

    /// What was done.
    package struct Answer: Codable, Sendable {
        /// The jobs that now wait to be taken up.
        package let retried: [Int64]
    }

    package init(_ choice: Choice) { self.choice = choice }

    /// Jobs changed in one transaction, so that instances that arrive meanwhile need not wait long.
    private static let batch = 200

    package func perform(on node: ControlledNode, progress: (String) throws -> Void) throws -> Answer {
        defer {
            // Who wants deliveries tried at once wants their destinations called at once.
            node.deliveries.forEach { $0.reachability.end() }
            node.fetching?.reachability.end()
            node.bell.ring()
        }
        let ids: [Int64]
        switch choice {
        case .these(let chosen): ids = chosen
        case .all(let selection): ids = try node.archive.jobIDs(selection.narrowed(to: [.failed, .waiting]))
        }
        var done: [Int64] = []
        for start in stride(from: 0, to: ids.count, by: Self.batch) {
            let batch = Array(ids[start..<min(start + Self.batch, ids.count)])
            switch choice {
            case .these: done += try node.archive.retry(batch, now: Date())
            // Those taken up since they were looked for need no retry.
            case .all: done += try node.archive.retry(batch, skippingOthers: true, now: Date())
            }
            if ids.count > Self.batch { try progress("\(done.count) of \(ids.count) jobs") }
        }
        return Answer(retried: done)
    }
}
