import Foundation
import Imaging

extension HeaderProbe {
    /// The tracer that a PET's header tells; nil where it does not.
    /// - Throws: `ReadingFailure` where the child came to no conclusion.
    package func tracer(ofFile path: String) throws(ReadingFailure) -> Tracer? {
        try look(for: "the tracer", by: "tracer", at: path)
            .flatMap { Tracer(rawValue: $0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
}
