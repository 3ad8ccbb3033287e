import Archive
import DICOM
import Foundation
import Testing

/// When a study is read, and when it is not.
@Suite struct CompletionTests {
    @Test func studyWithAGapIsNotReadUntilItIsWhole() throws {
        let study = try Material.pelvis
        let withheld = Array(study.pet[30..<33])
        let node = try ServedNode(.init(incompleteAfterSeconds: 3))
        try node.send(study.pet.filter { !withheld.contains($0) } + study.ct)

        let short = try node.waitForStudy(study.uid) { try $0.status == .incomplete && !$0.isWaiting(node) }
        #expect(short.reason?.contains("has 77 of 80 slices") == true, "\(short.reason ?? "")")
        let jobs = try node.look { try $0.jobs() }
        #expect(jobs.map(\.kind) == [.close] && jobs[0].progress.state == .failed, "nothing is to be read")

        try node.send(withheld)
        let whole = try node.waitUntilDone(study.uid)
        #expect(whole.revision == 1)
        #expect(try node.look { try $0.revisions(ofStudy: study.uid) }.map(\.instanceCount) == [study.files.count])
        #expect(try node.objects(of: study.uid).map(\.kind).contains("report"))
    }

    @Test func laterImagesMakeARevisionThatSupersedes() throws {
        let study = try Material.pelvis
        let (storescp, dead) = (try StoreSCP(), try StoreSCP())
        try storescp.start()
        let node = try ServedNode(
            .init(destinations: [
                storescp.destination, .init(name: "dead", aeTitle: StoreSCP.aeTitle, port: dead.port),
            ]))
        try node.send(study.pet)
        try node.waitForStudy(study.uid) { $0.revision == 1 && $0.status == .delivering }
        let first = try node.objects(of: study.uid)
        try wait(until: "the first report's arrival") {
            try node.objects(of: study.uid).allSatisfy { $0.deliveredTo == ["storescp"] }
        }

        try node.send(study.ct)
        try node.waitForStudy(study.uid) { $0.revision == 2 && $0.status == .delivering }
        let second = try node.objects(of: study.uid, revision: 2)
        #expect(second.map(\.kind).contains("report"))
        #expect(Set(first.map(\.sopInstanceUID)).isDisjoint(with: second.map(\.sopInstanceUID)))
        let withdrawn = try node.look { try $0.jobs(kinds: [.deliver]) }
            .filter { $0.revision == 1 && $0.destination == "dead" }
        #expect(withdrawn.count == first.count)
        for job in withdrawn {
            #expect(job.progress.state == .cancelled && job.progress.reason == "superseded by revision 2")
        }
        try dead.start()
        try node.waitUntilDone(study.uid, revision: 2)
        #expect(Set(try dead.arrivals().keys) == Set(second.map { $0.sopInstanceUID! }))
    }

    /// What comes later may leave the reading as it was: its results are the same objects, which still have to arrive.
    @Test func resultsThatStayTheSameAreStillDelivered() throws {
        let study = try Material.pelvis
        let dead = try StoreSCP()
        let node = try ServedNode(.init(destinations: [dead.destination]))
        try node.send(study.files)
        try node.waitForStudy(study.uid) { $0.revision == 1 && $0.status == .delivering }
        let first = try node.objects(of: study.uid)

        let scratch = try Scratch("capture")
        try node.send([try secondaryCapture(of: study, in: scratch)])
        try node.waitForStudy(study.uid) { summary in
            try summary.revision == 2
                && node.look { try $0.jobs(kinds: [.read]) }.contains { $0.revision == 2 && $0.progress.state == .done }
        }
        #expect(try node.look { try $0.study(study.uid) }?.status == .delivering)
        try dead.start()
        try node.waitUntilDone(study.uid, revision: 2)
        let arrivals = try dead.arrivals()
        #expect(Set(arrivals.keys) == Set(first.map { $0.sopInstanceUID! }))
        #expect(arrivals.values.allSatisfy { $0.count == 1 })
    }

    private func secondaryCapture(of study: Study, in folder: Scratch) throws -> String {
        var data = try DICOMFile(path: study.ct[0]).dataSet
        data.set(.sopClassUID, UID("1.2.840.10008.5.1.4.1.1.7")!)
        data.set(.sopInstanceUID, UID.derived(from: [study.uid.description, "capture"]))
        data.set(.seriesInstanceUID, UID.derived(from: [study.uid.description, "captures"]))
        data.set(.modality, "OT")
        data.remove(.frameOfReferenceUID)
        let path = folder.path + "/capture.dcm"
        try data.write(to: path)
        return path
    }
}

extension StudySummary {
    /// Whether its closing still waits for what is missing.
    fileprivate func isWaiting(_ node: ServedNode) throws -> Bool {
        try !node.look { try $0.jobs(kinds: [.close], states: [.waiting, .running]) }.isEmpty
    }
}
