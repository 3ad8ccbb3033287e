import Archive
import DICOM
import Foundation
import Testing

/// Which objects go where, and the report on a study that was declined.
@Suite struct ReportObjectTests {
    private static let all = """
        objects = ["structured-report", "segmentation", "structure-set", "secondary-capture", "encapsulated-pdf", "key-objects"]
        """

    @Test func eachDestinationGetsTheObjectsThatItNames() throws {
        let study = try Material.whole
        let (storescp, orthanc) = (try StoreSCP(), try Orthanc())
        try storescp.start()
        var (pictures, everything) = (storescp.destination, orthanc.destination)
        pictures.lines = ["objects = [\"secondary-capture\"]"]
        everything.lines.append(Self.all)
        let node = try ServedNode(
            .init(
                destinations: [pictures, everything], sections: ["[report]", "first_series_number = 501"]))
        try node.send(study.files)
        try node.waitUntilDone(study.uid, seconds: 120)
        let results = try node.objects(of: study.uid)
        #expect(results.map(\.kind) == ["capture", "document", "keys", "report", "segmentation", "structures"])
        for result in results {
            let expected = result.kind == "capture" ? ["orthanc", "storescp"] : ["orthanc"]
            #expect(result.deliveredTo == expected, "\(result.kind)")
        }
        #expect(
            Set(try storescp.arrivals().keys) == Set(results.filter { $0.kind == "capture" }.map { $0.sopInstanceUID! })
        )
        let listing = try Scratch("listing")
        let listed = try orthanc.instances(of: study.uid, into: listing)
        #expect(Set(listed.keys) == Set(results.map { $0.sopInstanceUID! }))
        for result in results {
            let ours = try DICOMFile(path: result.path).dataSet
            #expect(try DICOMFile(path: try #require(listed[result.sopInstanceUID!])).dataSet == ours, "\(result.kind)")
            #expect((501...506).contains(ours.integer(.seriesNumber) ?? 0))
        }
    }

    @Test func aDeclinedStudyIsReportedToThoseWhoWantIt() throws {
        let folder = try Scratch("declined")
        let study = try Material.edited(try Material.pelvis, named: "declined", in: folder.path, slices: 40) {
            if $0.string(.modality) == "PT" { $0.remove(.patientWeight) }
        }
        let (one, two) = (try StoreSCP(), try StoreSCP())
        try one.start()
        try two.start()
        let node = try ServedNode(
            .init(
                destinations: [
                    .init(name: "one", aeTitle: StoreSCP.aeTitle, port: one.port, lines: ["declined_reports = true"]),
                    .init(name: "two", aeTitle: StoreSCP.aeTitle, port: two.port),
                ]))
        try node.send(study.files)
        let declined = try node.waitForStudy(study.uid) { $0.status == .declined }
        #expect(declined.reason?.contains("eight") == true, "\(declined.reason ?? "")")
        let result = try wait(for: "the report at the PACS", seconds: 60) {
            try node.objects(of: study.uid).first { $0.deliveredTo == ["one"] }
        }
        #expect(result.kind == "report")
        #expect(try node.objects(of: study.uid).count == 1)
        let arrivals = try one.arrivals()
        let file = try #require(arrivals[result.sopInstanceUID!]?.first)
        #expect(arrivals.count == 1)
        #expect(try two.arrivals().isEmpty)
        let dump = try Child.run("dsrdump", ["-Dv", "+Pl", file])
        #expect(dump.status == 0 && dump.output.contains("[no-weight]"), "\(dump)")
        let arrived = try DICOMFile(path: file).dataSet
        #expect(arrived.uid(.studyInstanceUID) == study.uid)
        #expect(try node.look { try $0.study(study.uid)?.status } == .declined)
    }

    @Test func nobodyIsToldOfADeclinedStudyUnasked() throws {
        let folder = try Scratch("declined")
        let study = try Material.edited(try Material.pelvis, named: "declined", in: folder.path, slices: 40) {
            if $0.string(.modality) == "PT" { $0.remove(.patientWeight) }
        }
        let storescp = try StoreSCP()
        try storescp.start()
        let node = try ServedNode(.init(destinations: [storescp.destination]))
        try node.send(study.files)
        try node.waitForStudy(study.uid) { $0.status == .declined }
        #expect(try node.objects(of: study.uid).isEmpty)
        #expect(try node.look { try $0.jobs(kinds: [.deliver]) }.isEmpty)
    }

    // MARK: Read twice

    /// A node that makes every kind of object, for nobody.
    private func maker() throws -> ServedNode {
        let port = try freePort()
        return try ServedNode(
            .init(
                destinations: [
                    .init(
                        name: "away", aeTitle: "AWAY", port: port,
                        lines: [
                            """
                            objects = ["structured-report", "segmentation", "structure-set", "secondary-capture",
                                "encapsulated-pdf", "key-objects", "structure-set-on-ct"]
                            """
                        ])
                ]))
    }

    /// What a node has made of a study, by kind: objects without the times of their making, other files as digests.
    private func made(of study: Study, by node: ServedNode) throws -> (objects: [String: DataSet], files: Set<String>) {
        try node.waitForStudy(study.uid) { [.delivering, .undelivered].contains($0.status) }
        let results = try node.look { try $0.results(ofStudy: study.uid) }
        let objects = results.filter { $0.sopInstanceUID != nil }
        return (
            try Dictionary(
                uniqueKeysWithValues: objects.map {
                    ($0.kind, try DICOMFile(path: $0.path).dataSet.withoutTimesOfMaking)
                }), Set(results.filter { $0.sopInstanceUID == nil }.map { "\($0.kind) \($0.digest)" })
        )
    }

    /// By another node, which gets the images in another order, and by the same one when nothing is left of the first time.
    @Test func aStudyReadTwiceGivesTheSameBytesButForTheStatedTimes() throws {
        let study = try Material.whole
        let (one, other) = (try maker(), try maker())
        try one.send(study.files)
        let first = try made(of: study, by: one)
        #expect(first.objects.count == 7 && first.files.count == 2)
        try other.send(study.files.reversed())
        let second = try made(of: study, by: other)
        #expect(differing(second.objects, first.objects) == [] && second.files == first.files)

        one.kill()
        try forget(study, in: one.stateDirectory)
        try one.restart()
        try one.send(study.files)
        let again = try made(of: study, by: one)
        #expect(differing(again.objects, first.objects) == [] && again.files == first.files)
    }

    /// The kinds of object, and their attributes, in which two readings differ.
    private func differing(_ some: [String: DataSet], _ others: [String: DataSet]) -> [String] {
        Set(some.keys).union(others.keys).sorted().flatMap { kind in
            let (one, other) = (some[kind] ?? DataSet(), others[kind] ?? DataSet())
            let tags = Set((one.elements + other.elements).map(\.tag))
            return tags.filter { one[$0] != other[$0] }.map { "\(kind) \($0)" }
        }
    }

    /// Removes everything that a node which is not running has of a study.
    private func forget(_ study: Study, in directory: String) throws {
        let archive = try Archive.open(directory: directory)
        defer { try? archive.close() }
        for job in try archive.jobs(kinds: [.deliver]) {
            _ = try archive.cancel(jobID: job.id, reason: "nobody takes it")
        }
        for kind in [RetainedKind.results, .inputs] {
            for file in try #require(try archive.remove(kind, ofStudy: study.uid)).files { try archive.discard(file) }
        }
        #expect(try archive.study(study.uid) == nil)
    }
}

extension DataSet {
    /// The same without what docs/results.md says may differ when a study is read again.
    fileprivate var withoutTimesOfMaking: DataSet {
        var result = self
        for attribute: Attribute in [
            .instanceCreationDate, .instanceCreationTime, .seriesDate, .seriesTime, .contentDate, .contentTime,
            .structureSetDate, .structureSetTime, .dateOfSecondaryCapture, .timeOfSecondaryCapture,
        ] { result.remove(attribute) }
        var equipment = items(.contributingEquipmentSequence)
        for index in equipment.indices { equipment[index].remove(.contributionDateTime) }
        result.set(.contributingEquipmentSequence, equipment)
        return result
    }
}
