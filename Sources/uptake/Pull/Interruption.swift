import Foundation
import Synchronization

/// Whether the operator wants what is being done to end: SIGINT, once asked to watch for it.
enum Interruption {
    private static let isWanted = Atomic<Bool>(false)

    /// From here on a first SIGINT is noted instead of ending the program; a second one ends it.
    static func watch() {
        signal(SIGINT) { _ in
            Interruption.isWanted.store(true, ordering: .relaxed)
            signal(SIGINT, SIG_DFL)
        }
    }

    /// Whether nobody has asked to end.
    static func goesOn() -> Bool { !isWanted.load(ordering: .relaxed) }
}
