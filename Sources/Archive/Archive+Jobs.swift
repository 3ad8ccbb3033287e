import DICOM
import Foundation
import GRDB

// MARK: - Working

extension Archive {
    /// Takes up the waiting job that has been due longest, and counts the attempt.
    /// - Parameters:
    ///   - kinds: the kinds that the caller can do.
    ///   - destination: only deliveries to there, so that a dead destination delays itself alone.
    public func claimNextJob(
        kinds: Set<Job.Kind>, destination: String? = nil, now: Date
    ) throws(ArchiveError) -> Job? {
        var condition = "job.state = 'waiting' AND job.due <= ? AND job.kind IN (\(JobSelection.list(kinds)))"
        var arguments: StatementArguments = [now.timeIntervalSince1970]
        if let destination {
            condition += " AND job.destination = ?"
            arguments += [destination]
        }
        func next(_ database: Database) throws -> Job? {
            try Self.jobs(where: condition, arguments, "ORDER BY job.due, job.id LIMIT 1", in: database).first
        }
        // Who looks in vain must not hold up what comes in: while another program has the index's write lock each who wants to
        // write waits for it, one behind the other.
        guard try read(next) != nil else { return nil }
        return try write { database in
            try next(database).map { try Self.advance($0.id, .claimed, in: database) }
        }
    }

    /// Ends a claimed job well.
    /// - Parameter reason: what came of it where that is not the plain case.
    public func complete(_ job: Job, reason: String? = nil) throws(ArchiveError) {
        try step(job, .completed(reason: reason))
    }

    /// Ends an attempt: the job waits until `retryAt`, or is parked where that is nil or no attempt is left.
    /// - Returns: the job as it now stands.
    @discardableResult
    public func fail(_ job: Job, reason: String, retryAt: Date?) throws(ArchiveError) -> Job {
        try step(job, .failed(reason: reason, retryAt: retryAt))
    }

    /// Gives a claimed job back because it is too early, such as a `close` of a study with a gap; no attempt is lost.
    @discardableResult
    public func postpone(_ job: Job, until: Date, reason: String) throws(ArchiveError) -> Job {
        try step(job, .postponed(until: until, reason: reason))
    }

    /// Withdraws a job that is not done.
    @discardableResult
    public func cancel(jobID: Int64, reason: String) throws(ArchiveError) -> Job {
        try write { try Self.advance(jobID, .cancelled(reason: reason), in: $0) }
    }

    /// Has a failed, cancelled or waiting job tried anew, with all its attempts.
    @discardableResult
    public func retry(jobID: Int64, now: Date) throws(ArchiveError) -> Job {
        try write { try Self.advance(jobID, .retried(at: now), in: $0) }
    }

    /// A step of the attempt that the caller holds.
    @discardableResult
    private func step(_ job: Job, _ event: JobEvent) throws(ArchiveError) -> Job {
        try write { database in
            try Self.requireRunning(job, event, in: database)
            return try Self.advance(job.id, event, in: database)
        }
    }

    /// Ends the attempts that a worker lost hold of because of an error: the jobs wait until `retryAt`.
    ///
    /// For the one worker that does such jobs, while it does none.
    /// - Parameter costsAttempt: whether the jobs may be to blame, so that they are parked at their limit.
    public func releaseRunningJobs(
        kinds: Set<Job.Kind>, destination: String? = nil, reason: String, retryAt: Date, costsAttempt: Bool
    ) throws(ArchiveError) {
        let event: JobEvent =
            costsAttempt ? .failed(reason: reason, retryAt: retryAt) : .postponed(until: retryAt, reason: reason)
        func running(_ database: Database) throws -> [Job] {
            try Self.jobs(
                where: """
                    job.state = 'running' AND job.kind IN (\(JobSelection.list(kinds)))
                        AND (? IS NULL OR job.destination = ?)
                    """, [destination, destination], in: database)
        }
        guard try !read(running).isEmpty else { return }
        try write { database in
            for job in try running(database) { try Self.advance(job.id, event, in: database) }
        }
    }

    func returnInterruptedJobs() throws(ArchiveError) {
        try write { database in
            for job in try Self.jobs(where: "job.state = 'running'", in: database) {
                try Self.advance(job.id, .interrupted, in: database)
            }
        }
    }
}

// MARK: - Looking

extension Archive {
    /// The jobs, those due first in front.
    public func jobs(
        kinds: Set<Job.Kind> = Set(Job.Kind.allCases), states: Set<JobProgress.State> = Set(JobProgress.State.allCases)
    ) throws(ArchiveError) -> [Job] {
        try read { database in
            try Self.jobs(
                where: "job.kind IN (\(JobSelection.list(kinds))) AND job.state IN (\(JobSelection.list(states)))", [],
                "ORDER BY job.due, job.id", in: database)
        }
    }

    /// One job; nil where there is none.
    public func job(_ id: Int64) throws(ArchiveError) -> Job? {
        try read { try Self.jobs(where: "job.id = ?", [id], in: $0).first }
    }

    /// The waiting job of a kind that has been due longest.
    public func oldestWaitingJob(kind: Job.Kind, destination: String? = nil) throws(ArchiveError) -> Job? {
        try read { database in
            try Self.jobs(
                where: "job.state = 'waiting' AND job.kind = ? AND (? IS NULL OR job.destination = ?)",
                [kind.rawValue, destination, destination], "ORDER BY job.due, job.id LIMIT 1", in: database
            ).first
        }
    }
}

// MARK: - Rows

extension Archive {
    static func jobs(
        where condition: String, _ arguments: StatementArguments = StatementArguments(), _ order: String = "",
        in database: Database
    ) throws -> [Job] {
        try database.rows(
            """
            SELECT job.*, study.study_instance_uid, study_revision.number AS revision_number
            FROM job LEFT JOIN study ON study.id = job.study
            LEFT JOIN study_revision ON study_revision.id = job.revision
            WHERE \(condition) \(order)
            """, arguments
        ).map(job)
    }

    private static func job(_ row: Row) throws -> Job {
        let study = (row["study_instance_uid"] as String?).flatMap(UID.init)
        guard let kind = Job.Kind(rawValue: row["kind"]), let state = JobProgress.State(rawValue: row["state"]),
            (study == nil) == (kind == .commit)
        else { throw ArchiveError.index(reason: "job \(row["id"] as Int64) is damaged") }
        return Job(
            id: row["id"], kind: kind,
            progress: JobProgress(
                state: state, due: Date(timeIntervalSince1970: row["due"]), attempt: row["attempt"],
                maxAttempts: row["max_attempts"], reason: row["reason"],
                since: Date(timeIntervalSince1970: row["since"])),
            studyInstanceUID: study, revision: row["revision_number"], resultID: row["result"],
            commitmentID: row["commitment"], destination: row["destination"], detail: row["detail"],
            createdAt: Date(timeIntervalSince1970: row["created_at"]))
    }

    /// Refuses a step for an attempt that is no longer the current one, such as of a job cancelled meanwhile.
    static func requireRunning(_ job: Job, _ event: JobEvent, in database: Database) throws {
        guard let current = try jobs(where: "job.id = ?", [job.id], in: database).first else {
            throw ArchiveError.unknown("job \(job.id)")
        }
        guard current.progress.state == .running, current.progress.attempt == job.progress.attempt else {
            throw ArchiveError.transition(
                job: job.id, JobTransitionError(state: current.progress.state, event: event))
        }
    }

    /// Stores what an event makes of a job.
    @discardableResult
    static func advance(_ id: Int64, _ event: JobEvent, in database: Database) throws -> Job {
        guard let job = try jobs(where: "job.id = ?", [id], in: database).first else {
            throw ArchiveError.unknown("job \(id)")
        }
        var next: JobProgress
        do throws(JobTransitionError) {
            next = try job.progress.after(event)
        } catch { throw ArchiveError.transition(job: id, error) }
        // Images came during the attempt: their own close job waits already and will see these too.
        if job.kind == .close, [.waiting, .failed].contains(next.state), job.progress.state != .waiting,
            try waitingClose(ofStudyOf: id, in: database) != nil
        {
            next.state = .cancelled
            next.reason = "superseded by later images"
        }
        // What is withdrawn while it waits is not to be sent because an attempt was just under way.
        if job.kind == .deliver, next.state == .waiting, job.progress.state == .running {
            if let revision = try laterRevision(thanOfDelivery: id, in: database) {
                next.state = .cancelled
                next.reason = "superseded by revision \(revision)"
            } else if try isWithdrawn(delivery: id, in: database) {
                next.state = .cancelled
                next.reason = "the result was withdrawn meanwhile"
            }
        }
        try database.run(
            "UPDATE job SET state = ?, due = ?, attempt = ?, reason = ?, since = ? WHERE id = ?",
            [
                next.state.rawValue, next.due.timeIntervalSince1970, next.attempt, next.reason,
                next.since.timeIntervalSince1970, id,
            ])
        return Job(
            id: id, kind: job.kind, progress: next, studyInstanceUID: job.studyInstanceUID, revision: job.revision,
            resultID: job.resultID, commitmentID: job.commitmentID, destination: job.destination, detail: job.detail,
            createdAt: job.createdAt)
    }

    /// The latest revision of a delivery's study, where its result is of an earlier one; nil also for notes that withdraw results,
    /// which are true whatever comes later.
    private static func laterRevision(thanOfDelivery id: Int64, in database: Database) throws -> Int? {
        try database.row(
            """
            SELECT MAX(later.number) AS number FROM job JOIN study_revision AS own ON own.id = job.revision
                JOIN study_revision AS later ON later.study = own.study AND later.number > own.number
            WHERE job.id = ? AND NOT EXISTS
                (SELECT 1 FROM result WHERE result.id = job.result AND result.kind = ?)
            """, [id, withdrawal])?["number"]
    }

    private static func isWithdrawn(delivery id: Int64, in database: Database) throws -> Bool {
        try database.row(
            "SELECT 1 FROM job JOIN result ON result.id = job.result WHERE job.id = ? AND withdrawn_by IS NOT NULL",
            [id]
        ) != nil
    }

    static func waitingClose(ofStudyOf job: Int64, in database: Database) throws -> Int64? {
        try database.row(
            """
            SELECT id FROM job WHERE kind = 'close' AND state = 'waiting'
                AND study = (SELECT study FROM job WHERE id = ?)
            """, [job])?["id"]
    }

    /// When a study that has just got an image is quiet.
    ///
    /// In whole seconds, or tenths of a short quiet period, rounded up: images of the same second share the moment, and all
    /// but the first of them leave the job as it is, whose row and index entries are half of what storing an image writes.
    static func quietAt(_ quietPeriodSeconds: Double, after now: Date) -> Date {
        let step = min(1, quietPeriodSeconds / 10)
        let moment = now.timeIntervalSince1970 + quietPeriodSeconds
        return Date(timeIntervalSince1970: step > 0 ? (moment / step).rounded(.up) * step : moment)
    }

    /// Puts a study's closing off, or has it wait for the first time.
    static func pushClose(
        ofStudy study: Int64, due: Date, now: Date, maxAttempts: Int, in database: Database
    ) throws {
        let waiting = try database.row(
            "SELECT id, due, reason FROM job WHERE kind = 'close' AND state = 'waiting' AND study = ?", [study])
        if let waiting {
            let isPushed = waiting["due"] == due.timeIntervalSince1970 && waiting["reason"] == nil as String?
            if !isPushed { try advance(waiting["id"], .pushed(due: due), in: database) }
        } else {
            // One that was parked has its say in this one: of a study there is one closing to come.
            let parked = try jobs(
                where: "job.kind = 'close' AND job.state = 'failed' AND job.study = ?", [study], in: database)
            for job in parked { try advance(job.id, .cancelled(reason: "superseded by later images"), in: database) }
            try enqueue(.close, study: study, due: due, now: now, maxAttempts: maxAttempts, in: database)
        }
    }

    static func enqueue(
        _ kind: Job.Kind, study: Int64? = nil, revision: Int64? = nil, result: Int64? = nil, commitment: Int64? = nil,
        destination: String? = nil, due: Date, now: Date, maxAttempts: Int, detail: String? = nil, in database: Database
    ) throws {
        let progress = JobProgress(due: due, maxAttempts: maxAttempts, since: now)
        try database.run(
            """
            INSERT INTO job (kind, state, study, revision, result, commitment, destination, due, attempt, max_attempts,
                detail, created_at, since)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                kind.rawValue, progress.state.rawValue, study, revision, result, commitment, destination,
                due.timeIntervalSince1970, progress.attempt, maxAttempts, detail, now.timeIntervalSince1970,
                progress.since.timeIntervalSince1970,
            ])
    }
}
