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
}
