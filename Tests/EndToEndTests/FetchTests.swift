import Archive
import DICOM
import DICOMNetwork
import Foundation
import Testing

/// Fetching by a node that dies, from a node that plays the archive.
@Suite struct FetchTests {
    /// A node that holds files, and answers the title that nodes call by.
    private func archive(_ files: [String]) throws -> ServedNode {
        let peer = ["[[peer]]", "ae_title = \"\(ServedNode.aeTitle)\""]
        let archive = try ServedNode(.init(quietPeriodSeconds: 3600, sections: peer))
        try archive.send(files)
        return archive
    }

    private func node(_ archive: UInt16, waitForPartnerSeconds: Double = 0) throws -> ServedNode {
        let sections = """
            [[source]]
            name = "archive"
            ae_title = "\(ServedNode.aeTitle)"
            host = "127.0.0.1"
            port = \(archive)
            [fetch]
            source = "archive"
            wait_seconds = 60
            retry_after_seconds = 1
            """
        return try ServedNode(.init(waitForPartnerSeconds: waitForPartnerSeconds, sections: [sections]))
    }

    /// A previous PET/CT of a study's patient.
    private func previous(of study: Study, in folder: Scratch) throws -> Study {
        let data = try DICOMFile(path: study.pet[0]).dataSet
        let patient = try #require(data.string(.patientID))
        let date = try #require(data.string(.studyDate).flatMap(Int.init))
        return try Material.edited(study, named: "previous", in: folder.path, slices: 4) {
            $0.set(.patientID, patient)
            // The same day of the year before.
            $0.set(.studyDate, "\(date - 10_000)")
        }
    }

    /// Killed as soon as fetching has begun, again and again: one revision, with the CT, and the previous study unread.
    @Test func aNodeThatIsKilledWhileItFetchesReadsOnce() throws {
        let study = try Material.pelvis
        let scratch = try Scratch("previous")
        let previous = try previous(of: study, in: scratch)
        let archive = try archive(study.ct + previous.files)
        let node = try node(archive.port)
        try node.send(study.pet)
        for attempt in 1...3 {
            try wait(until: "attempt \(attempt) to fetch") {
                let jobs = try node.look { try $0.fetches(forStudy: study.uid) }
                return jobs.contains { $0.progress.attempt >= attempt }
                    || (!jobs.isEmpty && jobs.allSatisfy { $0.progress.state == .done })
            }
            try node.restart()
        }
        try node.waitUntilDone(study.uid)
        try node.waitForStudy(previous.uid) { $0.status == .kept }
        try node.look { archive in
            #expect(try archive.revisions(ofStudy: study.uid).map(\.instanceCount) == [study.files.count])
            #expect(try archive.instances(ofStudy: previous.uid).count == previous.files.count)
            #expect(try archive.jobs(kinds: [.read]).map(\.studyInstanceUID) == [study.uid])
            let counts = try archive.counts()
            #expect(counts.quarantined == 0)
        }
        let explained = try Child.run(
            Place.uptake, ["explain", "\(study.uid)", "--config", node.configurationFile])
        #expect(explained.output.contains("CT from archive: done"), "\(explained)")
        let kept = try Child.run(Place.uptake, ["explain", "\(previous.uid)", "--config", node.configurationFile])
        #expect(kept.output.contains("fetched as a previous study"), "\(kept)")
    }
}
