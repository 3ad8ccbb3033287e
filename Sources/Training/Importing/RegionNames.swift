import Synchronization

/// What the segments and regions of a collection's studies are called, as far as these were read, from any thread.
final class RegionNames: Sendable {
    private struct State {
        var isMatched = false
        var others: Set<String> = []
    }
    private let state = Mutex(State())

    /// Takes note of a study's names.
    /// - Parameter isMatched: whether one of them is that of a lesion.
    func meet(_ names: [String], isMatched: Bool) {
        state.withLock { state in
            state.isMatched = state.isMatched || isMatched
            state.others.formUnion(names)
        }
    }

    /// The names that were met, in order, where none was that of a lesion; nil where one was, or none was met at all.
    var unmatched: [String]? {
        state.withLock { $0.isMatched || $0.others.isEmpty ? nil : $0.others.sorted() }
    }
}
