import Synchronization

/// Primitives made once and kept for the life of the process: compiling one may take longer than running it.
///
/// There is one for each size of input, so a program should use few sizes.
final class Compiled<Key: Hashable & Sendable, Primitive: Sendable>: Sendable {
    private let primitives = Mutex<[Key: Primitive]>([:])
    private let compile: @Sendable (Key) -> Primitive

    /// - Parameter compile: makes the primitive of a key.
    init(_ compile: @escaping @Sendable (Key) -> Primitive) { self.compile = compile }

    /// The primitive of a key.
    subscript(key: Key) -> Primitive {
        primitives.withLock { primitives in
            if let primitive = primitives[key] { return primitive }
            let primitive = compile(key)
            primitives[key] = primitive
            return primitive
        }
    }
}
