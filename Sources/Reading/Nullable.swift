/// A value of a document that is written as null where it is absent, so that a reader of the document finds every key.
///
/// A synthesized encoder leaves out the key of an optional that is nil; wrapped, it is a value of its own, and written.
@propertyWrapper
public struct Nullable<Value: Sendable & Codable>: Sendable, Codable {
    /// The value.
    public var wrappedValue: Value?

    /// Wraps a value.
    public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    /// Reads a value or null.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
    }

    /// Writes the value or null.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

extension Nullable: Equatable where Value: Equatable {}
