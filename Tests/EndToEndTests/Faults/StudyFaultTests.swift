import Archive
import DICOM
import DICOMNetwork
import Foundation
import Testing

/// Studies are neither forgotten nor read twice.
@Suite struct StudyFaultTests {
    @Test("E8: a study whose node is killed before its quiet period has passed is read by the next")
    func studyOutlivesItsNode() throws {
        let study = try Material.pelvis
        let node = try ServedNode(.init(quietPeriodSeconds: 3))
        try node.send(study.files)
        node.kill()
        #expect(try node.look { try $0.study(study.uid) }?.status == .receiving)
        try node.restart()
        let summary = try node.waitUntilDone(study.uid)
        #expect(summary.instanceCount == study.files.count && summary.revision == 1)
    }

    @Test("E9: a late image makes one more revision, what is known makes none")
    func lateImagesAreReadOnce() throws {
        let study = try Material.pelvis
        let storescp = try StoreSCP()
        try storescp.start()
        let node = try ServedNode(.init(destinations: [storescp.destination]))
        try node.send(study.pet + study.ct.dropLast())
        try node.waitUntilDone(study.uid)
        let first = try storescp.arrivals()

        try node.send(study.pet + study.ct.dropLast())
        let pending = try node.look { try $0.jobs(states: [.waiting, .running]) }
        #expect(pending.isEmpty, "what is known is nothing to do")
        #expect(try storescp.arrivals() == first)

        try node.send([study.ct.last!])
        try node.waitUntilDone(study.uid, revision: 2)
        let readings = try node.look { try $0.jobs(kinds: [.read]) }
        #expect(readings.compactMap(\.revision).sorted() == [1, 2] && readings.allSatisfy { $0.progress.attempt == 1 })
        #expect(try storescp.arrivals().values.allSatisfy { $0.count == 1 })
    }
}
