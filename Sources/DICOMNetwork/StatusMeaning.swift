/// A status with which a service answers, and when: a row of its table in the conformance statement.
public struct StatusMeaning: Sendable, Hashable {
    /// The status.
    public let status: DIMSEStatus
    /// When it is given, as a sentence without its end.
    public let meaning: String

    /// Makes a row.
    public init(_ status: DIMSEStatus, _ meaning: String) { (self.status, self.meaning) = (status, meaning) }
}
