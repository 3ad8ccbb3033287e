import Archive
import DICOM
import Foundation
import GRDB
import Testing

/// What is fetched for a study, as rows.
@Suite struct FetchTests {
    private let bench: Bench
    private let study = UID("1.2.1")!

    init() throws { bench = try Bench() }

    private func order(_ orders: Set<FetchOrder>, at seconds: Double = 100) throws -> Set<FetchOrder> {
        try bench.archive.order(orders, forStudy: study, from: "archive", now: Bench.moment(seconds))
    }

    // MARK: Orders

    @Test func nothingIsOrderedTwice() throws {
        try bench.accept(Slice())
        #expect(try order([.ct]) == [.ct])
        #expect(try order([.ct, .priors]) == [.priors])
        let job = try #require(
            try bench.archive.claimNextJob(kinds: [.fetch], destination: "archive", now: Bench.moment(100)))
        #expect(FetchOrder(job) == .ct && job.studyInstanceUID == study)
        try bench.archive.complete(job, reason: "3 CT images")
        #expect(try order(Set(FetchOrder.allCases)) == [.pet])
        #expect(try bench.archive.fetches(forStudy: study).compactMap(FetchOrder.init) == [.ct, .priors, .pet])
        #expect(try bench.archive.order([.ct], forStudy: UID("1.9")!, from: "archive", now: Bench.moment(0)).isEmpty)
    }

    @Test func aCrashLeavesAnOrderToBeTakenUpAgain() throws {
        try bench.accept(Slice())
        _ = try order([.ct])
        _ = try bench.archive.claimNextJob(kinds: [.fetch], now: Bench.moment(100))
        try bench.reopen()
        let job = try #require(try bench.archive.claimNextJob(kinds: [.fetch], now: Bench.moment(100)))
        #expect(job.progress.attempt == 2 && FetchOrder(job) == .ct)
    }

    @Test func otherJobsAreNoOrders() throws {
        try bench.accept(Slice())
        #expect(try bench.archive.jobs(kinds: [.close]).compactMap(FetchOrder.init).isEmpty)
    }

    @Test func aClosingIsBroughtForwardAndNeverPutOff() throws {
        try bench.accept(Slice())
        try bench.archive.hastenClosing(ofStudy: study, due: Bench.moment(90))
        #expect(try bench.archive.oldestWaitingJob(kind: .close)?.progress.due == Bench.moment(60))
        try bench.archive.hastenClosing(ofStudy: study, due: Bench.moment(10))
        #expect(try bench.archive.oldestWaitingJob(kind: .close)?.progress.due == Bench.moment(10))
    }

    // MARK: Earlier studies

    @Test func earlierStudiesAreThoseOfThePatientBefore() throws {
        func accept(_ study: String, _ date: String, patient: String = "P1") throws {
            try bench.accept(
                Slice(
                    study: study, series: "\(study).1", instance: "\(study).1.1", patientID: patient,
                    studyDate: date))
        }
        try accept("1.2.1", "20240102")
        try accept("1.2.2", "20230102")
        try accept("1.2.3", "20231231")
        try accept("1.2.4", "20240103")
        try accept("1.2.5", "20230601", patient: "P2")
        try accept("1.2.6", "20220101")
        func earlier(_ modality: String = "PT", limit: Int = 10) throws -> [String] {
            try bench.archive.earlierStudies(of: study, modality: modality, limit: limit).map(\.description)
        }
        #expect(try earlier() == ["1.2.3", "1.2.2", "1.2.6"])
        #expect(try earlier(limit: 2) == ["1.2.3", "1.2.2"])
        #expect(try earlier("CT").isEmpty)
    }

    @Test func patientsWithoutAnIDHaveNoEarlierStudies() throws {
        for (study, date) in [("1.2.1", "20240102"), ("1.2.2", "20230102")] {
            try bench.accept(
                Slice(
                    study: study, series: "\(study).1", instance: "\(study).1.1", patientID: "", studyDate: date))
        }
        #expect(try bench.archive.earlierStudies(of: study, modality: "PT", limit: 10).isEmpty)
    }

    // MARK: Reports on earlier studies

    /// A report of ours as a file.
    private func report(_ uid: String, study: String, date: String, manufacturer: String = "Uptake") throws -> String {
        var data = DataSet()
        data.set(.sopClassUID, UID.comprehensive3DSRStorage)
        data.set(.sopInstanceUID, uid)
        data.set(.studyInstanceUID, study)
        data.set(.seriesInstanceUID, uid + ".1")
        data.set(.modality, "SR")
        data.set(.manufacturer, manufacturer)
        data.set(.patientID, "P1")
        data.set(.studyDate, date)
        let path = bench.archive.incomingPath()
        try data.write(to: path)
        return path
    }

    private func reports() throws -> [String] {
        try bench.archive.earlierReports(of: study, manufacturer: "Uptake", limit: 5).map(\.sopInstanceUID.description)
    }

    @Test func aReportStandsForAStudyWhoseImagesWereRemoved() throws {
        try bench.accept(
            Slice(study: "1.2.2", series: "1.2.2.1", instance: "1.2.2.1.1", studyDate: "20230102"))
        let result = IncomingResult(
            kind: "report", path: try report("1.2.2.9.1", study: "1.2.2", date: "20230102"),
            sopClassUID: .comprehensive3DSRStorage, sopInstanceUID: UID("1.2.2.9.1")!)
        _ = try bench.archive.commitReading(
            try bench.closedStudy(), results: [result], destinations: [], now: Bench.moment(100))
        try bench.accept(Slice(), at: 110)
        try bench.archive.complete(try bench.closedStudy(at: 300))
        #expect(try reports().isEmpty, "its images are here")
        _ = try #require(try bench.archive.remove(.inputs, ofStudy: UID("1.2.2")!))
        #expect(try reports() == ["1.2.2.9.1"])
    }

    @Test func aReceivedReportStandsForImagesThatNeverCame() throws {
        func accept(_ uid: String, study: String, date: String, manufacturer: String = "Uptake") throws {
            let path = try report(uid, study: study, date: date, manufacturer: manufacturer)
            let incoming = IncomingInstance(path: path, header: try InstanceHeader(path: path), sourceAETitle: "PACS")
            #expect(try bench.archive.accept(incoming, now: Bench.start, quietPeriodSeconds: 60) == .stored)
        }
        try bench.accept(Slice())
        try accept("1.2.2.9.1", study: "1.2.2", date: "20220102")
        try accept("1.2.3.9.1", study: "1.2.3", date: "20230102")
        try accept("1.2.3.9.2", study: "1.2.3", date: "20230102")
        try accept("1.2.4.9.1", study: "1.2.4", date: "20250102")
        try accept("1.2.5.9.1", study: "1.2.5", date: "20230102", manufacturer: "Somebody")
        #expect(try reports() == ["1.2.3.9.2", "1.2.3.9.1", "1.2.2.9.1"])
        let note = RejectionNote(sopInstanceUID: UID("1.2.8")!, title: .quality, instances: [UID("1.2.3.9.2")!])
        try bench.archive.reject(note, now: Bench.moment(1))
        #expect(try reports() == ["1.2.2.9.1"], "a study that lost something to a rejection is not compared by report")
    }

    @Test func aReportOnImagesThatWereRejectedElsewhereIsPassedOver() throws {
        try bench.accept(Slice())
        func accept(_ path: String) throws {
            let incoming = IncomingInstance(path: path, header: try InstanceHeader(path: path), sourceAETitle: "PACS")
            _ = try bench.archive.accept(incoming, now: Bench.start, quietPeriodSeconds: 60)
        }
        func note(_ uid: String, of study: String, _ title: RejectionNote.Title, by manufacturer: String) throws {
            let path = try report(uid, study: study, date: "20230102", manufacturer: manufacturer)
            var data = try DICOMFile(path: path).dataSet
            data.set(.sopClassUID, UID.keyObjectSelectionDocumentStorage)
            data.set(.modality, "KO")
            try data.write(to: path)
            try accept(path)
            let note = RejectionNote(sopInstanceUID: UID(uid)!, title: title, instances: [UID("\(study).1.1")!])
            try bench.archive.reject(note, now: Bench.moment(1))
        }
        for study in ["1.2.2", "1.2.3", "1.2.4"] {
            try accept(try report("\(study).9.1", study: study, date: "20230102"))
        }
        try note("1.2.2.8.1", of: "1.2.2", .quality, by: "Somebody")
        // What is out of date was right, and what Uptake takes back is a report of its own.
        try note("1.2.3.8.1", of: "1.2.3", .retentionExpired, by: "Somebody")
        try note("1.2.4.8.1", of: "1.2.4", .quality, by: "Uptake")
        #expect(try reports() == ["1.2.4.9.1", "1.2.3.9.1"])
    }

    // MARK: Patients

    @Test func patientsAreTheSameByIDAndIssuer() {
        func patient(_ id: String, _ issuer: String = "") -> PatientIdentity { .init(patientID: id, issuer: issuer) }
        #expect(patient("1").isSame(as: patient("1")))
        #expect(patient("1", "A").isSame(as: patient("1")) && patient("1").isSame(as: patient("1", "A")))
        #expect(!patient("1", "A").isSame(as: patient("1", "B")))
        #expect(!patient("1").isSame(as: patient("2")))
        #expect(!patient("").isSame(as: patient("")), "nobody is nobody")
    }

    @Test func aStudyTellsWhoseItIs() throws {
        try bench.accept(Slice(patientID: "P7", issuer: "HERE"))
        let origin = try #require(try bench.archive.origin(ofStudy: study))
        #expect(origin.patient == PatientIdentity(patientID: "P7", issuer: "HERE"))
        #expect(origin.studyDate == "20240102")
        #expect(try bench.archive.origin(ofStudy: UID("1.9")!) == nil)
    }

    // MARK: Previous studies

    @Test func aStudyIsFetchedUntilSomethingComesInItsOwnRight() throws {
        #expect(try !bench.archive.isFetched(study: study))
        try bench.archive.beginFetching(study: study, now: Bench.moment(0))
        try bench.accept(.numbered(1), at: 1)
        #expect(try bench.archive.isFetched(study: study))
        try bench.archive.endFetching(study: study, now: Bench.moment(2))
        #expect(try bench.archive.isFetched(study: study))
        try bench.accept(.numbered(2), at: 3)
        #expect(try !bench.archive.isFetched(study: study))
    }

    /// A scanner that sends what was fetched before has it read.
    @Test func whatSomebodyElseSendsAgainComesInItsOwnRight() throws {
        let archive = try #require(bench.archive)
        func close(_ plan: ReadingPlan, at seconds: Double) throws -> CloseOutcome {
            let job = try #require(try archive.claimNextJob(kinds: [.close], now: Bench.moment(seconds)))
            return try archive.closeStudy(job, signal: "quiet", plan: plan, now: Bench.moment(seconds))
        }
        try archive.beginFetching(study: study, now: Bench.moment(0))
        try bench.accept(.numbered(1), at: 1, from: "PACS")
        #expect(try bench.accept(.numbered(1), at: 1, from: "SCANNER") == .duplicate)
        #expect(try archive.isFetched(study: study), "while it is being fetched")
        try archive.endFetching(study: study, now: Bench.moment(2))
        _ = try close(ReadingPlan(notReadReason: "previous"), at: 100)
        #expect(try bench.accept(.numbered(1), at: 110, from: "PACS") == .duplicate)
        #expect(try archive.isFetched(study: study))
        #expect(try bench.accept(.numbered(1), at: 120, from: "SCANNER") == .duplicate)
        #expect(try !archive.isFetched(study: study))
        guard case .revision(let revision) = try close(ReadingPlan(destinations: []), at: 200) else {
            Issue.record("not closed anew")
            return
        }
        #expect(revision.number == 2 && revision.instanceCount == 1)
        #expect(try archive.claimNextJob(kinds: [.read], now: Bench.moment(200))?.revision == 2)
    }

    @Test func whatWasBeingFetchedWhenTheProcessEndedIsNoMoreThanBegun() throws {
        try bench.archive.beginFetching(study: study, now: Bench.moment(0))
        try bench.accept(.numbered(1), at: 1)
        try bench.archive.endInterruptedFetching(now: Bench.moment(5))
        #expect(try bench.archive.isFetched(study: study), "what has come was fetched")
        try bench.accept(.numbered(2), at: 6)
        #expect(try !bench.archive.isFetched(study: study))
    }

    @Test func aStudyThatWasThereBeforeIsNotFetched() throws {
        try bench.accept(.numbered(1), at: 0)
        try bench.archive.beginFetching(study: study, now: Bench.moment(1))
        #expect(try !bench.archive.isFetched(study: study))
    }

    // MARK: Retention

    @Test func ordersAndMarksGoWithTheirStudy() throws {
        try bench.archive.beginFetching(study: study, now: Bench.moment(0))
        try bench.accept(.numbered(1), at: 1)
        _ = try order([.ct])
        let close = try #require(try bench.archive.claimNextJob(kinds: [.close], now: Bench.moment(100)))
        _ = try bench.archive.closeStudy(
            close, signal: "quiet", plan: ReadingPlan(notReadReason: "previous"), now: Bench.moment(100))
        #expect(try bench.archive.remove(.inputs, ofStudy: study) == nil, "something is still to be fetched for it")
        let job = try #require(try bench.archive.claimNextJob(kinds: [.fetch], now: Bench.moment(100)))
        try bench.archive.fail(job, reason: "gone", retryAt: nil)
        #expect(try bench.archive.remove(.inputs, ofStudy: study) != nil, "what could not be fetched holds nothing")
        #expect(try !bench.archive.isFetched(study: study))
        #expect(try bench.archive.counts().jobs.isEmpty)
    }

    // MARK: Schema

    @Test func anOrderNeedsASourceAndADetail() throws {
        try bench.accept(Slice())
        _ = try order([.ct])
        bench.release()
        let index = try DatabaseQueue(path: bench.directory + "/index.sqlite")
        for statement in [
            "UPDATE job SET destination = NULL WHERE kind = 'fetch'",
            "UPDATE job SET detail = NULL WHERE kind = 'fetch'",
            """
            INSERT INTO job (kind, state, study, destination, due, attempt, max_attempts, detail, created_at)
            SELECT kind, 'done', study, destination, due, attempt, max_attempts, detail, created_at FROM job
            WHERE kind = 'fetch'
            """,
        ] {
            #expect(throws: DatabaseError.self, "\(statement)") { try index.write { try $0.execute(sql: statement) } }
        }
    }

    /// The table of jobs is made anew for it; nothing of an older index is lost.
    @Test func anOlderIndexKeepsItsJobsAndWhatRefersToThem() throws {
        let index = try DatabaseQueue()
        try Schema.migrator.migrate(index, upTo: "7: storage commitment of results")
        try index.write { database in
            try database.execute(
                sql: """
                    INSERT INTO patient VALUES (1, 'P', '', '', '', '', '', '', '');
                    INSERT INTO study (id, patient, study_instance_uid, study_date, study_time, accession_number, study_id,
                        study_description, referring_physician_name, first_received_at)
                        VALUES (1, 1, '1.2', '', '', '', '', '', '', 0);
                    INSERT INTO study_revision (id, study, number, closed_at, closing_signal) VALUES (1, 1, 1, 0, 'x');
                    INSERT INTO result (id, revision, kind, sop_instance_uid, sop_class_uid, digest, file_extension, size,
                        created_at) VALUES (1, 1, 'report', '1.3', '1.4', printf('%064d', 0), 'dcm', 1, 0);
                    INSERT INTO job (id, kind, state, study, revision, result, destination, due, attempt, max_attempts,
                        created_at, since) VALUES (7, 'deliver', 'waiting', 1, 1, 1, 'pacs', 1, 2, 3, 4, 5);
                    INSERT INTO delivery_sent VALUES (7, 6);
                    """)
        }
        try Schema.migrator.migrate(index)
        try index.write { database in
            let job = try #require(try Row.fetchOne(database, sql: "SELECT * FROM job"))
            let (id, attempt): (Int, Int) = (job["id"], job["attempt"])
            let (destination, since): (String, Double) = (job["destination"], job["since"])
            #expect(id == 7 && attempt == 2)
            #expect(destination == "pacs" && since == 5)
            #expect(try Int.fetchOne(database, sql: "SELECT job FROM delivery_sent") == 7)
            #expect(try String.fetchOne(database, sql: "SELECT status FROM study_status") == "delivering")
            try database.execute(sql: "DELETE FROM job WHERE id = 7")
            #expect(
                try Int.fetchOne(database, sql: "SELECT count(*) FROM delivery_sent") == 0, "it refers to jobs still")
        }
    }
}
