import DICOM
import Foundation
import GRDB

extension Archive {
    /// Freezes a study's instances as its next revision and has it read if so planned, in one transaction.
    ///
    /// Readings and deliveries of earlier revisions that still wait, or were given up, are cancelled. What makes a study complete is the
    /// caller's judgement, made of the instances that were there when it claimed the job: if more have come since,
    /// nothing is frozen.
    /// - Parameters:
    ///   - job: a claimed `close` job, done after this whatever the outcome.
    ///   - signal: which signal closed it, for operators.
    ///   - note: what it is closed without, in words.
    ///   - plan: what is to become of it; nil leaves that to whoever reads it.
    public func closeStudy(
        _ job: Job, signal: String, note: String? = nil, plan: ReadingPlan? = nil, now: Date
    ) throws(ArchiveError) -> CloseOutcome {
        try write { database in
            let event = JobEvent.completed(reason: ([signal] + [note].compactMap { $0 }).joined(separator: "; "))
            try Self.requireRunning(job, event, in: database)
            guard let uid = job.studyInstanceUID,
                let study = try database.row("SELECT study FROM job WHERE id = ? AND kind = 'close'", [job.id])
            else { throw ArchiveError.unknown("close job \(job.id)") }
            if try Self.waitingClose(ofStudyOf: job.id, in: database) != nil {
                try Self.advance(job.id, .cancelled(reason: "superseded by later images"), in: database)
                return .superseded
            }
            guard let revision = try Self.freeze(study["study"], uid, signal, note, plan, now, in: database) else {
                try Self.advance(job.id, .completed(reason: "no instance is new"), in: database)
                return .unchanged
            }
            try Self.advance(job.id, event, in: database)
            try Self.supersede(study["study"], by: revision.number, in: database)
            if plan?.isRead != false {
                try Self.enqueueReading(
                    ofStudy: study["study"], revision: revision.number, now: now, maxAttempts: attempts.read,
                    in: database)
            }
            return .revision(revision)
        }
    }

    /// Makes the next revision; nil where the last one has the same instances, and was read or is not to be.
    private static func freeze(
        _ study: Int64, _ uid: UID, _ signal: String, _ note: String?, _ plan: ReadingPlan?, _ now: Date,
        in database: Database
    ) throws -> StudyRevision? {
        let last = try database.row(
            """
            SELECT id, number, not_read_reason FROM study_revision WHERE study = ? ORDER BY number DESC LIMIT 1
            """, [study])
        let readable = Set(try database.rows(readableIDs, [study]).map { $0["id"] as Int64 })
        if let last {
            let members = try database.rows(
                "SELECT instance FROM study_revision_instance WHERE revision = ?", [last["id"] as Int64])
            // What was kept alone, such as for another study's sake, may be wanted now.
            let isWanted = last["not_read_reason"] != nil as String? && plan?.isRead == true
            if !isWanted, Set(members.map { $0["instance"] as Int64 }) == readable { return nil }
        }
        let number = (last?["number"] as Int? ?? 0) + 1
        let revision = StudyRevision(
            studyInstanceUID: uid, number: number, closedAt: now, closingSignal: signal, closingNote: note, plan: plan,
            instanceCount: readable.count)
        try insert(revision, of: study, readable.sorted(), in: database)
        return revision
    }

    static func insert(
        _ revision: StudyRevision, of study: Int64, _ instances: [Int64], in database: Database
    ) throws {
        try database.run(
            """
            INSERT INTO study_revision (study, number, closed_at, closing_signal, closing_note, plan, not_read_reason)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                study, revision.number, revision.closedAt.timeIntervalSince1970, revision.closingSignal,
                revision.closingNote, try revision.plan?.json, revision.plan?.notReadReason,
            ])
        let id = database.lastInsertedRowID
        for instance in instances {
            try database.run(
                "INSERT INTO study_revision_instance (revision, instance) VALUES (?, ?)", [id, instance])
        }
    }

    /// The instances of a study but for the rejected ones.
    private static let readableIDs = """
        SELECT instance.id AS id FROM instance JOIN series ON series.id = instance.series
        WHERE series.study = ? AND instance.is_rejected = 0
        """

    static func supersede(_ study: Int64, by revision: Int, in database: Database) throws {
        // Those given up too: tried again they would send what is outdated.
        let unfinished = try jobs(
            where: """
                job.study = ? AND job.state IN ('waiting', 'failed') AND job.kind IN ('read', 'deliver') AND NOT EXISTS
                    (SELECT 1 FROM result WHERE result.id = job.result AND result.kind = ?)
                """, [study, withdrawal], in: database)
        for job in unfinished {
            try advance(job.id, .cancelled(reason: "superseded by revision \(revision)"), in: database)
        }
    }

    static func enqueueReading(
        ofStudy study: Int64, revision: Int, now: Date, maxAttempts: Int, in database: Database
    ) throws {
        let row = try database.row("SELECT id FROM study_revision WHERE study = ? AND number = ?", [study, revision])
        try enqueue(
            .read, study: study, revision: row!["id"], due: now, now: now, maxAttempts: maxAttempts, in: database)
    }
}

// MARK: - Results

extension Archive {
    /// Keeps what a reading made and has it delivered, in one transaction with the end of the reading.
    ///
    /// There is one job for each object and destination, so that each is sent again on its own and none twice. An object
    /// that is there already under its SOP Instance UID keeps its bytes, as a peer may hold them.
    /// - Parameters:
    ///   - job: the claimed `read` job.
    ///   - sends: whether a result goes to a destination; every object to each if left out.
    ///   - declined: why the study was not read; the results, if any, say so too.
    ///   - compared: instances and results of other studies that the reading looked at. Where one was rejected or withdrawn
    ///     meanwhile, nothing is kept, and the study is read again.
    public func commitReading(
        _ job: Job, results: [IncomingResult], destinations: [String],
        sends: (IncomingResult, String) -> Bool = { _, _ in true }, declined: String? = nil, compared: [UID] = [],
        now: Date
    ) throws(ArchiveError) -> CommitOutcome {
        var placed: [(result: IncomingResult, digest: String, size: Int)] = []
        resultsLock.lock()
        defer { resultsLock.unlock() }
        do throws(ArchiveError) {
            for result in results {
                let (digest, size) = (try digest(ofFile: result.path), try size(ofFile: result.path))
                placed.append((result, digest, size))
                _ = try state.place(
                    result.path, in: StateDirectory.results, digest: digest, extension: result.fileExtension)
            }
            let outcome = try write { database in
                let isRejected = try Self.isAnyOutOfUse(compared, in: database)
                if try isRejected || Self.hasMore(than: compared, in: database) {
                    let what = isRejected ? "was rejected" : "got more images"
                    let event = JobEvent.postponed(
                        until: now, reason: "what it was compared with \(what) during the reading")
                    try Self.requireRunning(job, event, in: database)
                    try Self.advance(job.id, event, in: database)
                    return CommitOutcome.outdated
                }
                return try commit(
                    job, placed, { result in destinations.filter { sends(result, $0) } }, declined, now, in: database)
            }
            removeUnreferenced(placed)
            return outcome
        } catch {
            for result in results { try? state.fileSystem.remove(result.path) }
            removeUnreferenced(placed)
            throw error
        }
    }

    /// Removes those of the files placed that no row speaks of; where the index cannot say, they stay.
    private func removeUnreferenced(_ placed: [(result: IncomingResult, digest: String, size: Int)]) {
        for (result, digest, _) in placed {
            let used = try? read { try $0.row("SELECT id FROM result WHERE digest = ?", [digest]) != nil }
            guard used == false else { continue }
            try? state.fileSystem.remove(
                state.file(in: StateDirectory.results, digest: digest, extension: result.fileExtension))
        }
    }

    private func commit(
        _ job: Job, _ placed: [(result: IncomingResult, digest: String, size: Int)],
        _ destinations: (IncomingResult) -> [String], _ declined: String?, _ now: Date, in database: Database
    ) throws -> CommitOutcome {
        let event = JobEvent.completed(reason: declined)
        try Self.requireRunning(job, event, in: database)
        guard
            let row = try database.row(
                """
                SELECT job.study, job.revision, EXISTS (SELECT 1 FROM study_revision AS later
                    WHERE later.study = job.study AND later.number > study_revision.number) AS is_superseded
                FROM job JOIN study_revision ON study_revision.id = job.revision WHERE job.id = ? AND kind = 'read'
                """, [job.id])
        else { throw ArchiveError.unknown("read job \(job.id)") }
        if row["is_superseded"] {
            try Self.advance(job.id, .cancelled(reason: "superseded during the reading"), in: database)
            return .superseded
        }
        if try Self.isSpoilt(revision: row["revision"], in: database) {
            try Self.advance(
                job.id, .cancelled(reason: "an image was rejected during the reading"), in: database)
            return .superseded
        }
        for (result, digest, size) in placed {
            let id = try Self.insert(
                result, digest: digest, size: size, revision: row["revision"], now: now, in: database)
            guard result.object != nil else { continue }
            let path = state.file(in: StateDirectory.results, digest: digest, extension: result.fileExtension)
            try describe(result: id, path: path, study: row["study"], in: database)
            for destination in destinations(result) {
                try Self.deliver(
                    id, to: destination, study: row["study"], revision: row["revision"], now: now,
                    maxAttempts: attempts.deliver, in: database)
            }
        }
        try Self.advance(job.id, event, in: database)
        return .committed
    }

    static func insert(
        _ result: IncomingResult, digest: String, size: Int, revision: Int64, now: Date, in database: Database
    ) throws -> Int64 {
        let uid = result.object?.sopInstanceUID.description
        if let known = try database.row("SELECT id FROM result WHERE sop_instance_uid = ?", [uid]) {
            return known["id"]
        }
        try database.run(
            """
            INSERT INTO result (revision, kind, sop_instance_uid, sop_class_uid, digest, file_extension, size, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                revision, result.kind, uid, result.object?.sopClassUID.description, digest, result.fileExtension, size,
                now.timeIntervalSince1970,
            ])
        return database.lastInsertedRowID
    }

    static func deliver(
        _ result: Int64, to destination: String, study: Int64, revision: Int64, now: Date, maxAttempts: Int,
        in database: Database
    ) throws {
        if let known = try jobs(
            where: "job.kind = 'deliver' AND job.result = ? AND job.destination = ?", [result, destination],
            in: database
        ).first {
            // This revision found what an earlier one had: what that one did not deliver is this one's to deliver.
            try database.run("UPDATE job SET revision = ? WHERE id = ?", [revision, known.id])
            if known.progress.state == .cancelled { try advance(known.id, .retried(at: now), in: database) }
            return
        }
        try enqueue(
            .deliver, study: study, revision: revision, result: result, destination: destination, due: now, now: now,
            maxAttempts: maxAttempts, in: database)
    }
}
