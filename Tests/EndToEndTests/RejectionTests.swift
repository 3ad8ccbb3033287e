import Archive
import DICOM
import Foundation
import Testing

/// Studies that are amended or rejected, and comparisons, by the whole node.
@Suite struct RejectionTests {
    /// A PACS, and a node that delivers to it.
    private func line() throws -> (pacs: StoreSCP, node: ServedNode) {
        let pacs = try StoreSCP()
        try pacs.start()
        return (pacs, try ServedNode(.init(destinations: [pacs.destination])))
    }

    /// A rejection note for files of one study.
    private func note(_ title: RejectionNote.Title, for files: [String], in folder: Scratch) throws -> String {
        let headers = try files.map { try DICOMFile(path: $0, extent: .header).dataSet }
        let path = "\(folder.path)/\(UUID().uuidString).dcm"
        var document = DataSet()
        document.copy(
            [.patientName, .patientID, .patientBirthDate, .patientSex, .studyInstanceUID, .studyDate, .studyTime],
            from: headers[0])
        document.set(.sopClassUID, .keyObjectSelectionDocumentStorage)
        document.set(.sopInstanceUID, UID.derived(from: [path]))
        document.set(.seriesInstanceUID, UID.derived(from: [path, "series"]))
        document.set(.modality, "KO")
        document.set(.conceptNameCodeSequence, title.code)
        let series = Dictionary(grouping: headers) { $0.uid(.seriesInstanceUID)! }.map { uid, members in
            var item = DataSet()
            item.set(.seriesInstanceUID, uid)
            item.set(
                .referencedSOPSequence,
                members.map { member in
                    var reference = DataSet()
                    reference.set(.referencedSOPClassUID, member.uid(.sopClassUID)!)
                    reference.set(.referencedSOPInstanceUID, member.uid(.sopInstanceUID)!)
                    return reference
                })
            return item
        }
        var evidence = DataSet()
        evidence.copy([.studyInstanceUID], from: headers[0])
        evidence.set(.referencedSeriesSequence, series)
        document.set(.currentRequestedProcedureEvidenceSequence, [evidence])
        try document.write(to: path)
        return path
    }

    /// The rejection notes that have come to a PACS.
    private func notes(at pacs: StoreSCP) throws -> [RejectionNote] {
        try pacs.arrivals().values.flatMap { $0 }.compactMap { RejectionNote(try DICOMFile(path: $0).dataSet) }
    }

    /// The same PET under other UIDs, of the same study: reconstructed anew.
    private func anew(_ study: Study, in folder: Scratch) throws -> [String] {
        try study.pet.enumerated().map { index, file in
            var data = try DICOMFile(path: file).dataSet
            for attribute in [Attribute.seriesInstanceUID, .sopInstanceUID] {
                data.set(attribute, UID.derived(from: ["anew", data.uid(attribute)!.description]))
            }
            let path = String(format: "%@/anew%04d.dcm", folder.path, index)
            try data.write(to: path)
            return path
        }
    }

    @Test func resultsOfARejectedPETAreWithdrawnAndItsReplacementIsRead() throws {
        let study = try Material.pelvis
        let (pacs, node) = try line()
        try node.send(study.files)
        try node.waitUntilDone(study.uid)
        let delivered = try node.objects(of: study.uid).compactMap(\.sopInstanceUID)
        #expect(!delivered.isEmpty)

        let folder = try Scratch("notes")
        try node.send([try note(.quality, for: study.pet, in: folder)])
        let found = try wait(for: "the note at the PACS", seconds: 60) { try notes(at: pacs).first }
        #expect(found.title == .quality)
        #expect(Set(found.instances) == Set(delivered))
        try node.waitForStudy(study.uid) { $0.status == .declined }

        try node.send(try anew(study, in: folder))
        try node.waitForStudy(study.uid) { $0.status == .done && ($0.revision ?? 0) >= 3 }
        let again = try node.objects(of: study.uid).filter { !$0.isWithdrawn && $0.kind == "report" }
        #expect(again.count == 1)
        #expect(again[0].deliveredTo == ["storescp"])
        let report = try DICOMFile(path: again[0].path).dataSet
        #expect(report.items(.predecessorDocumentsSequence).isEmpty, "nothing replaces what was withdrawn")
        #expect(try notes(at: pacs).count == 1)
    }

    @Test func aRejectionCancelsWhatWaits() throws {
        let study = try Material.pelvis
        let port = try freePort()
        // Nobody listens there: every delivery waits.
        let node = try ServedNode(
            .init(destinations: [.init(name: "away", aeTitle: "AWAY", port: port)]))
        try node.send(study.files)
        try node.waitForStudy(study.uid) { $0.status == .delivering }
        let folder = try Scratch("notes")
        try node.send([try note(.patientSafety, for: study.pet, in: folder)])
        try node.waitForStudy(study.uid) { $0.status == .declined }
        try node.look { archive in
            let own = try archive.results(ofStudy: study.uid).filter { $0.kind == "report" }
            #expect(own.map(\.isWithdrawn) == [true])
            let deliveries = try archive.jobs(kinds: [.deliver]).filter { $0.resultID == own[0].id }
            #expect(deliveries.map(\.progress.state) == [.cancelled])
        }
        // A barred image does not come back: the one that was known is a duplicate, another is set aside.
        let stranger = try note(.patientSafety, for: try Material.whole.pet, in: folder)
        try node.send([stranger])
        try wait(until: "the note to be read") {
            try node.look { try $0.unreadNotes(ofStudy: try Material.whole.uid).isEmpty }
        }
        #expect(throws: Unmet.self) { try node.send([try Material.whole.pet[0]]) }
    }

    @Test func aStudyIsReadAnewWhenTheOneItWasComparedWithIsRejected() throws {
        let study = try Material.pelvis
        let folder = try Scratch("notes")
        let earlier = try Material.earlier(than: study, in: folder.path)
        let (pacs, node) = try line()
        for each in [earlier, study] {
            try node.send(each.files)
            try node.waitUntilDone(each.uid)
        }
        try node.send([try note(.quality, for: earlier.pet, in: folder)])
        try node.waitUntilDone(study.uid, revision: 2)
        let results = try node.look { try $0.results(ofStudy: study.uid) }
        let readings = results.filter { $0.kind == "reading" }
        #expect(try readings.map { try ComparedReading($0.path).comparison != nil } == [true, false])
        let reports = results.filter { $0.kind == "report" }
        #expect(reports.map(\.revision) == [1, 2])
        #expect(reports.map(\.isWithdrawn) == [false, false])
        let arrived = try #require(try pacs.arrivals()[reports[1].sopInstanceUID!]?.first)
        let report = try DICOMFile(path: arrived).dataSet
        #expect(predecessors(of: report) == [reports[0].sopInstanceUID!])
        #expect(report.items(.pertinentOtherEvidenceSequence).isEmpty)
        let words = report.items(.contentSequence).flatMap { $0.items(.contentSequence) }.compactMap {
            $0.string(.textValue)
        }
        #expect(words.contains { $0.hasPrefix("Not compared with the study of ") && $0.hasSuffix("were rejected.") })
        // A second note about the same study concerns nobody any more.
        try node.send([try note(.quality, for: earlier.ct, in: folder)])
        try wait(until: "the note to be read") { try node.look { try $0.unreadNotes(ofStudy: earlier.uid).isEmpty } }
        try node.waitForStudy(earlier.uid) { $0.status != .receiving }
        #expect(try node.look { try $0.revisions(ofStudy: study.uid).count } == 2)

        // Its PET is made anew: there is something to compare with again.
        try node.send(try anew(earlier, in: folder))
        try node.waitUntilDone(study.uid, revision: 3)
        let third = try node.look { try $0.results(ofStudy: study.uid) }.filter { $0.revision == 3 }
        let reading = try #require(third.first { $0.kind == "reading" })
        #expect(try ComparedReading(reading.path).comparison?.earlierStudyInstanceUID == earlier.uid.description)
        let amended = try #require(third.first { $0.kind == "report" }?.sopInstanceUID)
        let sent = try wait(for: "the third report", seconds: 60) { try pacs.arrivals()[amended]?.first }
        #expect(predecessors(of: try DICOMFile(path: sent).dataSet) == [reports[1].sopInstanceUID!])
    }

    /// Retention has taken the images of an earlier study; what was made of them stands, and was compared with.
    @Test func whatIsLeftOfImagesThatAreGoneIsRejectedWithThem() throws {
        let study = try Material.pelvis
        let folder = try Scratch("notes")
        let earlier = try Material.earlier(than: study, in: folder.path)
        let (pacs, node) = try line()
        for each in [earlier, study] {
            try node.send(each.files)
            try node.waitUntilDone(each.uid)
        }
        node.kill()
        try removeImages(of: earlier, in: node.stateDirectory)
        try node.restart()
        try node.send([try note(.patientSafety, for: earlier.pet, in: folder)])
        let found = try wait(for: "the note at the PACS", seconds: 60) { try notes(at: pacs).first }
        #expect(found.title == .patientSafety)
        let results = try node.objects(of: earlier.uid).filter { $0.kind != Archive.withdrawal }
        #expect(results.allSatisfy(\.isWithdrawn) && Set(found.instances) == Set(results.compactMap(\.sopInstanceUID)))
        try node.waitUntilDone(study.uid, revision: 2)
        let readings = try node.look { try $0.results(ofStudy: study.uid) }.filter { $0.kind == "reading" }
        #expect(try readings.map { try ComparedReading($0.path).comparison != nil } == [true, false])
    }

    private func removeImages(of study: Study, in directory: String) throws {
        let archive = try Archive.open(directory: directory)
        defer { try? archive.close() }
        for file in try #require(try archive.remove(.inputs, ofStudy: study.uid)).files { try archive.discard(file) }
    }

    @Test func anAmendedReportNamesTheOneItReplaces() throws {
        let study = try Material.pelvis
        let (pacs, node) = try line()
        try node.send(study.pet)
        try node.waitUntilDone(study.uid)
        try node.send(study.ct)
        try node.waitUntilDone(study.uid, revision: 2)
        let reports = try node.look { try $0.results(ofStudy: study.uid) }.filter { $0.kind == "report" }
        #expect(reports.map(\.revision) == [1, 2])
        let arrived = try #require(try pacs.arrivals()[reports[1].sopInstanceUID!]?.first)
        #expect(predecessors(of: try DICOMFile(path: arrived).dataSet) == [reports[0].sopInstanceUID!])
    }

    /// The documents that a report replaces.
    private func predecessors(of report: DataSet) -> [UID] {
        report.items(.predecessorDocumentsSequence).flatMap { $0.items(.referencedSeriesSequence) }
            .flatMap { $0.items(.referencedSOPSequence) }.compactMap { $0.uid(.referencedSOPInstanceUID) }
    }
}
