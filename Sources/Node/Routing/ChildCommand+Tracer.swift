import Foundation
import Imaging

extension ChildCommand {
    /// The tracer that a PET's header tells; nil where it does not.
    /// - Throws: `ReadingFailure` where the child came to no conclusion.
    package func tracer(ofFile path: String) throws(ReadingFailure) -> Tracer? {
        try run("tracer", on: path, to: "look for the tracer")
            .flatMap { Tracer(rawValue: $0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
}
