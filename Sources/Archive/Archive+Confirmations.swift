import DICOM
import Foundation
import GRDB

/// What a peer says of deliveries whose storage it was asked to commit to.
public struct ConfirmedDeliveries: Sendable, Equatable {
    /// Those that are done.
    public let committed: [Job]
    /// Those that are to be sent again, or were given up.
    public let refused: [Job]
}

/// A delivery to a destination that is asked for storage commitment is done when the destination has committed to it:
/// between the two the job waits, and is marked as sent.
extension Archive {
    /// Marks a delivery as sent, so that it is asked about and not sent again.
    public func noteSent(_ job: Job, now: Date) throws(ArchiveError) {
        try write { database in
            try Self.requireRunning(job, .completed(reason: nil), in: database)
            try database.run(
                "INSERT INTO delivery_sent (job, sent_at) VALUES (?, ?) ON CONFLICT (job) DO NOTHING",
                [job.id, now.timeIntervalSince1970])
        }
    }

    /// Whether a delivery is marked as sent.
    public func isSent(_ job: Job) throws(ArchiveError) -> Bool {
        try read { try $0.row("SELECT 1 FROM delivery_sent WHERE job = ?", [job.id]) != nil }
    }

    /// Keeps what a transaction asks about, before the peer hears of it.
    public func keepTransaction(_ transaction: UID, about jobs: [Job], now: Date) throws(ArchiveError) {
        try write { database in
            for job in jobs {
                try database.run(
                    "INSERT INTO delivery_transaction (transaction_uid, job, requested_at) VALUES (?, ?, ?)",
                    [transaction.description, job.id, now.timeIntervalSince1970])
            }
        }
    }

    /// The transactions in which a delivery was asked about, in order.
    public func transactions(about job: Job) throws(ArchiveError) -> [UID] {
        try read { database in
            try database.rows(
                "SELECT transaction_uid FROM delivery_transaction WHERE job = ? ORDER BY requested_at", [job.id]
            ).compactMap { UID($0["transaction_uid"]) }
        }
    }

    /// Has deliveries that were asked about wait for the report; those that it has settled meanwhile stay as they are.
    /// - Parameter retryAt: when to ask again; nil gives them up.
    public func awaitConfirmation(of jobs: [Job], reason: String, retryAt: Date?) throws(ArchiveError) {
        try write { database in
            for job in jobs where try Self.isHeld(job, in: database) {
                try Self.advance(job.id, .failed(reason: reason, retryAt: retryAt), in: database)
            }
        }
    }

    /// Ends deliveries of which no more than that they were sent will be known.
    public func complete(sent jobs: [Job], reason: String) throws(ArchiveError) {
        try write { database in
            for job in jobs where try Self.isHeld(job, in: database) {
                try Self.advance(job.id, .completed(reason: reason), in: database)
            }
        }
    }

    private static func isHeld(_ job: Job, in database: Database) throws -> Bool {
        guard let progress = try jobs(where: "job.id = ?", [job.id], in: database).first?.progress else { return false }
        return progress.state == .running && progress.attempt == job.progress.attempt
    }

    /// Settles deliveries by a report on a transaction. What it does not speak of waits on.
    /// - Parameters:
    ///   - destinations: those that the report may come from.
    ///   - failures: why instances are not kept, in words.
    ///   - retryAt: when a delivery that the peer does not keep is sent again; nil gives it up.
    /// - Returns: nil where none of the destinations was asked by such a transaction.
    public func settle(
        transaction: UID, of destinations: Set<String>, committed: Set<UID>, failures: [UID: String],
        retryAt: (Job) -> Date?
    ) throws(ArchiveError) -> ConfirmedDeliveries? {
        try write { database in
            let rows = try database.rows(
                """
                SELECT job.id, job.destination, result.sop_instance_uid FROM delivery_transaction
                JOIN job ON job.id = delivery_transaction.job JOIN result ON result.id = job.result
                WHERE delivery_transaction.transaction_uid = ? ORDER BY job.id
                """, [transaction.description]
            ).filter { destinations.contains($0["destination"]) }
            guard !rows.isEmpty else { return nil }
            var (done, refused): ([Job], [Job]) = ([], [])
            for row in rows {
                guard let instance = UID(row["sop_instance_uid"]),
                    let job = try Self.openDelivery(row["id"], in: database)
                else { continue }
                if committed.contains(instance) {
                    done.append(try Self.advance(job.id, .confirmed, in: database))
                } else if let reason = failures[instance] {
                    try database.run("DELETE FROM delivery_sent WHERE job = ?", [job.id])
                    refused.append(
                        try Self.advance(job.id, .unconfirmed(reason: reason, retryAt: retryAt(job)), in: database))
                }
            }
            return ConfirmedDeliveries(committed: done, refused: refused)
        }
    }

    /// A delivery that is still to be confirmed.
    private static func openDelivery(_ id: Int64, in database: Database) throws -> Job? {
        try jobs(
            where: "job.id = ? AND job.state IN ('waiting', 'running') AND job.id IN (SELECT job FROM delivery_sent)",
            [id], in: database
        ).first
    }
}

extension Schema {
    /// Deliveries that were sent and are not yet committed to, and what destinations were asked about.
    static let confirmations = """
        CREATE TABLE delivery_sent (
            job INTEGER PRIMARY KEY REFERENCES job ON DELETE CASCADE,
            sent_at DOUBLE PRECISION NOT NULL
        );
        CREATE TABLE delivery_transaction (
            transaction_uid TEXT NOT NULL CHECK (length(transaction_uid) BETWEEN 1 AND 64),
            job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
            requested_at DOUBLE PRECISION NOT NULL,
            PRIMARY KEY (transaction_uid, job)
        );
        CREATE INDEX delivery_transaction_job ON delivery_transaction (job);
        """
}
