import DICOM
import Foundation
import GRDB

/// What is fetched from a source for the sake of a study.
public enum FetchOrder: String, Sendable, Codable, CaseIterable {
    /// The study's own CT.
    case ct = "CT"
    /// The study's own PET.
    case pet = "PET"
    /// The patient's previous PET/CT studies.
    case priors

    private struct Detail: Codable { let fetch: FetchOrder }

    /// As the detail of a job.
    var detail: String { #"{"fetch":"\#(rawValue)"}"# }

    /// What a `fetch` job is to bring; nil for other jobs.
    public init?(_ job: Job) {
        guard job.kind == .fetch, let text = job.detail,
            let detail = try? JSONDecoder().decode(Detail.self, from: Data(text.utf8))
        else { return nil }
        self = detail.fetch
    }
}

/// Who a patient is, as Patient ID and its issuer tell (PS3.3 section C.2.2).
public struct PatientIdentity: Sendable, Hashable, Codable {
    /// Patient ID; an empty one is nobody's.
    public let patientID: String
    /// Issuer of Patient ID; empty where none is told.
    public let issuer: String

    /// Names a patient.
    public init(patientID: String, issuer: String) { (self.patientID, self.issuer) = (patientID, issuer) }

    /// Whether two are the same patient: by the ID, and by the issuers where both are told.
    public func isSame(as other: PatientIdentity) -> Bool {
        !patientID.isEmpty && patientID == other.patientID
            && (issuer.isEmpty || other.issuer.isEmpty || issuer == other.issuer)
    }
}

/// Whose a study is, and when it was made.
public struct StudyOrigin: Sendable, Equatable {
    /// The patient.
    public let patient: PatientIdentity
    /// Study Date, as written.
    public let studyDate: String
    /// Study Time, as written.
    public let studyTime: String

    /// Names an origin.
    public init(patient: PatientIdentity, studyDate: String, studyTime: String) {
        (self.patient, self.studyDate, self.studyTime) = (patient, studyDate, studyTime)
    }
}

extension Archive {
    /// Orders what a study lacks from a source; what was ordered before is not ordered again.
    /// - Returns: what is new.
    @discardableResult
    public func order(
        _ orders: Set<FetchOrder>, forStudy uid: UID, from source: String, now: Date
    ) throws(ArchiveError) -> Set<FetchOrder> {
        let known = Set(try fetches(forStudy: uid).compactMap(FetchOrder.init))
        let wanted = orders.subtracting(known)
        guard !wanted.isEmpty else { return [] }
        return try write { database in
            guard let study = try database.row("SELECT id FROM study WHERE study_instance_uid = ?", [uid.description])
            else { return [] }
            for order in wanted.sorted(by: { $0.rawValue < $1.rawValue }) {
                try Self.enqueue(
                    .fetch, study: study["id"], destination: source, due: now, now: now, maxAttempts: attempts.fetch,
                    detail: order.detail, in: database)
            }
            return wanted
        }
    }

    /// Has what is not fetched yet be fetched from another source.
    public func redirectFetches(to source: String) throws(ArchiveError) {
        try write { database in
            try database.run(
                """
                UPDATE job SET destination = ?
                WHERE kind = 'fetch' AND state NOT IN ('done', 'cancelled') AND destination <> ?
                """, [source, source])
        }
    }

    /// What was ordered for a study, first to last.
    public func fetches(forStudy uid: UID) throws(ArchiveError) -> [Job] {
        try read { database in
            try Self.jobs(
                where: "job.kind = 'fetch' AND study.study_instance_uid = ?", [uid.description], "ORDER BY job.id",
                in: database)
        }
    }

    /// Whose a study is; nil where it is not here.
    public func origin(ofStudy uid: UID) throws(ArchiveError) -> StudyOrigin? {
        try read { database in
            try database.row(
                """
                SELECT patient_id, issuer_of_patient_id, study_date, study_time
                FROM study JOIN patient ON patient.id = study.patient WHERE study_instance_uid = ?
                """, [uid.description]
            ).map {
                StudyOrigin(
                    patient: PatientIdentity(patientID: $0["patient_id"], issuer: $0["issuer_of_patient_id"]),
                    studyDate: $0["study_date"], studyTime: $0["study_time"])
            }
        }
    }

    // MARK: Previous studies

    /// The studies here that were made of the same patient before a study, latest first.
    /// - Parameter modality: only those with a series of it.
    public func earlierStudies(of uid: UID, modality: String, limit: Int) throws(ArchiveError) -> [UID] {
        try read { database in
            try database.rows(
                """
                SELECT other.study_instance_uid FROM \(Self.studiesOfThePatient)
                WHERE study.study_instance_uid = ? AND other.study_date <> ''
                    AND other.study_date || other.study_time < study.study_date || study.study_time
                    AND EXISTS (SELECT 1 FROM series WHERE series.study = other.id AND series.modality = ?)
                ORDER BY other.study_date || other.study_time DESC, other.id DESC LIMIT ?
                """, [uid.description, modality, limit]
            ).compactMap { UID($0["study_instance_uid"]) }
        }
    }

    /// Marks a study as fetched for another's sake, before its first instance comes.
    public func beginFetching(study uid: UID, now: Date) throws(ArchiveError) {
        try write { database in
            try database.run(
                """
                INSERT INTO fetched_study (study_instance_uid, begun_at) VALUES (?, ?)
                ON CONFLICT (study_instance_uid) DO UPDATE SET ended_at = NULL
                """, [uid.description, now.timeIntervalSince1970])
        }
    }

    /// Notes that all that is fetched of a study is here: what comes later comes in its own right.
    public func endFetching(study uid: UID, now: Date) throws(ArchiveError) {
        try write { database in
            try database.run(
                "UPDATE fetched_study SET ended_at = ? WHERE study_instance_uid = ?",
                [now.timeIntervalSince1970, uid.description])
        }
    }

    /// Ends what was being fetched when the process ended: it is begun again by whoever goes on with it.
    public func endInterruptedFetching(now: Date) throws(ArchiveError) {
        let isOpen = "FROM fetched_study WHERE ended_at IS NULL"
        guard try read({ try $0.row("SELECT 1 \(isOpen) LIMIT 1") }) != nil else { return }
        try write {
            try $0.run("UPDATE fetched_study SET ended_at = ? WHERE ended_at IS NULL", [now.timeIntervalSince1970])
        }
    }

    /// Takes a study for one like any other again where somebody else sends what was fetched of it.
    func readmit(_ incoming: IncomingInstance, now: Date, closeDue: Date) throws(ArchiveError) {
        let study = incoming.header.studyInstanceUID.description
        let arguments: StatementArguments = [
            study, incoming.header.sopInstanceUID.description, incoming.sourceAETitle,
        ]
        func fetched(_ database: Database) throws -> Int64? {
            try database.row(
                """
                SELECT study.id FROM fetched_study AS fetched
                JOIN study ON study.study_instance_uid = fetched.study_instance_uid
                JOIN series ON series.study = study.id JOIN instance ON instance.series = series.id
                WHERE fetched.study_instance_uid = ? AND fetched.ended_at IS NOT NULL
                    AND instance.sop_instance_uid = ? AND instance.source_ae_title <> ?
                """, arguments)?["id"]
        }
        guard try look(fetched) != nil else { return }
        try write { database in
            guard let id = try fetched(database) else { return }
            try database.run("DELETE FROM fetched_study WHERE study_instance_uid = ?", [study])
            try Self.pushClose(ofStudy: id, due: closeDue, now: now, maxAttempts: attempts.close, in: database)
        }
    }

    /// Whether a study is marked as fetched for another's sake, and nothing has come to it since.
    public func isFetched(study uid: UID) throws(ArchiveError) -> Bool {
        try read { database in
            try database.row(
                """
                SELECT 1 FROM fetched_study AS fetched WHERE study_instance_uid = ? AND NOT EXISTS (
                    SELECT 1 FROM instance JOIN series ON series.id = instance.series
                    JOIN study ON study.id = series.study
                    WHERE study.study_instance_uid = fetched.study_instance_uid
                        AND (received_at > fetched.ended_at OR received_at < fetched.begun_at))
                """, [uid.description]) != nil
        }
    }
}

extension Archive {
    /// Has the waiting closing of a study fall due at `due`, where it is due later.
    public func hastenClosing(ofStudy uid: UID, due: Date) throws(ArchiveError) {
        try write { database in
            let later = try Self.jobs(
                where: """
                    job.kind = 'close' AND job.state = 'waiting' AND job.due > ? AND study.study_instance_uid = ?
                    """, [due.timeIntervalSince1970, uid.description], in: database)
            for job in later { try Self.advance(job.id, .pushed(due: due), in: database) }
        }
    }
}
