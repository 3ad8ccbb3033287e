import DICOM
import Foundation
import GRDB

/// What peers that asked for storage commitment believe to have sent of a study.
public struct CommitmentHint: Sendable, Equatable, Codable {
    /// How many instances of the study were asked about.
    public let namedInstances: Int
    /// How many instances that were asked about together with some of the study are not here.
    public let missingInstances: Int
    /// When a peer last asked.
    public let requestedAt: Date

    /// Makes one.
    public init(namedInstances: Int, missingInstances: Int, requestedAt: Date) {
        (self.namedInstances, self.missingInstances) = (namedInstances, missingInstances)
        self.requestedAt = requestedAt
    }
}

extension Archive {
    /// What requests for storage commitment say of a study; nil where none names an instance of it.
    public func commitmentHint(ofStudy uid: UID) throws(ArchiveError) -> CommitmentHint? {
        try read { database in
            let named = try database.rows(
                """
                SELECT item.commitment, instance.id FROM study JOIN series ON series.study = study.id
                JOIN instance ON instance.series = series.id
                JOIN commitment_item AS item ON item.sop_instance_uid = instance.sop_instance_uid
                WHERE study.study_instance_uid = ?
                """, [uid.description])
            let requests = Set(named.map { $0["commitment"] as Int64 })
            guard !requests.isEmpty else { return nil }
            let list = requests.sorted().map(String.init).joined(separator: ", ")
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT (SELECT max(requested_at) FROM commitment WHERE id IN (\(list))) AS requested_at,
                        (SELECT count(DISTINCT item.sop_instance_uid) FROM commitment_item AS item
                            WHERE item.commitment IN (\(list)) AND NOT EXISTS
                                (SELECT 1 FROM instance AS i WHERE i.sop_instance_uid = item.sop_instance_uid)
                            AND NOT EXISTS
                                (SELECT 1 FROM result AS r WHERE r.sop_instance_uid = item.sop_instance_uid)) AS missing
                    """)!
            return CommitmentHint(
                namedInstances: Set(named.map { $0["id"] as Int64 }).count, missingInstances: row["missing"],
                requestedAt: Date(timeIntervalSince1970: row["requested_at"]))
        }
    }

    /// Has the waiting closings of the studies that a request for storage commitment names fall due at `due`, where they
    /// are due later.
    public func hastenClosing(forCommitment id: Int64, due: Date) throws(ArchiveError) {
        try write { database in
            let later = try Self.jobs(
                where: """
                    job.kind = 'close' AND job.state = 'waiting' AND job.due > ? AND job.study IN (
                        SELECT DISTINCT series.study FROM commitment_item AS item
                        JOIN instance ON instance.sop_instance_uid = item.sop_instance_uid
                        JOIN series ON series.id = instance.series WHERE item.commitment = ?)
                    """, [due.timeIntervalSince1970, id], in: database)
            for job in later { try Self.advance(job.id, .pushed(due: due), in: database) }
        }
    }

    /// Takes up a waiting closing whose first instance came at `moment` or earlier, due or not: each further image puts a
    /// closing off, so that one of a study that never rests would never fall due.
    public func claimClosing(begunBy moment: Date) throws(ArchiveError) -> Job? {
        let condition = "job.kind = 'close' AND job.state = 'waiting' AND job.created_at <= ?"
        // Seldom anything: a look that does not write keeps the writer free.
        let first = try read { database in
            try Self.jobs(
                where: condition, [moment.timeIntervalSince1970], "ORDER BY job.created_at, job.id LIMIT 1",
                in: database
            ).first
        }
        guard let first else { return nil }
        return try write { database in
            let waiting = try Self.jobs(where: "job.id = ? AND job.state = 'waiting'", [first.id], in: database)
            return try waiting.first.map { try Self.advance($0.id, .claimed, in: database) }
        }
    }
}
