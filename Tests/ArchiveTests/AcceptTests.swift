import Archive
import DICOM
import Dispatch
import Foundation
import Synchronization
import Testing

@Suite struct AcceptTests {
    @Test func whatIsStoredIsThereBitForBit() throws {
        let bench = try Bench()
        let slice = Slice()
        #expect(try bench.accept(slice, at: 5) == .stored)
        let stored = try #require(try bench.archive.instance(UID(slice.instance)!))
        #expect(FileManager.default.contents(atPath: stored.path) == Data(slice.bytes))
        #expect(stored.digest == SHA256Digest(of: Array(slice.bytes[try header(slice).dataSetOffset...])).description)
        #expect(stored.path == "\(bench.directory)/instances/\(stored.digest.prefix(2))/\(stored.digest).dcm")
        #expect(stored.size == slice.bytes.count)
        #expect(stored.sourceAETitle == "SCANNER")
        #expect(stored.receivedAt == Bench.moment(5))
        #expect(stored.imagePositionPatient == [0, -1.5, 20])
        #expect(stored.imageOrientationPatient.isEmpty)
        #expect(stored.numberOfSlices == 89)
        #expect(stored.instanceNumber == 3)
        #expect(stored.seriesType == ["WHOLE BODY", "IMAGE"])
        #expect(stored.frameOfReferenceUID == nil)
        #expect(bench.files(in: "incoming").isEmpty)
        let study = try #require(try bench.archive.study(UID(slice.study)!))
        #expect(study.patientName == "Test^Patient")
        #expect(study.modalities == ["PT"])
        #expect(study.status == .receiving)
        #expect(study.instanceCount == 1)
    }

    private func header(_ slice: Slice) throws -> InstanceHeader { try InstanceHeader(bytes: slice.bytes) }

    @Test func theSameAgainIsNoEvent() throws {
        let bench = try Bench()
        try bench.accept(Slice())
        let jobs = try bench.archive.jobs()
        // Another association, other meta information: the same object.
        #expect(try bench.accept(Slice(version: "OTHER"), at: 30) == .duplicate)
        #expect(try bench.archive.jobs() == jobs)
        #expect(try bench.archive.counts().instances == 1)
        #expect(bench.files(in: "incoming").isEmpty)
        #expect(bench.files(in: "instances").count == 1)
    }

    @Test func otherBytesUnderAKnownUIDAreSetAside() throws {
        let bench = try Bench()
        let first = Slice()
        try bench.accept(first)
        let before = try #require(try bench.archive.instance(UID(first.instance)!))
        let other = Slice(pixels: [9, 9])
        for attempt in 1...3 {
            guard case .conflict(.differingBytes, let name) = try bench.accept(other, at: Double(attempt)) else {
                Issue.record("no conflict")
                return
            }
            #expect(FileManager.default.contents(atPath: "\(bench.directory)/quarantine/\(name)") == Data(other.bytes))
        }
        #expect(try bench.archive.instance(UID(first.instance)!) == before)
        #expect(FileManager.default.contents(atPath: before.path) == Data(first.bytes))
        let quarantined = try bench.archive.quarantinedFiles()
        #expect(quarantined.count == 1, "the same bytes are kept once")
        #expect(quarantined[0].occurrences == 3)
        #expect(quarantined[0].reason == Conflict.differingBytes.description)
        #expect(quarantined[0].sopInstanceUID == UID(first.instance))
        #expect(quarantined[0].lastSeenAt == Bench.moment(3))
        #expect(bench.files(in: "instances").count == 1)
    }

    @Test func identitiesThatContradictAreSetAside() throws {
        let bench = try Bench()
        try bench.accept(Slice())
        let otherPatient = Slice(instance: "1.2.1.1.2", patientID: "P2")
        let otherStudy = Slice(study: "1.2.2", instance: "1.2.1.1.3")
        for (slice, conflict) in [(otherPatient, Conflict.differingPatient), (otherStudy, .differingStudy)] {
            guard case .conflict(conflict, _) = try bench.accept(slice) else {
                Issue.record("\(conflict) passed")
                continue
            }
        }
        let counts = try bench.archive.counts()
        #expect((counts.patients, counts.studies, counts.instances, counts.quarantined) == (1, 1, 1, 2))
        #expect(bench.files(in: "instances").count == 1)
        #expect(bench.files(in: "quarantine").count == 2)
    }

    @Test func patientsAreToldApartByIssuerAndNeverMergedWithoutAnID() throws {
        let bench = try Bench()
        let cases = [("P1", "A"), ("P1", "B"), ("", ""), ("", ""), ("P1", "A")]
        for (number, patient) in cases.enumerated() {
            var slice = Slice.numbered(1, study: "1.3.\(number)")
            (slice.patientID, slice.issuer) = patient
            #expect(try bench.accept(slice) == .stored)
        }
        #expect(try bench.archive.counts().patients == 4)
    }

    @Test func eachInstancePutsTheClosingOff() throws {
        let bench = try Bench()
        try bench.accept(.numbered(1), at: 0)
        try bench.accept(.numbered(2), at: 50)
        let jobs = try bench.archive.jobs()
        #expect(jobs.count == 1)
        #expect(jobs[0].progress.due == Bench.moment(110))
        #expect(jobs[0].createdAt == Bench.moment(0))
        #expect(try bench.archive.claimNextJob(kinds: [.close], now: Bench.moment(109)) == nil)
        #expect(try bench.archive.oldestWaitingJob(kind: .close)?.progress.due == Bench.moment(110))
        #expect(try bench.archive.claimNextJob(kinds: [.read, .deliver], now: Bench.moment(999)) == nil)
        #expect(try bench.archive.claimNextJob(kinds: [.close], now: Bench.moment(110)) != nil)
    }

    @Test func sixteenThreadsOpenOneStudy() throws {
        let bench = try Bench()
        let archive = try #require(bench.archive)
        // Each sends its own instances, and all send one and the same.
        let outcomes = Mutex<[Acceptance]>([])
        DispatchQueue.concurrentPerform(iterations: 16) { thread in
            for number in [thread + 1, 1000, thread + 101] {
                guard
                    let acceptance = try? archive.accept(
                        Slice.numbered(number).written(in: archive), now: Bench.start, quietPeriodSeconds: 60)
                else { continue }
                outcomes.withLock { $0.append(acceptance) }
            }
        }
        let counts = try archive.counts()
        #expect((counts.patients, counts.studies, counts.series, counts.instances) == (1, 1, 1, 33))
        #expect(counts.jobs == ["close": ["waiting": 1]])
        let acceptances = outcomes.withLock { $0 }
        #expect(acceptances.filter { $0 == .stored }.count == 33)
        #expect(acceptances.filter { $0 == .duplicate }.count == 15)
        #expect(bench.files(in: "instances").count == 33)
        #expect(bench.files(in: "incoming").isEmpty)
    }

    @Test func aLostFileIsMendedByTheNextCopy() throws {
        let bench = try Bench()
        try bench.accept(Slice())
        let stored = try #require(try bench.archive.instance(UID(Slice().instance)!))
        try FileManager.default.removeItem(atPath: stored.path)
        #expect(try bench.accept(Slice()) == .duplicate)
        #expect(FileManager.default.contents(atPath: stored.path) == Data(Slice().bytes))
    }

    @Test func anythingMayGoToQuarantine() throws {
        let bench = try Bench()
        let name = try bench.archive.quarantine(
            file: bench.incomingFile([]), reason: "no DICOM", sourceAETitle: "../X", now: Bench.start)
        #expect(bench.files(in: "quarantine") == [name])
        #expect(try bench.archive.quarantinedFiles().map(\.reason) == ["no DICOM"])
    }
}
