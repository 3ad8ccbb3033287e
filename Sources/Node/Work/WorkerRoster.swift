import Synchronization

/// The threads of a node that work, and which of them hang.
package final class WorkerRoster: Sendable {
    /// Seconds without a sign of life after which a thread counts as hung. No single step of its work takes so long: each
    /// answer of a peer has its time-out, and so has a reading; the longest is one large object on a slow line.
    package static let longestSilenceSeconds = 900.0

    private let groups = Mutex<[@Sendable () -> [Worker]]>([])

    package init() {}

    /// A thread that hangs.
    package struct Hung: Codable, Sendable, Equatable {
        /// What it does, such as `close`, `read` or `deliver pacs`.
        package let name: String
        /// Since its last sign of life, in seconds.
        package let seconds: Int
    }

    /// Watches threads too.
    /// - Parameter workers: those that there are at the time of a question.
    package func watch(_ workers: @escaping @Sendable () -> [Worker]) { groups.withLock { $0.append(workers) } }

    /// Those that hang.
    package func hung(after seconds: Double = longestSilenceSeconds) -> [Hung] {
        groups.withLock { $0 }.flatMap { $0() }.compactMap { worker in
            let silence = worker.silenceSeconds
            return silence > seconds ? Hung(name: worker.name, seconds: Int(silence)) : nil
        }
    }
}
