import Archive
import DICOM
import DICOMNetwork
import Foundation
import Node
import Testing

/// Deliveries to a PACS that fails in every manner, over real sockets; only the time is an argument.
@Suite struct DeliveryTests {
    private let bench: Bench
    private let pacs: ScriptedPACS
    private let start = Date()

    init() throws {
        bench = try Bench()
        pacs = try ScriptedPACS()
    }

    private func delivery(dimseSeconds: UInt32 = 20) -> Delivery {
        let destination = NodeConfiguration.Destination(
            name: "pacs", aeTitle: AETitle("PACS")!, host: "127.0.0.1", port: pacs.port)
        return Delivery(
            archive: bench.archive, destination: destination, peer: pacs.peer(dimseSeconds: dimseSeconds),
            log: Bench.log)
    }

    private func at(_ seconds: Double) -> Date { start.addingTimeInterval(seconds) }

    /// Runs a delivery through simulated time, from each moment at which something is due to the next.
    private func run(_ delivery: Delivery, until end: Date, limit: Int = 300) throws -> Date {
        var now = start
        for _ in 0..<limit {
            while try delivery.doNext(now: now) {}
            guard let next = try delivery.nextDue(), next <= end else { return now }
            now = max(next, now)
        }
        Issue.record("no end of attempts")
        return now
    }

    private var uids: Set<String> {
        get throws {
            Set(try bench.archive.results(ofStudy: Bench.study(1)).map { $0.sopInstanceUID!.description })
        }
    }

    @Test func twoDaysOfOutageCostTimeAndNothingElse() throws {
        try bench.read(Bench.study(1), results: 40, destinations: ["pacs"], now: start)
        let delivery = delivery()
        let tried = try run(delivery, until: at(172_800))
        #expect(tried > at(165_000))
        let jobs = try bench.deliveries()
        #expect(jobs.allSatisfy { $0.progress.state == .waiting })
        // One call for all of them, and pauses of up to an hour: no more than 64 calls in two days, of 32 objects at first.
        #expect(jobs.map(\.progress.attempt).reduce(0, +) < 32 + 70)
        #expect(jobs.contains { $0.progress.reason?.contains("cannot be reached") == true })
        let outage = try #require(delivery.reachability.outage)
        #expect(outage.since < at(1) && outage.until > at(172_800) && outage.until <= at(172_800 + 3600))

        try pacs.start("0000")
        #expect(try delivery.doNext(now: at(172_800)) == false)
        while try delivery.doNext(now: outage.until) {}
        #expect(delivery.reachability.outage == nil)
        #expect(try bench.deliveries().allSatisfy { $0.progress.state == .done })
        #expect(pacs.kept.count == 40)
        #expect(Set(pacs.kept) == (try uids))
    }

    @Test func whatIsGivenUpIsADeadLetterThatCanBeReplayed() throws {
        try bench.read(Bench.study(1), results: 2, destinations: ["pacs"], now: start)
        let delivery = delivery()
        let end = try run(delivery, until: .distantFuture)
        // One object asks at a time, so that the last of two may ask one pause later.
        #expect(end >= at(345_600) && end < at(345_600 + 2 * 3600))
        let dead = try bench.archive.jobs(JobSelection(states: [.failed]), limit: 10)
        #expect(dead.count == 2)
        #expect(dead.allSatisfy { $0.progress.reason?.contains("cannot be reached") == true })

        try pacs.start("0000")
        let later = end.addingTimeInterval(86_400)
        #expect(try bench.archive.retry(dead.map(\.id), now: later).count == 2)
        delivery.reachability.end()
        while try delivery.doNext(now: later) {}
        #expect(try bench.deliveries().allSatisfy { $0.progress.state == .done })
        #expect(pacs.kept.count == 2)
    }

    @Test func eachObjectHasItsOwnOutcome() throws {
        try bench.read(Bench.study(1), results: 5, destinations: ["pacs"], now: start)
        try pacs.start("0000", "a700", "b007", "c000", "0111")
        let delivery = delivery()
        #expect(try delivery.doNext(now: start))
        let jobs = try bench.deliveries()
        #expect(jobs.map(\.progress.state) == [.done, .waiting, .done, .waiting, .done])
        #expect(jobs[0].progress.reason == nil)
        #expect(jobs[2].progress.reason?.contains("0xB007") == true)
        #expect(jobs[4].progress.reason?.contains("0x0111") == true)
        #expect(jobs[1].progress.due <= at(30) && jobs[1].progress.due > at(22))
        #expect(jobs[3].progress.due <= at(3600) && jobs[3].progress.due > at(2699))
        #expect(pacs.kept.count == 2)

        try pacs.start("0000")
        #expect(try delivery.doNext(now: at(31)))
        #expect(try bench.deliveries().map(\.progress.state) == [.done, .done, .done, .waiting, .done])
    }

    /// The PACS keeps the object and aborts instead of answering: it gets it again, under the same SOP Instance UID; the
    /// others, whose turn did not come, lose no attempt and wait for no pause of theirs.
    @Test func anAbortMidwayConcernsTheObjectUnderWay() throws {
        try bench.read(Bench.study(1), results: 4, destinations: ["pacs"], now: start)
        try pacs.start("0000", "abort", "0000")
        let delivery = delivery()
        #expect(try delivery.doNext(now: start))
        var jobs = try bench.deliveries()
        #expect(jobs.map(\.progress.state) == [.done, .waiting, .waiting, .waiting])
        #expect(jobs.map(\.progress.attempt) == [1, 1, 0, 0])
        #expect(delivery.reachability.outage == nil)
        #expect(try delivery.doNext(now: start))
        #expect(try bench.deliveries().map(\.progress.state) == [.done, .waiting, .done, .done])
        #expect(try delivery.doNext(now: at(30)))
        jobs = try bench.deliveries()
        #expect(jobs.allSatisfy { $0.progress.state == .done })
        #expect(pacs.kept.count == 5)
        #expect(Set(pacs.kept) == (try uids))
    }

    @Test func aPeerThatNeverAnswersIsLeftAloneForAPause() throws {
        try bench.read(Bench.study(1), results: 3, destinations: ["pacs"], now: start)
        try pacs.start("silent")
        let delivery = delivery(dimseSeconds: 1)
        #expect(try delivery.doNext(now: start))
        let jobs = try bench.deliveries()
        #expect(jobs.map(\.progress.attempt) == [1, 0, 0])
        #expect(jobs[0].progress.reason?.contains("did not answer in time") == true)
        #expect(try delivery.doNext(now: at(1)) == false)
        #expect(try #require(delivery.reachability.outage).until <= at(30))

        try pacs.start("0000")
        while try delivery.doNext(now: at(31)) {}
        #expect(try bench.deliveries().allSatisfy { $0.progress.state == .done })
        #expect(pacs.kept.count == 3)
    }

    /// As after kill -9 between the peer's answer and our commit.
    @Test func aCrashAfterTheAnswerSendsTheSameInstanceAgain() throws {
        try bench.read(Bench.study(1), results: 1, destinations: ["pacs"], now: start)
        try pacs.start("0000", "0111")
        let job = try #require(try bench.archive.claimNextJob(kinds: [.deliver], now: start))
        let result = try #require(try bench.archive.result(job.resultID!))
        #expect(StorageSCU.send([result.path], to: pacs.peer()).allSatisfy { $0.isStored })
        try bench.archive.releaseRunningJobs(
            kinds: [.deliver], reason: "crash", retryAt: start, costsAttempt: true)
        #expect(try delivery().doNext(now: start))
        let after = try #require(try bench.deliveries().first)
        #expect(after.progress.state == .done)
        #expect(after.progress.attempt == 2)
        #expect(pacs.kept.count == 1)
    }

    @Test func whatCannotBeReadHereIsParkedAtOnce() throws {
        try bench.read(Bench.study(1), results: 2, destinations: ["pacs"], now: start)
        try pacs.start("0000")
        let first = try #require(try bench.archive.results(ofStudy: Bench.study(1)).first)
        try FileManager.default.removeItem(atPath: first.path)
        #expect(try delivery().doNext(now: start))
        #expect(try bench.deliveries().map(\.progress.state) == [.failed, .done])
    }
}
