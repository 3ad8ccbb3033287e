import Archive
import DICOM
import Foundation
import GRDB
import Testing

@Suite struct IndexQueryTests {
    private func identifier(_ level: String, _ keys: [(Attribute, String)]) -> DataSet {
        var identifier = DataSet()
        identifier.set(.queryRetrieveLevel, level)
        for (attribute, value) in keys { identifier.set(attribute, value) }
        return identifier
    }

    private func find(_ bench: Bench, _ level: String, _ keys: [(Attribute, String)]) throws -> [IndexMatch] {
        var found: [IndexMatch] = []
        try bench.archive.find(IndexQuery(finding: identifier(level, keys), top: .study)) {
            found.append($0)
            return true
        }
        return found
    }

    /// A report of the study, as a reading leaves it.
    private func result(_ bench: Bench, _ study: String) throws -> IncomingResult {
        let path = bench.archive.incomingPath()
        var data = DataSet()
        data.set(.sopClassUID, UID.comprehensive3DSRStorage)
        data.set(.sopInstanceUID, study + ".9.1")
        data.set(.studyInstanceUID, study)
        data.set(.seriesInstanceUID, study + ".9")
        data.set(.modality, "SR")
        data.set(.seriesDescription, "Findings")
        data.set(.instanceNumber, 1)
        try data.write(to: path)
        return IncomingResult(
            kind: "report", path: path, sopClassUID: .comprehensive3DSRStorage, sopInstanceUID: UID(study + ".9.1")!)
    }

    /// SQLite takes no condition deeper than a thousand.
    @Test(arguments: [
        (Attribute.patientID, "P1"), (.patientName, "Test^Patient"), (.modalitiesInStudy, "PT"),
        (.studyDate, "20240102"),
    ])
    func anyOfManyValues(attribute: Attribute, value: String) throws {
        let bench = try Bench()
        try bench.accept(.numbered(1))
        let others = (0..<4000).map { attribute == .studyDate ? String(19_000_101 + $0 % 28) : "X\($0)" }
        func found(_ values: [String]) throws -> Int {
            try find(bench, "STUDY", [(attribute, values.joined(separator: "\\"))]).count
        }
        #expect(try found(others) == 0)
        #expect(try found(others + [value]) == 1)
    }

    @Test func resultsAreFoundAndRetrievedBesideWhatWasReceived() throws {
        let bench = try Bench()
        let study = Slice().study
        try bench.accept(.numbered(1))
        let read = try bench.closedStudy()
        let report = try result(bench, study)
        _ = try bench.archive.commitReading(read, results: [report], destinations: [], now: Bench.moment(100))

        let all = try find(
            bench, "STUDY",
            [
                (.studyInstanceUID, study), (.modalitiesInStudy, "SR"), (.numberOfStudyRelatedSeries, ""),
                (.numberOfStudyRelatedInstances, ""),
            ])
        #expect(all.map { $0.values[.modalitiesInStudy] } == [["PT", "SR"]])
        #expect(all.map { $0.values[.numberOfStudyRelatedSeries] } == [["2"]])
        #expect(all.map { $0.values[.numberOfStudyRelatedInstances] } == [["2"]])
        let series = try find(
            bench, "SERIES",
            [
                (.studyInstanceUID, study), (.modality, ""), (.seriesDescription, ""),
                (.numberOfSeriesRelatedInstances, ""),
            ])
        #expect(series.map { $0.values[.modality] } == [["PT"], ["SR"]])
        #expect(series.map { $0.values[.seriesDescription] } == [[], ["Findings"]])
        #expect(series.map { $0.values[.numberOfSeriesRelatedInstances] } == [["1"], ["1"]])
        let images = try find(
            bench, "IMAGE",
            [(.studyInstanceUID, study), (.seriesInstanceUID, study + ".9"), (.sopInstanceUID, "")])
        #expect(images.map { $0.values[.sopInstanceUID] } == [[study + ".9.1"]])

        let query = try IndexQuery(retrieving: identifier("STUDY", [(.studyInstanceUID, study)]), top: .study)
        let held = try bench.archive.heldInstances(query)
        #expect(held.map(\.sopInstanceUID.description) == [study + ".1.1", study + ".9.1"])
        #expect(held.allSatisfy { FileManager.default.fileExists(atPath: $0.path) })
        // What was received is all that a reading sees.
        #expect(try bench.archive.instances(ofStudy: UID(study)!).count == 1)
    }

    /// More than one piece of the index, without a gap or a repetition.
    @Test func everyMatchComesOnceNewestFirst() throws {
        let bench = try Bench()
        bench.release()
        let index = try DatabaseQueue(path: bench.directory + "/index.sqlite")
        try index.write { database in
            try database.execute(sql: "INSERT INTO patient VALUES (1, 'P', '', '', '', '', '', '', '')")
            for number in 1...1200 {
                try database.execute(
                    sql: "INSERT INTO study VALUES (?, 1, ?, '20240101', '', '', ?, '', '', 0, '', '', '')",
                    arguments: [number, "1.2.\(number)", "S\(number)"])
                try database.execute(
                    sql: """
                        INSERT INTO series VALUES (:number, :number, :uid || '.1', 'PT', 1, '', '', '', '', '', '', '', '');
                        INSERT INTO instance (series, sop_instance_uid, sop_class_uid, transfer_syntax_uid, digest, size,
                            received_at, source_ae_title, image_type, image_position_patient,
                            image_orientation_patient, frame_of_reference_uid, series_type)
                            VALUES (:number, :uid || '.1.1', '1.2.3', '1.2', printf('%064d', :number), 1, 0, '', '', '',
                            '', '', '')
                        """, arguments: ["number": number, "uid": "1.2.\(number)"])
            }
        }
        try index.close()
        try bench.reopen()
        let found = try find(bench, "STUDY", [(.studyID, ""), (.studyDate, "2024.01.01")])
        #expect(found.map { $0.values[.studyID] } == (1...1200).reversed().map { ["S\($0)"] })
    }

    // MARK: Rejected and withdrawn

    private func reject(_ bench: Bench, _ instances: [String]) throws {
        try bench.archive.reject(
            RejectionNote(
                sopInstanceUID: UID.derived(from: instances), title: .quality,
                instances: instances.compactMap { UID($0) }), now: Bench.moment(50))
    }

    /// What a query at STUDY level says of the only study: its modalities and its counts of series and instances.
    private func told(_ bench: Bench) throws -> [[String]] {
        try find(
            bench, "STUDY",
            [(.modalitiesInStudy, ""), (.numberOfStudyRelatedSeries, ""), (.numberOfStudyRelatedInstances, "")]
        ).map { match in
            [Attribute.modalitiesInStudy, .numberOfStudyRelatedSeries, .numberOfStudyRelatedInstances].map {
                match.values[$0, default: []].joined(separator: "+")
            }
        }
    }

    @Test func rejectedInstancesAreNotShown() throws {
        let bench = try Bench()
        for number in 1...3 { try bench.accept(.numbered(number)) }
        try bench.accept(Slice(series: "1.2.1.2", instance: "1.2.1.2.1"))
        #expect(try told(bench) == [["PT", "2", "4"]])
        try reject(bench, ["1.2.1.1.1", "1.2.1.2.1"])
        #expect(try told(bench) == [["PT", "1", "2"]])
        let series = try find(
            bench, "SERIES", [(.studyInstanceUID, "1.2.1"), (.numberOfSeriesRelatedInstances, "")])
        #expect(series.map { $0.values[.numberOfSeriesRelatedInstances] } == [["2"]])
        let images = try find(
            bench, "IMAGE",
            [(.studyInstanceUID, "1.2.1"), (.seriesInstanceUID, "1.2.1.1"), (.sopInstanceUID, "")])
        #expect(images.map { $0.values[.sopInstanceUID] } == [["1.2.1.1.2"], ["1.2.1.1.3"]])
        let query = try IndexQuery(retrieving: identifier("STUDY", [(.studyInstanceUID, "1.2.1")]), top: .study)
        #expect(try bench.archive.heldInstances(query).map(\.sopInstanceUID.description) == ["1.2.1.1.2", "1.2.1.1.3"])
        // Kept all the same, and known when they are sent again.
        #expect(try bench.archive.instances(ofStudy: UID("1.2.1")!).count == 4)
        #expect(try bench.accept(.numbered(1)) == .duplicate)
        // What comes after the note is not shown either.
        try reject(bench, ["1.2.1.1.4"])
        try bench.accept(.numbered(4))
        #expect(try told(bench) == [["PT", "1", "2"]])
    }

    @Test func aStudyOfRejectedInstancesIsFoundByItsNoteAlone() throws {
        let bench = try Bench()
        try bench.accept(.numbered(1))
        try reject(bench, ["1.2.1.1.1"])
        #expect(try told(bench).isEmpty)
        #expect(try find(bench, "STUDY", [(.modalitiesInStudy, "PT")]).isEmpty)
        let patients = try IndexQuery(finding: identifier("PATIENT", [(.patientID, "P1")]), top: .patient)
        var found = 0
        try bench.archive.find(patients) { _ in
            found += 1
            return true
        }
        #expect(found == 0)
        try bench.accept(
            Slice(series: "1.2.1.8", instance: "1.2.1.8.1", sopClass: .keyObjectSelectionDocumentStorage))
        #expect(try told(bench) == [["PT", "1", "1"]])
    }

    @Test func withdrawnResultsAreNotShownAndTheirNoteIs() throws {
        let bench = try Bench()
        try bench.accept(.numbered(1))
        let read = try bench.closedStudy()
        _ = try bench.archive.commitReading(
            read, results: [bench.dicomResult("1.2.1.9.1")], destinations: [], now: Bench.moment(110))
        let made = try bench.archive.results(ofStudy: UID("1.2.1")!)
        let note = IncomingResult(
            kind: Archive.withdrawal, path: try bench.dicomResult("1.2.1.9.9").path,
            sopClassUID: .keyObjectSelectionDocumentStorage, sopInstanceUID: UID("1.2.1.9.9")!)
        _ = try bench.archive.withdraw(made, by: note, reason: "rejected", now: Bench.moment(300))
        let images = try find(
            bench, "IMAGE",
            [(.studyInstanceUID, "1.2.1"), (.seriesInstanceUID, "1.2.1.9"), (.sopInstanceUID, "")])
        #expect(images.map { $0.values[.sopInstanceUID] } == [["1.2.1.9.9"]])
        #expect(try told(bench) == [["PT", "2", "2"]])
    }

    /// What is written down for queries agrees with what follows from the notes, whatever happens in whatever order.
    @Test(arguments: 0..<20) func whatIsHiddenFollowsFromTheNotes(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let bench = try Bench()
        for step in 1...30 {
            let number = Int.random(in: 1...6, using: &generator)
            if Bool.random(using: &generator) {
                try bench.accept(.numbered(number), at: Double(step))
            } else {
                try bench.archive.reject(
                    RejectionNote(
                        sopInstanceUID: UID("1.2.7.\(step)")!,
                        title: Bool.random(using: &generator) ? .quality : .retentionExpired,
                        instances: [UID("1.2.1.1.\(number)")!]), now: Bench.moment(Double(step)))
            }
        }
        bench.release()
        let index = try DatabaseQueue(path: bench.directory + "/index.sqlite")
        let different = try index.read { database in
            try Int.fetchOne(
                database,
                sql: """
                    SELECT count(*) FROM instance
                    WHERE is_rejected <> (id IN (SELECT instance FROM rejected_instance))
                    """)
        }
        #expect(different == 0)
        try index.close()
    }

    /// Thousands of studies are looked up by date in an index, and whether one is shown is a look into another.
    @Test func whatIsShownCostsNoScan() throws {
        let bench = try Bench()
        let query = try IndexQuery(
            finding: identifier("STUDY", [(.studyDate, "20240102"), (.numberOfStudyRelatedInstances, "")]), top: .study)
        let plan = try bench.archive.plan(of: query)
        #expect(plan.contains { $0.contains("SEARCH study USING COVERING INDEX study_study_date") }, "\(plan)")
        #expect(plan.contains { $0.contains("SEARCH i USING COVERING INDEX instance_series") }, "\(plan)")
        #expect(!plan.contains { $0.hasPrefix("SCAN") && !$0.hasSuffix("CONSTANT ROW") }, "\(plan)")
    }

    /// An index of before there were queries and commitments keeps what it has, and answers.
    @Test func theFirstSchemaIsBroughtUp() throws {
        let bench = try Bench()
        bench.release()
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: bench.directory + "/index.sqlite" + suffix)
        }
        let index = try DatabaseQueue(path: bench.directory + "/index.sqlite")
        try Schema.migrator.migrate(index, upTo: "1: instances, revisions, jobs, results")
        try index.write { database in
            try database.execute(
                sql: """
                    INSERT INTO patient VALUES (1, 'P1', '', 'Müller^Jörg', '', '');
                    INSERT INTO study VALUES (1, 1, '1.2.1', '20240102', '', 'A1', '', '', 'Who^Doctor', 0);
                    INSERT INTO series VALUES (1, 1, '1.2.1.1', 'PT', 1, '', '', '', '', '', '', '', '');
                    INSERT INTO instance (series, sop_instance_uid, sop_class_uid, transfer_syntax_uid, digest, size,
                        received_at, source_ae_title, image_type, image_position_patient, image_orientation_patient,
                        frame_of_reference_uid, series_type)
                        VALUES (1, '1.2.1.1.1', '1.2.3', '1.2', printf('%064d', 1), 1, 0, '', '', '', '', '', '');
                    INSERT INTO study_revision VALUES (1, 1, 1, 0, 'quiet');
                    INSERT INTO job VALUES (1, 'close', 'done', 1, NULL, NULL, NULL, 0, 1, 5, NULL, NULL, 0);
                    INSERT INTO job VALUES (2, 'read', 'running', 1, 1, NULL, NULL, 0, 1, 3, NULL, 'noted', 0);
                    """)
        }
        try index.close()
        try bench.reopen()
        let jobs = try bench.archive.jobs()
        #expect(jobs.map(\.kind) == [.close, .read])
        #expect(jobs.map(\.progress.state) == [.done, .waiting])
        #expect(jobs.map(\.detail) == [nil, "noted"])
        #expect(jobs.map(\.studyInstanceUID?.description) == ["1.2.1", "1.2.1"])
        #expect(try bench.archive.studies().map(\.status) == [.queued])
        for (attribute, name) in [(Attribute.patientName, "MÜLLER^*"), (.referringPhysicianName, "who^doctor")] {
            #expect(try find(bench, "STUDY", [(.specificCharacterSet, "ISO_IR 192"), (attribute, name)]).count == 1)
        }
    }
}
