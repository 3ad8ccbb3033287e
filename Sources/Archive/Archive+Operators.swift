import Foundation
import GRDB

// What operators ask of the jobs.
extension Archive {
    /// Some of the jobs, those due first in front.
    public func jobs(_ selection: JobSelection, limit: Int) throws(ArchiveError) -> [Job] {
        try read { database in
            try Self.jobs(
                where: selection.condition, selection.arguments + [limit], "ORDER BY job.due, job.id LIMIT ?",
                in: database)
        }
    }

    /// How many jobs there are of a selection.
    public func countJobs(_ selection: JobSelection) throws(ArchiveError) -> Int {
        try read { database in
            try database.row(
                "SELECT count(*) AS jobs FROM job WHERE \(selection.condition)", selection.arguments)!["jobs"]
        }
    }

    /// How many jobs there are, by kind and state.
    public func jobCounts() throws(ArchiveError) -> [String: [String: Int]] {
        try read { database in
            let rows = try database.rows("SELECT kind, state, count(*) AS jobs FROM job GROUP BY kind, state")
            return rows.reduce(into: [:]) { $0[$1["kind"], default: [:]][$1["state"]] = $1["jobs"] }
        }
    }

    /// The rows of a selection, those due first in front.
    public func jobIDs(_ selection: JobSelection) throws(ArchiveError) -> [Int64] {
        try read { database in
            try database.rows(
                "SELECT id FROM job WHERE \(selection.condition) ORDER BY due, id", selection.arguments
            ).map { $0["id"] }
        }
    }

    /// Has jobs tried anew, all of them or, where one is not to be had, none.
    /// - Parameter skippingOthers: leaves out what is done or being done instead.
    /// - Returns: those that wait now.
    public func retry(
        _ ids: [Int64], skippingOthers: Bool = false, now: Date
    ) throws(ArchiveError) -> [Int64] {
        try write { database in
            try ids.filter { id in
                do {
                    return try Self.advance(id, .retried(at: now), in: database).progress.state == .waiting
                } catch ArchiveError.transition where skippingOthers {
                    return false
                }
            }
        }
    }

    /// Withdraws a job that nobody is doing.
    /// - Throws: `ArchiveError.transition` for one that is being done, too: what it came to is told at its end.
    public func withdraw(jobID: Int64, reason: String) throws(ArchiveError) -> Job {
        try write { database in
            guard let job = try Self.jobs(where: "job.id = ?", [jobID], in: database).first else {
                throw ArchiveError.unknown("job \(jobID)")
            }
            let event = JobEvent.cancelled(reason: reason)
            guard job.progress.state != .running else {
                throw ArchiveError.transition(job: jobID, JobTransitionError(state: .running, event: event))
            }
            return try Self.advance(jobID, event, in: database)
        }
    }
}
