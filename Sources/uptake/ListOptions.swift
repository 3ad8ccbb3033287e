import ArgumentParser
import Node

/// How much of a list is shown.
struct ListOptions: ParsableArguments {
    @Option(help: "How many, 1 to \(ListLimit.most).")
    var limit = 1000

    func validate() throws {
        guard (1...ListLimit.most).contains(limit) else {
            throw ValidationError("--limit is a number from 1 to \(ListLimit.most)")
        }
    }

    /// Says so where a list was cut.
    /// - Parameters:
    ///   - shown: how many rows it has.
    ///   - total: how many there are; nil where nobody counted.
    func tellIfCut(shown: Int, of total: Int? = nil) {
        if let total {
            if total > shown { print("\(total - shown) more; --limit shows up to \(ListLimit.most)") }
        } else if shown == limit {
            print("no more than \(limit) are shown; --limit shows up to \(ListLimit.most)")
        }
    }
}
