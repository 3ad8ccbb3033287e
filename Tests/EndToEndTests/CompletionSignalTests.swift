import Archive
import DICOM
import DICOMNetwork
import Foundation
import Synchronization
import Testing

/// What a running node waits for, and what it does not wait for.
@Suite struct CompletionSignalTests {
    @Test func anOpenAssociationHoldsTheStudyOpen() throws {
        let study = try Material.pelvis
        let node = try ServedNode()
        let (goOn, sent) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let peer = node.peer()
        let taken = Mutex(0)
        // Whatever becomes of the test, the sender's thread ends.
        defer { goOn.signal() }
        Thread {
            _ = StorageSCU.send(study.files, to: peer) { outcome in
                let count = taken.withLock { count in
                    count += outcome.isStored ? 1 : 0
                    return count
                }
                if count == study.pet.count { goOn.wait() }
            }
            sent.signal()
        }.start()
        try node.waitForStudy(study.uid) { $0.reason == "an association that feeds the study is open" }
        #expect(try node.look { try $0.study(study.uid) }?.instanceCount == study.pet.count)
        goOn.signal()
        #expect(sent.wait(timeout: .now() + 60) == .success)
        try node.waitUntilDone(study.uid)
        #expect(taken.withLock { $0 } == study.files.count)
        #expect(try node.look { try $0.revisions(ofStudy: study.uid) }.map(\.instanceCount) == [study.files.count])
    }

    @Test func aPETWaitsForItsCT() throws {
        let study = try Material.pelvis
        let node = try ServedNode(.init(waitForPartnerSeconds: 3000))
        try node.send(study.pet)
        try node.waitForStudy(study.uid) { $0.reason == "the study has no CT" }
        try node.send(study.ct)
        try node.waitUntilDone(study.uid)
        let revisions = try node.look { try $0.revisions(ofStudy: study.uid) }
        #expect(revisions.map(\.instanceCount) == [study.files.count])
        #expect(revisions.first?.closingSignal == "quiet period, Number of Slices, slice positions, PET with CT")
        #expect(revisions.first?.closingNote == nil)
    }

    @Test func aPETWhoseCTNeverComesIsReadWithout() throws {
        let study = try Material.pelvis
        let node = try ServedNode(.init(waitForPartnerSeconds: 2))
        try node.send(study.pet)
        try node.waitUntilDone(study.uid)
        let revision = try #require(try node.look { try $0.revisions(ofStudy: study.uid) }.first)
        #expect(revision.closingNote == "the study has no CT")
        #expect(node.process.errors.contains("study closed all the same: the study has no CT"))
    }

    /// No image says that the CT's last one is missing; the archive that sent it counts one more.
    @Test func aStudyOfWhichItsSourceHasMoreIsWaitedFor() throws {
        let study = try Material.pelvis
        let archive = try ServedNode(
            .init(quietPeriodSeconds: 3600, sections: ["[[peer]]", "ae_title = \"\(ServedNode.aeTitle)\""]))
        try archive.send(study.files)
        let source = """
            [[source]]
            name = "archive"
            ae_title = "\(ServedNode.aeTitle)"
            host = "127.0.0.1"
            port = \(archive.port)
            counts_for = ["\(ServedNode.sender)"]
            """
        let node = try ServedNode(.init(sections: [source]))
        try node.send(study.files.dropLast())
        let count = study.ct.count
        try node.waitForStudy(study.uid) {
            $0.reason?.hasSuffix("has \(count - 1) of \(count) images at the source") == true
        }
        try node.send([study.files.last!])
        try node.waitUntilDone(study.uid)
        let revisions = try node.look { try $0.revisions(ofStudy: study.uid) }
        #expect(revisions.map(\.instanceCount) == [study.files.count])
        #expect(revisions.first?.closingSignal.contains("counts of the source") == true)
    }

    /// Of the CT nothing has come at all; the archive that sent the PET has it.
    @Test func aStudyOfWhichItsSourceHasAnotherSeriesIsWaitedFor() throws {
        let study = try Material.pelvis
        let archive = try ServedNode(
            .init(quietPeriodSeconds: 3600, sections: ["[[peer]]", "ae_title = \"\(ServedNode.aeTitle)\""]))
        try archive.send(study.files)
        let source = """
            [[source]]
            name = "archive"
            ae_title = "\(ServedNode.aeTitle)"
            host = "127.0.0.1"
            port = \(archive.port)
            counts_for = ["\(ServedNode.sender)"]
            """
        let node = try ServedNode(.init(sections: [source]))
        try node.send(study.pet)
        try node.waitForStudy(study.uid) {
            $0.reason?.hasSuffix("of \(study.ct.count) images at the source, is not here") == true
        }
        try node.send(study.ct)
        try node.waitUntilDone(study.uid)
        #expect(try node.look { try $0.revisions(ofStudy: study.uid) }.map(\.instanceCount) == [study.files.count])
    }

    /// Images that come more often than the quiet period would put the closing off for ever.
    @Test func aStudyThatNeverRestsIsTold() throws {
        let study = try Material.pelvis
        let node = try ServedNode(.init(quietPeriodSeconds: 600, completion: ["forced_after_seconds = 3"]))
        // One image is left for later, however fast the others go.
        var rest = study.files.dropLast()
        let parked = try wait(for: "the deadline") { () throws -> Job? in
            try node.send(rest.popFirst().map { [$0] } ?? [study.files[0]])
            return try node.look { try $0.jobs(kinds: [.close], states: [.failed]) }.first
        }
        let reason = try #require(parked.progress.reason)
        #expect(
            reason.hasPrefix("incomplete: ") && reason.hasSuffix("images still come 3 s after the first"), "\(reason)")
        #expect(node.process.errors.contains("study is incomplete and not read"))
        try node.restart {
            $0.replacing("forced_after_seconds = 3", with: "forced_after_seconds = 3000")
                .replacing("quiet_period_seconds = 600.0", with: "quiet_period_seconds = 1")
        }
        try node.send(rest + [study.files.last!])
        try node.waitUntilDone(study.uid)
        #expect(try node.look { try $0.revisions(ofStudy: study.uid) }.map(\.instanceCount) == [study.files.count])
    }

    /// E9: what is known already is no news, and one new image makes one new revision.
    @Test func anIdenticalResendIsNoNewsAndALateImageOneRevision() throws {
        let study = try Material.pelvis
        let node = try ServedNode()
        try node.send(study.pet + study.ct.dropLast())
        try node.waitUntilDone(study.uid)
        try node.send(study.pet + study.ct.dropLast())
        #expect(try node.look { try $0.jobs(kinds: [.close], states: [.waiting, .running]) }.isEmpty)
        try node.send([study.ct.last!])
        try node.waitUntilDone(study.uid, revision: 2)
        try node.send(study.files)
        #expect(try node.look { try $0.jobs(kinds: [.close], states: [.waiting, .running]) }.isEmpty)
        #expect(
            try node.look { try $0.revisions(ofStudy: study.uid) }.map(\.instanceCount)
                == [study.files.count - 1, study.files.count])
    }

    /// Sixteen associations open one new study at once, while another process holds the index's write lock for a while.
    @Test func aRaceForANewStudyMakesOneStudyAndNoFailure() throws {
        let study = try Material.pelvis
        let node = try ServedNode(.init(quietPeriodSeconds: 3))
        let lock = try holdIndex(of: node, seconds: 2)
        let peer = node.peer()
        let failures = Mutex<[String]>([])
        let senders = DispatchGroup()
        for part in 0..<16 {
            senders.enter()
            let files = study.files.enumerated().filter { $0.offset % 16 == part }.map(\.element)
            Thread {
                let failed = StorageSCU.send(files, to: peer).filter { !$0.isStored }.map { "\($0.result)" }
                failures.withLock { $0 += failed }
                senders.leave()
            }.start()
        }
        #expect(senders.wait(timeout: .now() + 90) == .success)
        #expect(failures.withLock { $0 } == [])
        #expect(try lock.exitStatus() == 0)
        try node.waitUntilDone(study.uid)
        try node.look { archive in
            let counts = try archive.counts()
            #expect(counts.studies == 1 && counts.patients == 1 && counts.series == 2)
            #expect(counts.instances == study.files.count)
            #expect(try archive.revisions(ofStudy: study.uid).map(\.instanceCount) == [study.files.count])
        }
    }

    /// Beyond what a node waits for its index a sender is told to come again, and not that its object is at fault.
    @Test func whoMeetsAnIndexHeldForTooLongIsToldToComeAgain() throws {
        let study = try Material.pelvis
        let node = try ServedNode()
        let lock = try holdIndex(of: node, seconds: 120)
        let begin = Date()
        let outcome = try #require(StorageSCU.send([study.files[0]], to: node.peer()).first)
        // Nobody waits for the lock before it: the node's threads find nothing to do without asking for it.
        #expect(Date().timeIntervalSince(begin) < 30)
        guard case .answered(let answer) = outcome.result else {
            Issue.record("no answer: \(outcome)")
            return
        }
        #expect(answer.status == .outOfResources)
        #expect(answer.comment.contains("index"))
        lock.kill()
        #expect(try FileManager.default.contentsOfDirectory(atPath: node.stateDirectory + "/incoming").isEmpty)
        try node.send([study.files[0]])
        #expect(try node.look { try $0.counts().instances } == 1)
    }

    /// Has another process hold the index's write lock, from now on.
    private func holdIndex(of node: ServedNode, seconds: Int) throws -> Child {
        let lock = try Child(
            Place.python,
            [
                "-c",
                """
                import sqlite3, sys, time
                index = sqlite3.connect(sys.argv[1], isolation_level=None)
                index.execute("BEGIN IMMEDIATE")
                print("held", flush=True)
                time.sleep(float(sys.argv[2]))
                index.execute("ROLLBACK")
                """, node.stateDirectory + "/index.sqlite", "\(seconds)",
            ])
        try wait(until: "the lock") {
            guard lock.isRunning || lock.output.contains("held") else { throw Unmet(description: lock.errors) }
            return lock.output.contains("held")
        }
        return lock
    }
}
