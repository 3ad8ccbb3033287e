import Foundation

/// How long a test goes on that `make soak` runs for longer than the fast suite does.
enum Soak {
    /// A number of the environment, so that a soak runs many rounds and a failure can be replayed.
    static func number(_ name: String, default number: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? number
    }
}
