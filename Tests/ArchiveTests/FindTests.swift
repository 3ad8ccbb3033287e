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
            }
        }
        try index.close()
        try bench.reopen()
        let found = try find(bench, "STUDY", [(.studyID, ""), (.studyDate, "2024.01.01")])
        #expect(found.map { $0.values[.studyID] } == (1...1200).reversed().map { ["S\($0)"] })
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
