import Archive
import DICOM
import DICOMNetwork
import Foundation
import Node
import Testing

/// Storage commitment that a PACS (pynetdicom) is asked for after it was sent results; only the time is an argument.
@Suite struct ConfirmationTests {
    private let bench: Bench
    private let pacs: ScriptedPACS
    private let delivery: Delivery
    private let start = Date()

    init() throws {
        bench = try Bench()
        pacs = try ScriptedPACS(script: "committing_pacs.py")
        var destination = NodeConfiguration.Destination(
            name: "pacs", aeTitle: AETitle("PACS")!, host: "127.0.0.1", port: pacs.port)
        destination.asksForCommitment = true
        delivery = Delivery(archive: bench.archive, destination: destination, peer: pacs.peer(), log: Bench.log)
        try bench.read(Bench.study(1), results: 3, destinations: ["pacs"], now: start)
    }

    private func at(_ seconds: Double) -> Date { start.addingTimeInterval(seconds) }
    private var stored: Int { pacs.kept.count { $0.hasPrefix("stored") } }
    private var states: [JobProgress.State] { get throws { try bench.deliveries().map(\.progress.state) } }

    /// A listener that takes reports as the node does.
    private func listener() throws -> Listener {
        var configuration = Listener.Configuration()
        (configuration.address, configuration.port) = ("127.0.0.1", 0)
        var services = Listener.Services()
        let confirmation = try #require(delivery.confirmation)
        services.commitmentOutcome = ConfirmationReports(
            confirmations: [confirmation], bell: bench.bell, log: Bench.log)
        return try Listener(configuration, service: Doorman(), services: services)
    }

    @Test func aReportOnTheSameAssociationEndsTheDelivery() throws {
        try pacs.start("same", nodePort: 1)
        #expect(try delivery.doNext(now: start))
        #expect(try states == [.done, .done, .done])
        #expect(pacs.kept.suffix(2) == ["asked 3", "answered 0000"])
        #expect(stored == 3)
    }

    @Test func aReportOnAnAssociationOfItsOwnEndsTheDelivery() throws {
        let listener = try listener()
        defer { listener.stop(graceSeconds: 0) }
        try pacs.start("other", nodePort: listener.port)
        #expect(try delivery.doNext(now: start))
        try wait { pacs.kept.last == "answered 0000" }
        #expect(try states == [.done, .done, .done])
    }

    /// Another transaction than ours, and none of ours at all.
    @Test func aReportThatNobodyAskedForIsRefused() throws {
        let listener = try listener()
        defer { listener.stop(graceSeconds: 0) }
        try pacs.start("foreign", nodePort: listener.port)
        #expect(try delivery.doNext(now: start))
        try wait { pacs.kept.last == "answered 0115" }
        #expect(try states == [.waiting, .waiting, .waiting])
    }

    /// A report that cannot be read settles nothing, and the destination is asked again.
    @Test(arguments: ["nameless", "holed", "holed-other"])
    func aMalformedReportSettlesNothing(_ order: String) throws {
        let listener = try listener()
        defer { listener.stop(graceSeconds: 0) }
        try pacs.start(order, "same", nodePort: listener.port)
        #expect(try delivery.doNext(now: start))
        try wait { pacs.kept.last == "answered 0115" }
        #expect(try states == [.waiting, .waiting, .waiting])
        #expect(try delivery.doNext(now: at(3601)))
        #expect(try states == [.done, .done, .done])
        #expect(stored == 3, "nothing is sent twice for that")
    }

    @Test func whatIsNotCommittedToIsSentAgain() throws {
        try pacs.start("failed", "same", nodePort: 1)
        #expect(try delivery.doNext(now: start))
        let jobs = try bench.deliveries()
        #expect(jobs.allSatisfy { $0.progress.state == .waiting && $0.progress.due <= at(30) })
        #expect(jobs[0].progress.reason == "not committed to: 0x0112 (No such SOP instance)")
        #expect(try delivery.doNext(now: at(31)))
        #expect(try states == [.done, .done, .done])
        #expect(stored == 6)
    }

    @Test func withoutAReportItIsAskedAgainAndNothingIsSentTwice() throws {
        try pacs.start("never", "same", nodePort: 1)
        #expect(try delivery.doNext(now: start))
        #expect(try bench.deliveries().allSatisfy { abs($0.progress.due.timeIntervalSince(at(3600))) < 0.001 })
        #expect(try delivery.doNext(now: at(3599)) == false)
        #expect(try delivery.doNext(now: at(3601)))
        #expect(try states == [.done, .done, .done])
        #expect(stored == 3)
    }

    @Test func aRefusalIsTriedAgainSoon() throws {
        try pacs.start("refused", "same", nodePort: 1)
        #expect(try delivery.doNext(now: start))
        let job = try #require(try bench.deliveries().first)
        #expect(job.progress.state == .waiting && job.progress.due <= at(30))
        #expect(job.progress.reason?.contains("storage commitment was refused: 0x0213") == true)
        #expect(try delivery.doNext(now: at(31)))
        #expect(try states == [.done, .done, .done])
        #expect(stored == 3)
    }

    @Test func aPeerWithoutTheServiceIsBelieved() throws {
        try pacs.start("none", nodePort: 1)
        #expect(try delivery.doNext(now: start))
        #expect(try states == [.done, .done, .done])
        #expect(try bench.deliveries()[0].progress.reason == "sent; the destination offers no storage commitment")
    }

    /// As after kill -9 between the request and the report: the transaction is on the disk.
    @Test func aReportAfterACrashIsKnown() throws {
        try pacs.start("never", nodePort: 1)
        #expect(try delivery.doNext(now: start))
        let asked = try bench.archive.transactions(about: try bench.deliveries()[0])
        #expect(asked.count == 1)
        let committed = try bench.archive.results(ofStudy: Bench.study(1)).map {
            InstanceReference(sopClassUID: $0.sopClassUID!, sopInstanceUID: $0.sopInstanceUID!)
        }
        let outcome = CommitmentOutcome(transactionUID: asked[0], committed: Array(committed[..<2]), failed: [])
        let again = Delivery(
            archive: bench.archive, destination: delivery.destination, peer: pacs.peer(), log: Bench.log)
        #expect(again.confirmation?.settle(outcome).status == .success)
        #expect(try states == [.done, .done, .waiting])
    }

    private func wait(_ condition: () -> Bool) throws {
        let limit = Date(timeIntervalSinceNow: 20)
        while !condition() {
            try #require(Date() < limit, "\(pacs.kept)")
            usleep(20_000)
        }
    }
}

/// Lets everybody in, and stores nothing.
private struct Doorman: StorageService {
    func decide(_ request: AssociationRequest) -> AssociationDecision { .accept }
    func dismissed(peerAddress: String, _ reason: Dismissal) {}
    func associationOpened(_ association: AssociationRequest) {}
    func associationClosed(_ association: AssociationRequest, _ ending: AssociationEnding) {}
    func destination(for request: StoreRequest, from association: AssociationRequest) -> StoreDestination {
        .refuse(.processingFailure, comment: "nothing is stored here")
    }
    func store(_ instance: ReceivedInstance, from association: AssociationRequest) -> StoreAnswer {
        StoreAnswer(.processingFailure)
    }
    func writingFailed(
        _ request: StoreRequest, from association: AssociationRequest, errno: Int32, answer: StoreAnswer
    ) {}
}
