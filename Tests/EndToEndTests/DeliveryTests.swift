import DICOM
import Foundation
import Testing

/// A study from other makers' senders through the node to other makers' archives.
@Suite struct DeliveryTests {
    /// Programs that send a study, each in its manner.
    enum Sender: String, CaseIterable {
        case storescu, dcmsend, pynetdicom

        func send(_ study: Study, to node: ServedNode) throws {
            let titles = ["-aet", ServedNode.sender, "-aec", ServedNode.aeTitle]
            let runs =
                switch self {
                case .storescu:
                    [study.petFolder, study.ctFolder].map {
                        ("storescu", titles + ["+sd", "127.0.0.1", String(node.port), $0])
                    }
                case .dcmsend:
                    [
                        (
                            "dcmsend",
                            titles + ["+sd", "+r", "127.0.0.1", String(node.port), study.petFolder, study.ctFolder]
                        )
                    ]
                case .pynetdicom:
                    [
                        (
                            Place.python,
                            [
                                Place.judge("pynetdicom_send.py"), String(node.port), ServedNode.aeTitle,
                                ServedNode.sender, study.petFolder, study.ctFolder,
                            ]
                        )
                    ]
                }
            for (program, arguments) in runs {
                let sent = try Child.run(program, arguments)
                #expect(sent.status == 0, "\(self): \(sent.output)\(sent.errors)")
                if self == .pynetdicom { #expect(sent.output == "{\"0000\": \(study.files.count)}\n") }
            }
        }
    }

    @Test(arguments: Sender.allCases)
    func resultsArriveAtTwoArchives(sender: Sender) throws {
        let study = try Material.whole
        let (storescp, orthanc) = (try StoreSCP(), try Orthanc())
        try storescp.start()
        // Long enough for the pause between two associations of one sender.
        let node = try ServedNode(
            .init(quietPeriodSeconds: 3, destinations: [storescp.destination, orthanc.destination]))
        try sender.send(study, to: node)
        let summary = try node.waitUntilDone(study.uid, seconds: 120)
        #expect(summary.instanceCount == study.files.count)
        #expect(summary.modalities == ["CT", "PT"])

        let results = try node.objects(of: study.uid)
        #expect(results.map(\.kind) == ["report", "segmentation", "structures"])
        #expect(results.allSatisfy { $0.deliveredTo == ["orthanc", "storescp"] })
        let arrivals = try storescp.arrivals()
        let listing = try Scratch("listing")
        let listed = try orthanc.instances(of: study.uid, into: listing)
        #expect(Set(arrivals.keys) == Set(results.map { $0.sopInstanceUID! }))
        #expect(Set(listed.keys) == Set(results.map { $0.sopInstanceUID! }))
        for result in results {
            let ours = try DICOMFile(path: result.path).dataSet
            #expect(ours.uid(.studyInstanceUID) == study.uid)
            #expect(ours.uid(.sopInstanceUID) == result.sopInstanceUID)
            let files = try #require(arrivals[result.sopInstanceUID!])
            #expect(files.count == 1, "\(result.kind) came \(files.count) times")
            #expect(try DICOMFile(path: files[0]).dataSet == ours)
            #expect(try DICOMFile(path: try #require(listed[result.sopInstanceUID!])).dataSet == ours)
            try expectValid(files[0])
        }
    }

    private func expectValid(_ file: String) throws {
        let verdict = try Child.run("dciodvfy", ["-new", file])
        let findings = (verdict.output + verdict.errors).split(separator: "\n").filter(FalseAlarm.isFinding)
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    /// Orthanc reports on an association of its own, so that it is a peer too, and has to know the node's port.
    @Test func orthancCommitsToWhatItWasSent() throws {
        let study = try Material.pelvis
        let port = try freePort()
        let commitment = ["storage_commitment = true", "commitment_after_seconds = 10"]
        let node = try ServedNode(
            .init(
                destinations: [Orthanc.destination(port: port, commitment)],
                sections: ["[[peer]]", "ae_title = \"\(Orthanc.aeTitle)\"", "services = [\"commitment\"]"]))
        let orthanc = try Orthanc(port: port, node: node.port)
        try node.send(study.files)
        try node.waitUntilDone(study.uid)
        let results = try node.objects(of: study.uid)
        #expect(!results.isEmpty)
        for job in try node.look({ try $0.jobs(kinds: [.deliver]) }) {
            #expect(job.progress.state == .done && job.progress.reason == nil, "\(job.progress.reason ?? "")")
            #expect(try node.look { try $0.transactions(about: job) }.count >= 1)
        }
        let listed = try orthanc.instances(of: study.uid, into: try Scratch("listing"))
        #expect(Set(listed.keys) == Set(results.map { $0.sopInstanceUID! }))
    }
}
