import DICOM
import Foundation
import GRDB

/// What waits for a destination.
public struct DeliveryQueue: Sendable, Equatable, Codable {
    /// The destination's name, which need not be configured any more.
    public let destination: String
    /// Deliveries that wait or run.
    public let open: Int
    /// Deliveries that were given up.
    public let failed: Int
    /// Since when the oldest of those that are open is tried; nil where none is.
    public let oldestSince: Date?
}

/// Jobs of one kind and state that are not done with.
public struct OverdueJobs: Sendable, Equatable {
    /// What they are to do.
    public let kind: Job.Kind
    /// Whether they wait, run or were given up.
    public let state: JobProgress.State
    /// How many.
    public let count: Int
    /// Since when the oldest is tried.
    public let oldestSince: Date
}

// The state of things at a glance.
extension Archive {
    /// Has unfinished jobs that are dated beyond a limit be of now: by a clock that has been set back since they would wait for
    /// as long as it was ahead.
    /// - Parameter limit: later than any job is put off to.
    /// - Returns: how many there were.
    public func redateJobs(beyond limit: Date, now: Date) throws(ArchiveError) -> Int {
        let isBeyond = "state IN ('waiting', 'running', 'failed') AND max(due, since, created_at) > ?"
        let limit = limit.timeIntervalSince1970
        guard try read({ try $0.row("SELECT 1 FROM job WHERE \(isBeyond) LIMIT 1", [limit]) }) != nil else { return 0 }
        return try write { database in
            let now = now.timeIntervalSince1970
            try database.run(
                """
                UPDATE job SET due = min(due, ?), since = min(since, ?), created_at = min(created_at, ?) WHERE \(isBeyond)
                """, [now, now, now, limit])
            return database.changesCount
        }
    }

    /// Jobs that have been tried since before a moment and are not done with: each state that work can be left in, so that
    /// none is a limbo.
    public func overdueJobs(triedBefore moment: Date) throws(ArchiveError) -> [OverdueJobs] {
        try read { database in
            try database.rows(
                """
                SELECT kind, state, count(*) AS jobs, min(since) AS oldest FROM job
                WHERE state NOT IN ('done', 'cancelled') AND since < ?
                GROUP BY kind, state ORDER BY kind, state DESC
                """, [moment.timeIntervalSince1970]
            ).map { row in
                guard let kind = Job.Kind(rawValue: row["kind"]), let state = JobProgress.State(rawValue: row["state"])
                else { throw ArchiveError.index(reason: "a job is of no known kind or state") }
                return OverdueJobs(
                    kind: kind, state: state, count: row["jobs"],
                    oldestSince: Date(timeIntervalSince1970: row["oldest"]))
            }
        }
    }

    /// What waits for each destination, by name.
    public func deliveryQueues() throws(ArchiveError) -> [DeliveryQueue] {
        try read { database in
            try database.rows(
                """
                SELECT destination, sum(state <> 'failed') AS open, sum(state = 'failed') AS failed,
                    min(CASE WHEN state <> 'failed' THEN since END) AS oldest
                FROM job WHERE kind = 'deliver' AND state IN ('waiting', 'running', 'failed')
                GROUP BY destination ORDER BY destination
                """
            ).map { row in
                DeliveryQueue(
                    destination: row["destination"], open: row["open"], failed: row["failed"],
                    oldestSince: (row["oldest"] as Double?).map(Date.init(timeIntervalSince1970:)))
            }
        }
    }

    /// The size of the disk that the state directory lies on, in bytes.
    public func diskBytes() throws(ArchiveError) -> Int { try state.diskBytes() }

    /// How many files are in quarantine.
    public func quarantineCount() throws(ArchiveError) -> Int {
        try read { try $0.row("SELECT count(*) AS files FROM quarantine")!["files"] }
    }

    /// The studies in some states, those that received last in front.
    public func studies(in states: Set<StudyStatus>, limit: Int) throws(ArchiveError) -> [StudySummary] {
        try read { database in
            try Self.studies(
                """
                WHERE study_status.status IN (\(JobSelection.list(states)))
                GROUP BY study.id ORDER BY last_received_at DESC, study.id DESC LIMIT ?
                """, [limit], in: database)
        }
    }

    /// The jobs of a study, in the order in which they were enqueued.
    public func jobs(ofStudy uid: UID) throws(ArchiveError) -> [Job] {
        try read { database in
            try Self.jobs(where: "study.study_instance_uid = ?", [uid.description], "ORDER BY job.id", in: database)
        }
    }
}
