import DICOM
import Foundation
import GRDB

extension Archive {
    /// Keeps a request for storage commitment and has it reported on, in one transaction.
    ///
    /// The same transaction of the same peer is kept once. Who asks again is answered again, by what is there then; but
    /// not while an answer is on its way. Who asks about other instances under an identifier that he has used is answered
    /// about those.
    /// - Returns: the row.
    /// - Throws: `ArchiveError.busy` where the answer about the others is being given at this moment.
    @discardableResult
    public func keepCommitment(
        transaction: UID, of peer: String, _ items: [Commitment.Item], due: Date, now: Date
    ) throws(ArchiveError) -> Int64 {
        try write { database in
            let known = try Self.commitment(transaction, of: peer, in: database)
            let id = try known ?? Self.insert(transaction, of: peer, now, in: database)
            let underWay: String? = try database.row(
                "SELECT state FROM job WHERE commitment = ? AND state IN ('waiting', 'running')", [id])?["state"]
            if try known == nil || !Self.asks(about: items, id, in: database) {
                guard underWay != "running" else { throw ArchiveError.busy("transaction \(transaction)") }
                try Self.keep(items, of: id, in: database)
            }
            if underWay == "running" { return id }
            // What was verified is of another moment, or of other instances.
            try database.run("UPDATE commitment SET verified_at = NULL WHERE id = ?", [id])
            if underWay == "waiting" { return id }
            try Self.enqueue(
                .commit, commitment: id, destination: peer, due: due, now: now, maxAttempts: attempts.commit,
                in: database)
            return id
        }
    }

    /// The request of a transaction; nil where there is none.
    public func commitmentID(transaction: UID, of peer: String) throws(ArchiveError) -> Int64? {
        try read { try Self.commitment(transaction, of: peer, in: $0) }
    }

    private static func commitment(_ transaction: UID, of peer: String, in database: Database) throws -> Int64? {
        try database.row(
            "SELECT id FROM commitment WHERE transaction_uid = ? AND peer_ae_title = ?",
            [transaction.description, peer])?["id"]
    }

    private static func insert(
        _ transaction: UID, of peer: String, _ now: Date, in database: Database
    ) throws -> Int64 {
        try database.run(
            "INSERT INTO commitment (transaction_uid, peer_ae_title, requested_at) VALUES (?, ?, ?)",
            [transaction.description, peer, now.timeIntervalSince1970])
        return database.lastInsertedRowID
    }

    /// Whether a request asks about just these instances, in this order.
    private static func asks(about items: [Commitment.Item], _ id: Int64, in database: Database) throws -> Bool {
        let kept = try database.rows(
            "SELECT sop_class_uid, sop_instance_uid FROM commitment_item WHERE commitment = ? ORDER BY position", [id])
        return kept.count == items.count
            && zip(kept, items).allSatisfy { row, item in
                row["sop_class_uid"] == item.sopClassUID.description
                    && row["sop_instance_uid"] == item.sopInstanceUID.description
            }
    }

    /// Has a request ask about these instances and no others.
    private static func keep(_ items: [Commitment.Item], of id: Int64, in database: Database) throws {
        try database.run("DELETE FROM commitment_item WHERE commitment = ?", [id])
        for (position, item) in items.enumerated() {
            try database.run(
                """
                INSERT INTO commitment_item (commitment, position, sop_class_uid, sop_instance_uid)
                VALUES (?, ?, ?, ?)
                """, [id, position, item.sopClassUID.description, item.sopInstanceUID.description])
        }
    }

    /// Takes up the job that reports on a request, before its time; nil where another has it.
    public func claimCommitment(_ id: Int64) throws(ArchiveError) -> Job? {
        try write { database in
            let waiting = try Self.jobs(
                where: "job.commitment = ? AND job.state = 'waiting'", [id], in: database)
            return try waiting.first.map { try Self.advance($0.id, .claimed, in: database) }
        }
    }

    /// A request; nil where there is none.
    public func commitment(_ id: Int64) throws(ArchiveError) -> Commitment? {
        try read { database in
            guard let row = try database.row("SELECT * FROM commitment WHERE id = ?", [id]) else { return nil }
            guard let transaction = UID(row["transaction_uid"]) else {
                throw ArchiveError.index(reason: "commitment \(id) is damaged")
            }
            let items = try database.rows(
                "SELECT * FROM commitment_item WHERE commitment = ? ORDER BY position", [id]
            ).map { row in
                guard let sopClass = UID(row["sop_class_uid"]), let instance = UID(row["sop_instance_uid"]) else {
                    throw ArchiveError.index(reason: "commitment \(id) is damaged")
                }
                return Commitment.Item(
                    sopClass, instance, (row["failure_reason"] as Int?).flatMap(Commitment.Failure.init))
            }
            return Commitment(
                id: id, transactionUID: transaction, peerAETitle: row["peer_ae_title"], items: items,
                verifiedAt: (row["verified_at"] as Double?).map(Date.init(timeIntervalSince1970:)))
        }
    }

    /// Verifies what a request asks about, once: each file is read to its end and compared with the digest under which it
    /// was indexed.
    /// - Parameter goesOn: asked before each file; false leaves the request unverified.
    /// - Returns: the request with its outcome; nil where it was not to go on.
    public func verifyCommitment(
        _ id: Int64, now: Date, goesOn: () -> Bool = { true }
    ) throws(ArchiveError) -> Commitment? {
        guard let commitment = try commitment(id) else { throw .unknown("commitment \(id)") }
        if commitment.verifiedAt != nil { return commitment }
        var failures: [Commitment.Failure?] = []
        for item in commitment.items {
            guard goesOn() else { return nil }
            failures.append(try failure(of: item))
        }
        try write { database in
            for (position, failure) in failures.enumerated() {
                try database.run(
                    "UPDATE commitment_item SET failure_reason = ? WHERE commitment = ? AND position = ?",
                    [failure?.rawValue, id, position])
            }
            try database.run(
                "UPDATE commitment SET verified_at = ? WHERE id = ?", [now.timeIntervalSince1970, id])
        }
        return try self.commitment(id)
    }

    /// Forgets requests that were answered long ago, with the jobs that answered them. One whose answer is still to be
    /// given, or was given up, stays: that is for an operator to settle.
    /// - Parameters:
    ///   - before: only those settled earlier; who asks the same again is answered anew.
    ///   - limit: so many at a time.
    /// - Returns: how many were forgotten.
    public func forgetCommitments(settledBefore before: Date, limit: Int) throws(ArchiveError) -> Int {
        let isForgettable = """
            SELECT id FROM commitment WHERE COALESCE(verified_at, requested_at) < ? AND NOT EXISTS (SELECT 1 FROM job
                WHERE job.commitment = commitment.id AND state IN ('waiting', 'running', 'failed'))
            ORDER BY id LIMIT ?
            """
        let arguments: StatementArguments = [before.timeIntervalSince1970, limit]
        // Looked for without holding up what comes in, and looked at again where there is something to do.
        guard try read({ try $0.row(isForgettable, arguments) }) != nil else { return 0 }
        return try write { database in
            let forgotten = try database.rows(isForgettable, arguments).map { $0["id"] as Int64 }
            for id in forgotten {
                try database.run("DELETE FROM job WHERE commitment = ?", [id])
                try database.run("DELETE FROM commitment_item WHERE commitment = ?", [id])
                try database.run("DELETE FROM commitment WHERE id = ?", [id])
            }
            return forgotten.count
        }
    }

    /// Why an instance cannot be committed to; nil where its bytes on the disk are those that were taken in.
    private func failure(of item: Commitment.Item) throws(ArchiveError) -> Commitment.Failure? {
        let uid = item.sopInstanceUID.description
        let row = try read { database in
            try database.row("SELECT sop_class_uid, digest FROM instance WHERE sop_instance_uid = ?", [uid])
                ?? database.row("SELECT sop_class_uid, digest, 1 FROM result WHERE sop_instance_uid = ?", [uid])
        }
        guard let row else { return .noSuchInstance }
        guard UID(row["sop_class_uid"]) == item.sopClassUID else { return .classInstanceConflict }
        // Instances are named by their data set alone, results by the whole file.
        let isResult = row.count == 3
        let folder = isResult ? StateDirectory.results : StateDirectory.instances
        let path = state.file(in: folder, digest: row["digest"], extension: "dcm")
        let offset = isResult ? 0 : (try? InstanceHeader(path: path))?.dataSetOffset
        guard let offset, let found = try? digest(ofFile: path, from: offset) else { return .processingFailure }
        return found == row["digest"] ? nil : .processingFailure
    }
}
