import DICOM

/// What a new index cannot be told by the files, and the configuration says.
public struct RebuildPolicy {
    /// How long a study that has to be closed waits, in seconds.
    public var quietPeriodSeconds: Double
    /// The AE title of the source that previous studies are fetched from; nil where none are.
    public var fetchedFrom: String?
    /// What the rules make of a study that was read; nil where they cannot tell.
    public var plan: (_ study: UID, _ index: Archive) throws -> ReadingPlan?
    /// Whether a destination that the plan names gets a kind of result.
    public var sends: (_ kind: String, _ destination: String, _ isDeclined: Bool) -> Bool

    /// Makes a policy.
    public init(
        quietPeriodSeconds: Double, fetchedFrom: String? = nil,
        plan: @escaping (_ study: UID, _ index: Archive) throws -> ReadingPlan?,
        sends: @escaping (_ kind: String, _ destination: String, _ isDeclined: Bool) -> Bool
    ) {
        (self.quietPeriodSeconds, self.fetchedFrom) = (quietPeriodSeconds, fetchedFrom)
        (self.plan, self.sends) = (plan, sends)
    }
}
