import GRDB

/// Some of the jobs.
public struct JobSelection: Sendable, Equatable, Codable {
    /// Of these kinds.
    public var kinds: Set<Job.Kind>
    /// In these states.
    public var states: Set<JobProgress.State>
    /// To this destination; nil for all, and for those that have none.
    public var destination: String?

    /// All jobs, or some.
    public init(
        kinds: Set<Job.Kind> = Set(Job.Kind.allCases),
        states: Set<JobProgress.State> = Set(JobProgress.State.allCases), destination: String? = nil
    ) {
        (self.kinds, self.states, self.destination) = (kinds, states, destination)
    }

    /// Those of them that are in some of these states.
    public func narrowed(to states: Set<JobProgress.State>) -> JobSelection {
        JobSelection(kinds: kinds, states: self.states.intersection(states), destination: destination)
    }

    var condition: String {
        """
        job.kind IN (\(Self.list(kinds))) AND job.state IN (\(Self.list(states)))
            AND (? IS NULL OR job.destination = ?)
        """
    }

    var arguments: StatementArguments { [destination, destination] }

    /// Constants of our own for an IN clause; none makes a list that nothing is in.
    static func list<Case: RawRepresentable<String>>(_ cases: Set<Case>) -> String {
        cases.isEmpty ? "NULL" : cases.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
    }
}
